// One proxy: a listener, the connections that it accepted, and the toxics that act on them.

import {createServer, type Server} from 'node:net';
import type {StreamDirection} from '../../model/proxy-witness.ts';
import {AddressError, formatAddress, resolveAddress} from './address.ts';
import {serverFault} from './api-error.ts';
import {Connection, type ConnectionHost} from './connection.ts';
import {toGoJson} from './go-json.ts';
import {listen} from './listen.ts';
import {ToxicChain} from './toxic-chain.ts';
import {Witness} from './witness.ts';

export type ProxySettings = {readonly listen: string; readonly upstream: string; readonly enabled: boolean};

/** A closed connection's byte counts in one direction, with the proxy's addresses at that time. */
export type Transfer = {
  readonly proxy: string;
  readonly listener: string;
  readonly upstream: string;
  readonly direction: StreamDirection;
  readonly receivedBytes: number;
  readonly sentBytes: number;
};

export type ProxyHost = {readonly seed: number; readonly transferred: (transfer: Transfer) => void};

export class TcpProxy {
  readonly name: string;
  readonly witness = new Witness();
  readonly #connections = new Set<Connection>();
  readonly toxics = new ToxicChain(this.witness, this.#connections);
  readonly #host: ProxyHost;
  #listen: string;
  #upstream: string;
  #server: Server | undefined;

  constructor(host: ProxyHost, name: string, {listen, upstream}: Pick<ProxySettings, 'listen' | 'upstream'>) {
    this.#host = host;
    this.name = name;
    this.#listen = listen;
    this.#upstream = upstream;
  }

  get settings(): ProxySettings {
    return {listen: this.#listen, upstream: this.#upstream, enabled: this.#server !== undefined};
  }

  toJson(): string {
    const {name} = this;
    const {listen, upstream, enabled} = this.settings;
    // Toxiproxy shows its logger by mistake, and clients have come to know it.
    const fields = toGoJson({name, listen, upstream, enabled, Logger: {}});
    return `${fields.slice(0, -1)},"toxics":${this.toxics.toJson()}}`;
  }

  /** Whether these addresses differ from the current ones; equivalent ones do not. Throws ApiError 500. */
  async differs({listen, upstream}: Pick<ProxySettings, 'listen' | 'upstream'>): Promise<boolean> {
    const address = await resolveAddress(listen).catch((error: unknown) => {
      throw error instanceof AddressError ? serverFault(error.message, error) : error;
    });
    return formatAddress(address) !== this.#listen || upstream !== this.#upstream;
  }

  /** Restarts the proxy if an address changed, then enables or disables it. Throws ApiError 500; it is then disabled. */
  async update(settings: ProxySettings): Promise<void> {
    if (await this.differs(settings)) {
      void this.stop();
      this.#listen = settings.listen;
      this.#upstream = settings.upstream;
    }
    if (settings.enabled) await this.start();
    else void this.stop();
  }

  /** Begins to accept connections, unless it does already. Throws ApiError 500. */
  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer({pauseOnConnect: true, allowHalfOpen: true, noDelay: true});
    this.#listen = await listen(server, this.#listen);
    this.#server = server;
    const host = this.#connectionHost();
    server.on('connection', socket => this.#connections.add(new Connection(host, socket)));
    // Accepting can fail when file descriptors run out; what is open goes on, and so does accepting.
    server.on('error', () => undefined);
  }

  /** Refuses new connections and cuts the live ones, at once. Resolves when all sockets are closed. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>(resolve => server.close(() => resolve()));
    for (const connection of this.#connections) connection.cut();
    await closed;
  }

  #connectionHost(): ConnectionHost {
    const {name} = this;
    const {listen: listener, upstream} = this.settings;
    return {
      seedParts: [this.#host.seed, name],
      upstream,
      witness: this.witness,
      toxics: this.toxics.of,
      transferred: (direction, receivedBytes, sentBytes) =>
        this.#host.transferred({proxy: name, listener, upstream, direction, receivedBytes, sentBytes}),
      closed: connection => this.#connections.delete(connection),
    };
  }
}
