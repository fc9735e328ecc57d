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

export const terminate = (connection: ClosingConnection, handshake: Handshake): void => {
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
  // The client's side is not read until the upstream has answered, which it may never do.
  for (const event of ['end', 'close']) client.once(event, cut);
  const answered = () => {
    for (const event of ['end', 'close']) client.off(event, cut);
  };
  // If either side refuses the handshake, or goes away, both sides are ended.
  join({clientSide, upstreamSide, answered}, handshake, host)
    .then(isJoined => {
      if (!isJoined) lingerUntilClientCloses(connection);
    })
    .catch(cut);
};

type Sides = {
  readonly clientSide: Duplex;
  readonly upstreamSide: Duplex;
  /** Called once the upstream has answered, or will not. */
  readonly answered: () => void;
};

/** Resolves with false where there is no upstream to join: the client sees the certificate all the same. */
const join = async (
  {clientSide, upstreamSide, answered}: Sides,
  handshake: Handshake,
  host: string,
): Promise<boolean> => {
  const {hello, certificateFor} = handshake;
  const [certificate, upstream] = await Promise.all([
    certificateFor(host),
    connectUpstream(upstreamSide, hello),
  ]);
  answered();
  const protocol = upstream.alpnProtocol || null;
  const client = new TLSSocket(clientSide, {
    isServer: true,
    secureContext: createSecureContext(certificate),
    ...(protocol !== null && {ALPNProtocols: [protocol]}),
  });
  if (upstream.destroyed) {
    client.on('error', () => client.destroy());
    return false;
  }
  await Promise.all([pipeline(client, upstream), pipeline(upstream, client)]);
  return true;
};

/** Resolves once the handshake is done; with a destroyed socket when the upstream does not answer as it should. */
const connectUpstream = async (socket: Duplex, hello: ClientHello): Promise<TLSSocket> => {
  const servername = hostOf(hello);
  const upstream = connect({
    socket,
    rejectUnauthorized: false,
    ALPNProtocols: [...hello.protocols],
    ...(servername !== null && {servername}),
  });
  await new Promise(resolve => {
    upstream.once('secureConnect', resolve);
    upstream.once('error', resolve);
    upstream.once('close', resolve);
  });
  return upstream;
};

/** What is no host name, or is an address, which the standard forbids there, counts as absent. */
const hostOf = ({serverName}: ClientHello): string | null => {
  const isName = serverName !== null && /^[\w*.-]{1,253}$/.test(serverName) && isIP(serverName) === 0;
  return isName ? serverName : null;
};

type SideHost = {
  readonly send: (data: Buffer) => void;
  readonly end: () => void;
  /** Called when more may be read. */
  readonly wake: () => void;
};

/** The encrypted bytes of one side, as a stream. It has no backpressure of its own: links stop reading instead. */
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
