// Servers and clients to put around a proxy, which remember what they saw.

import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net';

/** What one end of a connection saw. */
export class Peer {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  readonly arrivalsMs: number[] = [];
  receivedBytes = 0;
  hasEnded = false;
  errorCode: string | undefined;
  readonly closed: Promise<void>;
  #changed: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', chunk => {
      this.chunks.push(chunk);
      this.arrivalsMs.push(performance.now());
      this.receivedBytes += chunk.length;
      this.#tell();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.#tell();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode = error.code;
    });
    this.closed = new Promise(resolve => {
      socket.on('close', () => {
        resolve();
        this.#tell();
      });
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Resolves once that many bytes have come in all; rejects when the connection closes before. */
  async bytes(count: number): Promise<void> {
    while (this.receivedBytes < count) {
      if (this.socket.destroyed) throw new Error(`closed after ${this.receivedBytes} of ${count} bytes`);
      await new Promise<void>(resolve => this.#changed.push(resolve));
    }
  }

  /** Resolves when the other side has closed or reset the connection. */
  async ended(): Promise<void> {
    while (!this.hasEnded && !this.socket.destroyed) {
      await new Promise<void>(resolve => this.#changed.push(resolve));
    }
  }

  #tell(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

export type Upstream = {
  readonly address: string;
  readonly peers: readonly Peer[];
  /** The n-th connection, from 0, once it is there. */
  peer(index: number): Promise<Peer>;
  close(): Promise<void>;
};

/** A server on a free port of the loopback. `serve` gets each connection; without it, they are only recorded. */
export async function startUpstream(serve?: (peer: Peer) => void): Promise<Upstream> {
  const peers: Peer[] = [];
  const server = createServer({allowHalfOpen: true, noDelay: true}, socket => {
    const peer = new Peer(socket);
    peers.push(peer);
    serve?.(peer);
    server.emit('peer');
  });
  server.setMaxListeners(0);
  await listening(server);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    peers,
    async peer(index) {
      for (;;) {
        const peer = peers[index];
        if (peer !== undefined) return peer;
        await once(server, 'peer');
      }
    },
    async close() {
      for (const peer of peers) peer.socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

/** Sends back what it gets, and ends when the other side does. */
export function echo({socket}: Peer): void {
  socket.on('data', chunk => socket.write(chunk));
  socket.on('end', () => socket.end());
}

/** Connects to "host:port". Rejects if that fails. */
export async function connectTo(
  address: string,
  options: {readonly allowHalfOpen?: boolean} = {},
): Promise<Peer> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const socket = connect({host, port: Number(address.slice(colon + 1)), noDelay: true, ...options});
  const peer = new Peer(socket);
  await once(socket, 'connect');
  return peer;
}

async function listening(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}
