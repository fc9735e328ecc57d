// Answers a handshake in the upstream's place, with a certificate that is wrong, and has a TLS connection of its own to the
// upstream, whose certificate it does not check. A client that accepts the wrong one gets through, by the protocol that
// the upstream chose.

import {isIP} from 'node:net';
import {Duplex} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {connect, createSecureContext, TLSSocket} from 'node:tls';
import type {ServerCertificate} from '../../../certificates/authority.ts';
import type {Receiver} from '../stage.ts';
import {type ClosingConnection, lingerUntilClientCloses} from '../upstream-close.ts';
import type {ClientHello} from './client-hello.ts';

export type Handshake = {
  readonly hello: ClientHello;
  /** All that the client has sent. */
  readonly received: Buffer;
  readonly certificateFor: (host: string) => Promise<ServerCertificate>;
};

export function terminate(connection: ClosingConnection, handshake: Handshake): void {
  const {client, up, down, cut} = connection;
  const clientSide = new Side({
    send: data => down.accept(data),
    end: () => down.acceptEnd('close'),
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
  const host = hostOf(handshake.hello) ?? client.localAddress ?? '127.0.0.1';
  // Nobody reads on the client's side until the upstream has answered, which it may never do.
  for (const event of ['end', 'close']) client.once(event, cut);
  const answered = () => {
    for (const event of ['end', 'close']) client.off(event, cut);
  };
  // Whoever refuses the other's handshake, or goes, ends both sides.
  join({clientSide, upstreamSide, answered}, handshake, host)
    .then(isJoined => {
      if (!isJoined) lingerUntilClientCloses(connection);
    })
    .catch(cut);
}

type Sides = {
  readonly clientSide: Duplex;
  readonly upstreamSide: Duplex;
  /** Called once the upstream has answered, or will not. */
  readonly answered: () => void;
};

/** Resolves with false where there is no upstream to join: the client gets to see the certificate all the same. */
async function join(
  {clientSide, upstreamSide, answered}: Sides,
  handshake: Handshake,
  host: string,
): Promise<boolean> {
  const {hello, certificateFor} = handshake;
  const [certificate, upstream] = await Promise.all([
    certificateFor(host),
    connectUpstream(upstreamSide, hello),
  ]);
  answered();
  const protocol = upstream.alpnProtocol || undefined;
  const client = new TLSSocket(clientSide, {
    isServer: true,
    secureContext: createSecureContext(certificate),
    ...(protocol !== undefined && {ALPNProtocols: [protocol]}),
  });
  if (upstream.destroyed) {
    client.on('error', () => client.destroy());
    return false;
  }
  await Promise.all([pipeline(client, upstream), pipeline(upstream, client)]);
  return true;
}

/** Resolves once the handshake is done; with a destroyed socket when the upstream does not answer as it should. */
async function connectUpstream(socket: Duplex, hello: ClientHello): Promise<TLSSocket> {
  const servername = hostOf(hello);
  const upstream = connect({
    socket,
    rejectUnauthorized: false,
    ALPNProtocols: [...hello.protocols],
    ...(servername !== undefined && {servername}),
  });
  await new Promise(resolve => {
    upstream.once('secureConnect', resolve);
    upstream.once('error', resolve);
    upstream.once('close', resolve);
  });
  return upstream;
}

/** What is no name, or an address, which the standard forbids there, is as good as none. */
function hostOf({serverName}: ClientHello): string | undefined {
  const isName = serverName !== null && /^[\w*.-]{1,253}$/.test(serverName) && isIP(serverName) === 0;
  return isName ? serverName : undefined;
}

type SideHost = {
  readonly send: (data: Buffer) => void;
  readonly end: () => void;
  /** Called when more may be read. */
  readonly wake: () => void;
};

/** The encrypted bytes of one side, as a stream. What is sent meets no full buffer here: links stop reading instead. */
class Side extends Duplex {
  readonly receiver: Receiver;
  readonly #host: SideHost;
  #isFull = false;

  constructor(host: SideHost) {
    super();
    this.#host = host;
    const isFull = () => this.#isFull;
    this.receiver = {
      get isFull() {
        return isFull();
      },
      push: ({data}) => {
        this.#isFull = !this.push(data);
      },
      end: () => this.push(null),
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
    this.#host.end();
    done();
  }
}
