// A proxy's listener, which toxics may shut for a while: it then refuses connections, or leaves connects hanging, and
// comes back at the same address.

import {type AddressInfo, createServer, type Server, type Socket} from 'node:net';
import {AddressError, formatAddress, parseAddress, resolveAddress} from './address.ts';
import {Alarm} from './alarm.ts';
import {type ApiError, serverFault} from './api-error.ts';
import {SilentListener} from './silent-listener.ts';
import type {ShutEffect} from './toxic-type.ts';

/** How long to wait before the address is tried again, if another process took it meanwhile. */
const retryMs = 20;

export class ProxyListener {
  readonly #accept: (socket: Socket) => void;
  readonly #shutBy = new Map<unknown, ShutEffect>();
  readonly #retry = new Alarm(() => this.#settle());
  #settled: Promise<void> = Promise.resolve();
  #address = '';
  #isOpen = false;
  #server: Server | null = null;
  #silent: SilentListener | null = null;

  /** `accept` gets sockets that are not being read yet. */
  constructor(accept: (socket: Socket) => void) {
    this.#accept = accept;
  }

  /** Whether it has been opened; toxics may have shut it all the same. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when all requested changes are done, or are waiting for another process to release the address. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  /** Listens, and returns the real address. Throws ApiError 500. */
  async open(address: string): Promise<string> {
    await this.#settled;
    this.#server = await this.#listen(address);
    this.#isOpen = true;
    if (this.#wanted === 'nobody') void this.#stop();
    this.#settle();
    await this.#settled;
    return this.#address;
  }

  /** Refuses new connections, at once. Resolves when the accepted ones are closed too. */
  async close(): Promise<void> {
    this.#isOpen = false;
    const stopped = this.#stop();
    this.#settle();
    await Promise.all([this.#settled, stopped]);
  }

  /** Serves no new connections until `by` opens it again. Refusing begins at once. */
  suspend(by: unknown, effect: ShutEffect): void {
    this.#shutBy.set(by, effect);
    if (effect === 'connects-are-refused') void this.#stop();
    this.#settle();
  }

  resume(by: unknown): void {
    if (this.#shutBy.delete(by)) this.#settle();
  }

  #stop(): Promise<void> {
    this.#retry.clear();
    const server = this.#server;
    this.#server = null;
    return new Promise(resolve => (server === null ? resolve() : server.close(() => resolve())));
  }

  /** Which listener is to have the address. */
  get #wanted(): 'server' | 'silence' | 'nobody' {
    if (!this.#isOpen) return 'nobody';
    if (this.#shutBy.size === 0) return 'server';
    return [...this.#shutBy.values()].includes('connects-are-refused') ? 'nobody' : 'silence';
  }

  #settle(): void {
    this.#settled = this.#settled.then(async () => {
      if (this.#wanted !== 'silence') await this.#endSilence();
      if (this.#wanted === 'server' && this.#server === null) await this.#listenAgain();
      if (this.#wanted === 'silence' && this.#silent === null) await this.#fallSilent();
    });
  }

  async #listenAgain(): Promise<void> {
    const server = await this.#listen(this.#address).catch(() => null);
    if (this.#wanted !== 'server') server?.close();
    else if (server === null) this.#retry.set(performance.now() + retryMs);
    else this.#server = server;
  }

  async #fallSilent(): Promise<void> {
    const silent = await SilentListener.start();
    this.#silent = silent;
    // Up to this point connections were served: they are refused for hardly a moment.
    if (this.#wanted === 'silence') {
      void this.#stop();
      if (await silent.listen(parseAddress(this.#address))) return;
      this.#retry.set(performance.now() + retryMs);
    }
    await this.#endSilence();
  }

  async #endSilence(): Promise<void> {
    const silent = this.#silent;
    this.#silent = null;
    await silent?.end();
  }

  async #listen(address: string): Promise<Server> {
    const server = createServer({pauseOnConnect: true, allowHalfOpen: true, noDelay: true});
    this.#address = await listen(server, address);
    server.on('connection', this.#accept);
    // Accepting can fail when file descriptors run out; open connections go on, and accepting continues.
    server.on('error', () => undefined);
    return server;
  }
}

/** The kernel caps it; connections that arrive in a burst must not be refused. */
const backlog = 4096;

const bindProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

/**
 * Makes the server listen on "host:port", ":port" or "". Port 0 takes a free one, no host takes every interface.
 * Returns the real address. Throws ApiError 500.
 */
const listen = async (server: Server, address: string): Promise<string> => {
  const wanted = await resolveAddress(address).catch((error: unknown) => {
    throw error instanceof AddressError ? serverFault(`listen tcp: ${error.message}`, error) : error;
  });
  // Go listens on both families when told 0.0.0.0, and shows that as [::].
  const host = wanted.host === '' || wanted.host === '0.0.0.0' ? '::' : wanted.host;
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EAFNOSUPPORT' && host === '::') {
        server.listen({host: '0.0.0.0', port: wanted.port, backlog});
      } else {
        server.removeListener('error', fail);
        reject(bindError(formatAddress(wanted), error));
      }
    };
    server.on('error', fail);
    server.once('listening', () => {
      server.removeListener('error', fail);
      resolve(addressOf(server));
    });
    server.listen({host, port: wanted.port, backlog});
  });
};

const addressOf = (server: Server): string => {
  const {address, port} = server.address() as AddressInfo; // a string only for pipes
  return formatAddress({host: address, port});
};

const bindError = (address: string, error: NodeJS.ErrnoException): ApiError =>
  serverFault(`listen tcp ${address}: bind: ${bindProblems[error.code ?? ''] ?? error.message}`, error);
