// One connection that sends requests and takes the time of each answer, as cheaply as Node can.
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';

/** All sockets read into it: nobody keeps what was read, and a read is taken before the next one begins. */
const sharedBuffer = Buffer.allocUnsafe(256 * 1024);

export const dial = async (address: string, taken: (bytes: number) => void): Promise<Socket> => {
  const colon = address.lastIndexOf(':');
  const onread = {
    buffer: sharedBuffer,
    callback: (bytes: number) => {
      taken(bytes);
      return true;
    },
  };
  const socket = connect({
    host: address.slice(0, colon),
    port: Number(address.slice(colon + 1)),
    noDelay: true,
    onread,
  });
  await once(socket, 'connect');
  return socket;
};

export class EchoClient {
  readonly #request: Buffer;
  readonly #answered: (client: EchoClient, sentMs: number) => void;
  #socket: Socket | undefined;
  #missingBytes = 0;
  #sentMs = 0;

  constructor(bytes: number, answered: (client: EchoClient, sentMs: number) => void) {
    this.#request = Buffer.alloc(bytes, 'x');
    this.#answered = answered;
  }

  async open(address: string): Promise<void> {
    this.#socket = await dial(address, bytes => {
      this.#missingBytes -= bytes;
      if (this.#missingBytes === 0) this.#answered(this, this.#sentMs);
    });
    this.#socket.on('error', error => {
      throw error; // no fault of the bench resets a connection, so a figure would be worth nothing
    });
  }

  send(): void {
    this.#missingBytes = this.#request.length;
    this.#sentMs = performance.now();
    this.#socket?.write(this.#request);
  }

  close(): void {
    this.#socket?.destroy();
  }
}

/** Sends one request on each connection, and resolves when all are answered. */
export const askAll = async (address: string, connections: number): Promise<readonly EchoClient[]> => {
  let missing = connections;
  const {promise, resolve} = Promise.withResolvers<void>();
  const clients = Array.from(
    {length: connections},
    () =>
      new EchoClient(128, () => {
        if (--missing === 0) resolve();
      }),
  );
  // In lots: a thousand at once would measure the kernel's queue of connections.
  for (let first = 0; first < clients.length; first += 100) {
    const lot = clients.slice(first, first + 100);
    await Promise.all(lot.map(client => client.open(address)));
    for (const client of lot) client.send();
  }
  await promise;
  return clients;
};
