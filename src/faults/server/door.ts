// A proxy's listener, which toxics may shut for a while: then it refuses connections, and comes back at the same address.

import {createServer, type Server, type Socket} from 'node:net';
import {Alarm} from './alarm.ts';
import {listen} from './listen.ts';

/** How long to wait before an address that another process took meanwhile is tried again. */
const retryMs = 20;

export class Door {
  readonly #accept: (socket: Socket) => void;
  readonly #shutBy = new Set<unknown>();
  readonly #retry = new Alarm(() => this.#listenAgain());
  #listening: Promise<void> = Promise.resolve();
  #address = '';
  #isOpen = false;
  #server: Server | undefined;

  /** `accept` gets sockets that are not being read yet. */
  constructor(accept: (socket: Socket) => void) {
    this.#accept = accept;
  }

  /** Whether it has been opened; it may be shut all the same. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Listens, and returns the real address. Throws ApiError 500. */
  async open(address: string): Promise<string> {
    await this.#listening;
    const server = await this.#listen(address);
    this.#isOpen = true;
    if (this.#shutBy.size > 0) server.close();
    else this.#server = server;
    return this.#address;
  }

  /** Refuses new connections, at once. Resolves when the accepted ones are closed too. */
  async close(): Promise<void> {
    this.#isOpen = false;
    await Promise.all([this.#listening, this.#stop()]);
  }

  /** Refuses new connections until `by` lets go. */
  shut(by: unknown): void {
    this.#shutBy.add(by);
    void this.#stop();
  }

  letGo(by: unknown): void {
    if (this.#shutBy.delete(by)) this.#listenAgain();
  }

  #stop(): Promise<void> {
    this.#retry.clear();
    const server = this.#server;
    this.#server = undefined;
    return new Promise(resolve => (server === undefined ? resolve() : server.close(() => resolve())));
  }

  get #wantsServer(): boolean {
    return this.#isOpen && this.#shutBy.size === 0 && this.#server === undefined;
  }

  #listenAgain(): void {
    this.#listening = this.#listening.then(async () => {
      if (!this.#wantsServer) return;
      const server = await this.#listen(this.#address).catch(() => undefined);
      if (!this.#wantsServer) server?.close();
      else if (server === undefined) this.#retry.set(performance.now() + retryMs);
      else this.#server = server;
    });
  }

  async #listen(address: string): Promise<Server> {
    const server = createServer({pauseOnConnect: true, allowHalfOpen: true, noDelay: true});
    this.#address = await listen(server, address);
    server.on('connection', this.#accept);
    // Accepting can fail when file descriptors run out; what is open goes on, and so does accepting.
    server.on('error', () => undefined);
    return server;
  }
}
