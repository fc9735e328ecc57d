// Ends TLS: answers a handshake in the upstream's place, and has a TLS connection of its own to the upstream, which chooses the
// protocol of both. What is said inside can be followed.

import {isIP} from 'node:net';
import {Duplex} from 'node:stream';
import {connect, createSecureContext, type SecureContext, TLSSocket} from 'node:tls';
import type {ServerCertificate} from '../../../certificates/authority.ts';
import {type DownPipe, type InterceptorHost, ownAddress, type UpPipe} from '../http/interceptor-host.ts';
import type {Ending, Receiver} from '../stage.ts';
import {type ClosingConnection, lingerUntilClientCloses} from '../upstream-close.ts';
import type {ClientHello} from './client-hello.ts';

/** What is said inside of TLS, in plain, and the protocol that both sides agreed on; null: none. */
export type InsideTls = {readonly up: UpPipe; readonly down: DownPipe; readonly protocol: string | null};

export type Handshake = {
  readonly hello: ClientHello;
  /** The host that the client asked for, where that is not what the hello says. */
  readonly clientHost?: string | null;
  /** All that the client has sent. */
  readonly received: Buffer;
  /** `upstream` resolves once its handshake is done, or has failed: it is destroyed then. */
  readonly certificateFor: (host: string, upstream: Promise<TLSSocket>) => Promise<ServerCertificate>;
  /** With what the upstream's certificate is checked; absent: Node's own authorities. The outcome ends nothing. */
  readonly trust?: SecureContext | null;
  /** Called before anything is said inside. */
  readonly inside?: (inside: InsideTls) => void;
  /** Either side refused the handshake. */
  readonly refused?: (by: 'client' | 'upstream', error: Error | null) => void;
  /** That side said inside that it closes. */
  readonly closed: (by: 'client' | 'upstream') => void;
};

/** `failed` gets what was thrown, which is a defect of ours. */
export type TerminatedConnection = ClosingConnection & Pick<InterceptorHost, 'failed'>;

export const terminate = (connection: TerminatedConnection, handshake: Handshake): void => {
  const {client, up, down, cut, failed} = connection;
  // It may have gone while what it sent was still on its way through toxics.
  if (client.readableEnded || client.destroyed) {
    cut();
    return;
  }
  const clientSide = new Side({
    send: data => down.accept(data),
    end: ending => down.acceptEnd(ending),
    wake: up.wake,
  });
  const upstreamSide = new Side({
    send: data => up.send(data),
    end: () => up.finish(),
    wake: down.wake,
  });
  up.exit = clientSide.receiver;
  down.entry = upstreamSide.receiver;
  clientSide.push(handshake.received);
  const {hello, clientHost = hello.serverName} = handshake;
  const host = hostOf(clientHost) ?? ownAddress(client);
  // The client's side is not read until the upstream has answered, which it may never do.
  for (const event of ['end', 'close']) client.once(event, cut);
  const answered = () => {
    for (const event of ['end', 'close']) client.off(event, cut);
  };
  join({clientSide, upstreamSide, answered, connection}, handshake, host).catch((error: unknown) =>
    failed(error, null),
  );
};

type Sides = {
  readonly clientSide: Side;
  readonly upstreamSide: Side;
  /** Called once the upstream has answered, or will not. */
  readonly answered: () => void;
  readonly connection: ClosingConnection;
};

const join = async (
  {clientSide, upstreamSide, answered, connection}: Sides,
  handshake: Handshake,
  host: string,
): Promise<void> => {
  const {certificateFor, inside, refused, closed} = handshake;
  const connected = connectUpstream(upstreamSide, handshake);
  const [certificate, {upstream, fate}] = await Promise.all([
    certificateFor(
      host,
      connected.then(({upstream}) => upstream),
    ),
    connected,
  ]);
  answered();
  // It gave up while the upstream had not answered.
  if (connection.client.destroyed) {
    upstream.destroy();
    return;
  }
  // One that accepted the handshake may refuse the client's part of it right after.
  const hasFailed = upstream.destroyed || fate.error !== null || fate.hasEnded;
  if (hasFailed && refused !== undefined) {
    refused('upstream', fate.error);
    return;
  }
  const protocol = upstream.alpnProtocol || null;
  const client = new TLSSocket(clientSide, {
    isServer: true,
    secureContext: createSecureContext(certificate),
    ...(protocol !== null && {ALPNProtocols: [protocol]}),
  });
  if (hasFailed) {
    upstream.destroy();
    // The client sees the certificate all the same.
    client.on('error', () => client.destroy());
    lingerUntilClientCloses(connection);
    return;
  }
  let isSecure = false;
  client.once('secure', () => {
    isSecure = true;
  });
  const {cut} = connection;
  client.once('error', problem => {
    if (!isSecure) refused?.('client', problem);
    cut();
  });
  let hasClientLeft = false;
  const upstreamLeft = (problem: Error | null) => {
    if (down.receivedBytes === 0 && !hasClientLeft) refused?.('upstream', problem);
  };
  upstream.once('error', problem => {
    upstreamLeft(problem);
    cut();
  });
  upstream.once('end', () => upstreamLeft(null));
  upstream.once('close', () => upstreamLeft(null));
  client.once('end', () => {
    hasClientLeft = true;
  });
  const leftEarly = () => {
    refused?.('client', null);
    cut();
  };
  // Some clients close without an alert.
  client.once('end', () => (isSecure ? undefined : leftEarly()));
  const up = new PlainUp(client, upstream);
  const down = new PlainDown(client, upstream, {
    clientSide,
    reset: () => connection.down.acceptEnd('reset'),
    // What is said before the handshake is done would never go out.
    end: () => (isSecure ? client.end() : cut()),
  });
  inside?.({up, down, protocol});
  for (const socket of [client, upstream]) {
    let hasEnded = false;
    socket.prependOnceListener('end', () => {
      hasEnded = true;
      closed(socket === client ? 'client' : 'upstream');
    });
    socket.once('close', () => {
      if (!hasEnded) cut();
    });
  }
};

/** What the client says. */
class PlainUp implements UpPipe {
  exit: Receiver | null = null;
  receivedBytes = 0;
  readonly #client: TLSSocket;
  readonly #upstream: TLSSocket;

  constructor(client: TLSSocket, upstream: TLSSocket) {
    this.#client = client;
    this.#upstream = upstream;
    client.on('data', (data: Buffer) => {
      this.receivedBytes += data.length;
      if (this.exit === null) this.send(data);
      else this.exit.push({data, timestampMs: performance.now()});
      if (this.#isFull) client.pause();
    });
    client.on('end', () => (this.exit === null ? this.finish() : this.exit.end()));
    upstream.on('drain', this.wake);
  }

  send(data: Buffer): void {
    this.#upstream.write(data);
  }

  finish(): void {
    this.#upstream.end();
  }

  readonly wake = (): void => {
    if (!this.#isFull) this.#client.resume();
  };

  get #isFull(): boolean {
    return this.exit?.isFull === true || this.#upstream.writableNeedDrain;
  }
}

type PlainDownHost = {
  readonly clientSide: Side;
  /** Resets the connection. */
  readonly reset: () => void;
  /** Ends the client's side in order. */
  readonly end: () => void;
};

/** What the upstream says. */
class PlainDown implements DownPipe {
  entry: Receiver | null = null;
  receivedBytes = 0;
  readonly #client: TLSSocket;
  readonly #upstream: TLSSocket;
  readonly #host: PlainDownHost;
  #unsent = 0;
  #isResetting = false;

  constructor(client: TLSSocket, upstream: TLSSocket, host: PlainDownHost) {
    this.#client = client;
    this.#upstream = upstream;
    this.#host = host;
    upstream.on('data', (data: Buffer) => {
      this.receivedBytes += data.length;
      if (this.entry === null) this.accept(data);
      else this.entry.push({data, timestampMs: performance.now()});
      if (this.#isFull) upstream.pause();
    });
    upstream.on('end', () => (this.entry === null ? this.acceptEnd() : this.entry.end()));
    client.on('drain', this.wake);
  }

  accept(data: Buffer): void {
    this.#unsent++;
    this.#client.write(data, () => {
      if (--this.#unsent === 0 && this.#isResetting) this.#host.reset();
    });
  }

  acceptEnd(ending: Ending = 'close'): void {
    if (ending === 'reset') {
      this.#isResetting = true;
      if (this.#unsent === 0) this.#host.reset();
      return;
    }
    this.#host.clientSide.ending = ending;
    this.#host.end();
  }

  readonly wake = (): void => {
    if (!this.#isFull) this.#upstream.resume();
  };

  get #isFull(): boolean {
    return this.entry?.isFull === true || this.#client.writableNeedDrain;
  }
}

type Fate = {error: Error | null; hasEnded: boolean};

/** Resolves once the handshake is done, or has failed. */
const connectUpstream = async (
  socket: Duplex,
  {hello, trust}: Handshake,
): Promise<{readonly upstream: TLSSocket; readonly fate: Fate}> => {
  const servername = hostOf(hello.serverName);
  const upstream = connect({
    socket,
    // Whether its certificate is to be trusted is for the client to say, by that which it is shown.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ALPNProtocols: [...hello.protocols],
    ...(servername !== null && {servername}),
    ...(trust && {secureContext: trust}),
  });
  const fate: Fate = {error: null, hasEnded: false};
  upstream.on('error', error => {
    fate.error ??= error;
  });
  upstream.once('end', () => {
    fate.hasEnded = true;
  });
  await new Promise<void>(resolve => {
    for (const event of ['secureConnect', 'error', 'close']) upstream.once(event, () => resolve());
  });
  return {upstream, fate};
};

/** What is no host name, or is an address, which the standard forbids there, counts as absent. */
const hostOf = (serverName: string | null): string | null => {
  const isName = serverName !== null && /^[\w*.-]{1,253}$/.test(serverName) && isIP(serverName) === 0;
  return isName ? serverName : null;
};

type SideHost = {
  readonly send: (data: Buffer) => void;
  readonly end: (ending: Ending) => void;
  /** Called when more may be read. */
  readonly wake: () => void;
};

/** The encrypted bytes of one side, as a stream. It has no backpressure of its own: links stop reading instead. */
class Side extends Duplex {
  readonly receiver: Receiver;
  /** How its own end is to be passed on. */
  ending: Ending = 'close';
  readonly #host: SideHost;
  #isFull = false;
  #hasEnded = false;

  constructor(host: SideHost) {
    super();
    this.#host = host;
    const isFull = () => this.#isFull;
    this.receiver = {
      get isFull() {
        return isFull();
      },
      // A toxic that is removed may let data go after the end, which a stream would call an error.
      push: ({data}) => {
        if (!this.#hasEnded) this.#isFull = !this.push(data);
      },
      end: () => {
        this.#hasEnded = true;
        this.push(null);
      },
    };
  }

  override _read(): void {
    this.#isFull = false;
    this.#host.wake();
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#host.send(data);
    done();
  }

  override _final(done: () => void): void {
    this.#host.end(this.ending);
    done();
  }
}
