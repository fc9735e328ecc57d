// One proxy: a listener, the connections that it accepted, and the toxics that act on them.

import type {ProxyWitness, StreamDirection} from '../../model/proxy-witness.ts';
import {AddressError, formatAddress, parseAddress, resolveAddress} from './address.ts';
import {badRequestBody, serverFault} from './api-error.ts';
import {Connection, type ConnectionHost} from './connection.ts';
import {toGoJson} from './go-json.ts';
import {HttpRules} from './http/rules.ts';
import type {Interception} from './interceptors.ts';
import {NameRules} from './name-server.ts';
import {PacketFilter} from './packet-filter.ts';
import {ReplyRules} from './protocols/rules.ts';
import {ProxyListener} from './proxy-listener.ts';
import {Recording} from './recording.ts';
import type {Certificates} from './tls/certificates.ts';
import {TlsRules} from './tls/rules.ts';
import type {Toxic} from './toxic.ts';
import {ToxicChain} from './toxic-chain.ts';
import type {Downtime} from './toxic-type.ts';
import {Witness} from './witness.ts';

export type ProxySettings = {
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  /** What it carries, such as `redis`, so that connections are followed from the beginning; empty: not said. */
  readonly protocol: string;
  /** Whether a FIN of one side ends one direction only, and a RST resets the other side; otherwise both close the connection. */
  readonly passEnds: boolean;
};

/** A closed connection's byte counts in one direction, with the proxy's addresses at that time. */
export type Transfer = {
  readonly proxy: string;
  readonly listener: string;
  readonly upstream: string;
  readonly direction: StreamDirection;
  readonly receivedBytes: number;
  readonly sentBytes: number;
};

export type ProxyHost = {
  readonly seed: number;
  /** The program that sets rules on packets; null outside of a run's network namespace. */
  readonly nft: string | null;
  readonly certificates: Certificates;
  readonly transferred: (transfer: Transfer) => void;
  readonly missed: (miss: Miss) => void;
};

/** A toxic met something for the first time that it cannot act on. */
export type Miss = {readonly proxy: string; readonly toxic: string; readonly spoken: string};

export class TcpProxy {
  readonly name: string;
  readonly witness: Witness;
  readonly #connections = new Set<Connection>();
  readonly packets: PacketFilter;
  readonly toxics: ToxicChain;
  readonly http: HttpRules;
  readonly names: NameRules;
  readonly #tls: TlsRules;
  readonly #replies: ReplyRules;
  readonly #host: ProxyHost;
  readonly #listener = new ProxyListener(socket =>
    this.#connections.add(new Connection(this.#connectionHost, socket)),
  );
  #listen: string;
  #upstream: string;
  #passEnds: boolean;
  #recording: Recording | null = null;
  /** From when it is set on, new connections are followed as soon as they begin. */
  interception: Interception | null = null;
  /** What connections depend on; fixed while the proxy is enabled. */
  #connectionHost: ConnectionHost;

  /** Throws ApiError 400 for an unknown protocol. */
  constructor(host: ProxyHost, name: string, settings: Omit<ProxySettings, 'enabled'>) {
    const {listen, upstream, protocol, passEnds} = settings;
    this.#host = host;
    this.name = name;
    this.witness = new Witness((toxic, spoken) => host.missed({proxy: name, toxic, spoken}));
    this.#listen = listen;
    this.#upstream = upstream;
    this.#passEnds = passEnds;
    this.packets = new PacketFilter({
      nft: host.nft,
      port: () => parseAddress(this.#listen).port,
      witness: this.witness,
    });
    this.toxics = new ToxicChain({
      seedParts: [host.seed, name],
      witness: this.witness,
      connections: this.#connections,
      admit: toxic => {
        if (host.nft === null) refuseWithoutNamespace(toxic);
        this.#replies.admit(toxic);
      },
      down: (toxic, effect) => this.#down(toxic, effect),
      up: toxic => {
        this.#listener.resume(toxic);
        this.packets.unset(toxic.name);
      },
    });
    const seedParts = [host.seed, name];
    this.names = new NameRules({
      seedParts,
      toxicsOf: this.toxics.of,
      witness: this.witness,
      address: () => parseAddress(this.#listen).host,
    });
    this.http = new HttpRules(seedParts, this.toxics.of, this.witness);
    this.#tls = new TlsRules({
      seedParts,
      toxicsOf: this.toxics.of,
      witness: this.witness,
      certificates: host.certificates,
    });
    this.#replies = new ReplyRules({
      seedParts,
      toxicsOf: this.toxics.of,
      witness: this.witness,
      record: hit => this.http.record(hit),
    });
    this.declare(protocol);
    this.#connectionHost = this.#hostConnections();
  }

  get settings(): ProxySettings {
    const {declared: protocol} = this.#replies;
    const {isOpen: enabled} = this.#listener;
    return {listen: this.#listen, upstream: this.#upstream, enabled, protocol, passEnds: this.#passEnds};
  }

  report(): ProxyWitness {
    return this.witness.report(this.#replies.report());
  }

  toJson(): string {
    const {name} = this;
    const {listen, upstream, enabled, protocol, passEnds} = this.settings;
    const own = {...(protocol !== '' && {protocol}), ...(passEnds && {pass_ends: true})};
    // Toxiproxy shows its logger by mistake, and clients rely on it.
    const fields = toGoJson({name, listen, upstream, enabled, ...own, Logger: {}});
    return `${fields.slice(0, -1)},"toxics":${this.toxics.toJson()}}`;
  }

  /** Whether these addresses differ from the current ones; equivalent ones do not. Throws ApiError 500. */
  async differs({listen, upstream}: Pick<ProxySettings, 'listen' | 'upstream'>): Promise<boolean> {
    const address = await resolveAddress(listen).catch((error: unknown) => {
      throw error instanceof AddressError ? serverFault(error.message, error) : error;
    });
    return formatAddress(address) !== this.#listen || upstream !== this.#upstream;
  }

  /** Says what it carries. Throws ApiError 400 for an unknown protocol. */
  declare(protocol: string): void {
    this.#replies.declare(protocol);
  }

  /** Restarts the proxy if an address changed, then enables or disables it. Throws ApiError 400 or 500; by the latter it is disabled. */
  async update(settings: ProxySettings): Promise<void> {
    this.declare(settings.protocol);
    this.#passEnds = settings.passEnds;
    if (await this.differs(settings)) {
      void this.stop();
      this.#listen = settings.listen;
      this.#upstream = settings.upstream;
    }
    if (settings.enabled) await this.start();
    else void this.stop();
  }

  /** Starts accepting connections, unless it does already. Throws ApiError 500. */
  async start(): Promise<void> {
    if (this.#listener.isOpen) return;
    this.#listen = await this.#listener.open(this.#listen);
    this.#connectionHost = this.#hostConnections();
  }

  /** Refuses new connections and cuts the live ones, at once. Resolves when all sockets are closed. */
  async stop(): Promise<void> {
    const closed = this.#listener.close();
    for (const connection of this.#connections) connection.cut();
    await closed;
  }

  /** Stops for good, and cancels the timers of its toxics. */
  async remove(): Promise<void> {
    const stopped = this.stop();
    this.toxics.clear();
    await Promise.all([stopped, this.packets.settled]);
  }

  /** Resolves when new connections and packets meet what the toxics ask for. */
  async settled(): Promise<void> {
    await Promise.all([this.#listener.settled, this.packets.settled]);
  }

  /** The last one, which may be over; null: there was none. */
  get recording(): Recording | null {
    return this.#recording;
  }

  /** Notes the shape of all conversations from here on, and forgets what was recorded before. */
  startRecording(): Recording {
    this.#recording?.stop();
    const recording = new Recording();
    this.#recording = recording;
    for (const connection of this.#connections) connection.record(recording);
    return recording;
  }

  stopRecording(): void {
    this.#recording?.stop();
    for (const connection of this.#connections) connection.record(null);
  }

  #down(toxic: Toxic, effect: Downtime['effect']): void {
    if (typeof effect === 'object') {
      this.packets.set(toxic.name, effect);
      return;
    }
    this.witness.acted(toxic.name);
    this.#listener.suspend(toxic, effect);
    if (effect === 'connects-hang') return;
    for (const connection of this.#connections) connection.cut(toxic);
  }

  #hostConnections(): ConnectionHost {
    const {name} = this;
    const {listen: listener, upstream} = this.settings;
    return {
      seedParts: [this.#host.seed, name],
      upstream,
      witness: this.witness,
      toxics: this.toxics.of,
      http: this.http,
      tls: this.#tls,
      interception: () => this.interception,
      passEnds: () => this.#passEnds,
      replies: this.#replies,
      servedConnections: () => [...this.#connections].filter(({isServed}) => isServed).length,
      recording: () => this.#recording,
      transferred: (direction, receivedBytes, sentBytes) =>
        this.#host.transferred({proxy: name, listener, upstream, direction, receivedBytes, sentBytes}),
      closed: connection => this.#connections.delete(connection),
    };
  }
}

/** Throws ApiError 400 for a toxic that acts on packets or on queries for names. */
const refuseWithoutNamespace = ({type, attributes}: Toxic): void => {
  if (type.names === null && typeof type.downtime?.(attributes).effect !== 'object') return;
  throw badRequestBody(`${type.name} works only in the network namespace of a run on Linux`);
};
