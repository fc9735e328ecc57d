// Counts what happened at one proxy, so that a run can prove that its faults hit.

import {wholeEpochMs} from '../../model/clock.ts';
import {stackOf} from '../../model/error-message.ts';
import type {
  ConnectionEnd,
  ConnectionRecord,
  FaultWitness,
  HitPlace,
  NameWitness,
  ProtocolWitness,
  ProxyWitness,
  StreamDirection,
} from '../../model/proxy-witness.ts';

type Writable<T> = {-readonly [K in keyof T]: T[K]};

/** A connection's record while it is being written. */
export type OpenRecord = Writable<Omit<ConnectionRecord, 'hits' | 'hitsMs' | 'hitsAt'>> & {
  readonly hits: string[];
  readonly hitsMs: number[];
  readonly hitsAt: (HitPlace | null)[];
};

/** A connection that nothing has been said on. */
const atConnect: HitPlace = {exchange: 0, direction: null, byte: 0};

const keptConnections = 10_000;
const keptFaults = 10_000;
const keptHits = 100;
/** A connect takes its time. */
const ttlSlackMs = 1000;

/** Of packets that a rule met since a moment, in ms since the epoch. */
export type ClientPorts = {readonly ports: readonly number[]; readonly sinceMs: number};

export class Witness {
  readonly #faults = new Map<string, Writable<FaultWitness>>();
  /** A ring: the record of connection n is at n modulo its size. */
  readonly #records: OpenRecord[] = [];
  #names: Writable<NameWitness> | null = null;
  #keptUntilMs = Number.POSITIVE_INFINITY;
  #openConnections = 0;
  #openedConnections = 0;
  #peakConnections = 0;
  #failedDials = 0;
  #cutConnections = 0;
  #failedConnections = 0;
  #lastFailure: string | null = null;
  #upstreamBytes = 0;
  #downstreamBytes = 0;
  readonly #firstMissed: (toxic: string, spoken: string) => void;

  /** @param firstMissed called when a toxic meets something for the first time that it cannot act on */
  constructor(firstMissed: (toxic: string, spoken: string) => void = () => undefined) {
    this.#firstMissed = firstMissed;
  }

  opened(clientPort?: number): OpenRecord {
    const record: OpenRecord = {
      id: ++this.#openedConnections,
      openedMs: wholeEpochMs(),
      closedMs: null,
      upstreamBytes: 0,
      downstreamBytes: 0,
      hits: [],
      hitsMs: [],
      hitsAt: [],
      end: 'open',
      ...(clientPort === undefined ? {} : {clientPort}),
    };
    this.#records[record.id % keptConnections] = record;
    if (this.#names !== null && performance.now() > this.#keptUntilMs) this.#names.connectionsBeyondTtl++;
    this.#peakConnections = Math.max(this.#peakConnections, ++this.#openConnections);
    return record;
  }

  /** Records why a connection ends. Only the first cause counts. */
  ended(record: OpenRecord, end: Exclude<ConnectionEnd, 'open'>): void {
    if (record.end !== 'open') return;
    record.end = end;
    if (end === 'dial-failed') this.#failedDials++;
    if (end === 'cut') this.#cutConnections++;
  }

  closed(record: OpenRecord): void {
    if (record.closedMs !== null) return;
    record.closedMs = wholeEpochMs();
    this.#openConnections--;
  }

  forwarded(record: OpenRecord, direction: StreamDirection, bytes: number): void {
    if (direction === 'upstream') {
      record.upstreamBytes += bytes;
      this.#upstreamBytes += bytes;
    } else {
      record.downstreamBytes += bytes;
      this.#downstreamBytes += bytes;
    }
  }

  /** A query for the target's name. */
  queried(ttlSeconds: number): void {
    this.#names = {
      connectionsBeyondTtl: 0,
      ...this.#names,
      queries: (this.#names?.queries ?? 0) + 1,
      ttlSeconds,
    };
  }

  /** A client gets an address, which it may keep for so long from now on. */
  answered(keptMs: number): void {
    this.#keptUntilMs = performance.now() + keptMs + ttlSlackMs;
  }

  /** Finds the counters of a toxic, or starts them. */
  fault(name: string, type: string, stream: StreamDirection): void {
    const known = this.#faults.get(name);
    if (known !== undefined) {
      known.type = type;
      known.stream = stream;
      return;
    }
    const oldest = this.#faults.keys().next();
    if (this.#faults.size >= keptFaults && oldest.done !== true) this.#faults.delete(oldest.value);
    const counters = {decisions: 0, applied: 0, connectionsHit: 0, actions: 0};
    this.#faults.set(name, {type, stream, ...counters, firstHitMs: null, lastHitMs: null});
  }

  decided(name: string, isActive: boolean): void {
    const fault = this.#faults.get(name);
    if (fault === undefined) return;
    fault.decisions++;
    if (isActive) fault.applied++;
  }

  /** A connection carries that, on which this toxic cannot act. */
  missed(name: string, spoken: string): void {
    const fault = this.#faults.get(name);
    if (fault === undefined) return;
    const count = fault.missed?.[spoken] ?? 0;
    fault.missed = {...fault.missed, [spoken]: count + 1};
    if (count === 0) this.#firstMissed(name, spoken);
  }

  /** Without a record it acted on the proxy as a whole. */
  acted(name: string, record?: OpenRecord, conversation?: {readonly place: HitPlace}): void {
    const fault = this.#faults.get(name);
    if (fault === undefined) return;
    this.#count(fault, 1);
    if (record !== undefined) this.#mark(name, fault, record, conversation?.place ?? atConnect);
  }

  /**
   * So many more packets met a rule, among them packets of the connections from these ports that have been open since then. The
   * time of each is not known; they count as hit now.
   */
  metPackets(name: string, packets: number, {ports, sinceMs}: ClientPorts): void {
    const fault = this.#faults.get(name);
    if (fault === undefined || packets === 0) return;
    this.#count(fault, packets);
    const hit = new Set(ports);
    for (const record of this.#records) {
      if (record?.clientPort === undefined || !hit.has(record.clientPort)) continue;
      if (record.closedMs !== null && record.closedMs < sinceMs) continue;
      this.#mark(name, fault, record, null);
    }
  }

  #count(fault: Writable<FaultWitness>, actions: number): void {
    fault.actions += actions;
    fault.lastHitMs = wholeEpochMs();
    fault.firstHitMs ??= fault.lastHitMs;
  }

  #mark(name: string, fault: Writable<FaultWitness>, record: OpenRecord, place: HitPlace | null): void {
    if (record.hits.includes(name)) return;
    record.hits.push(name);
    record.hitsMs.push(fault.lastHitMs ?? wholeEpochMs());
    record.hitsAt.push(place);
    if (record.hits.length > keptHits) {
      record.hits.shift();
      record.hitsMs.shift();
      record.hitsAt.shift();
    }
    fault.connectionsHit++;
  }

  /** A toxic threw that; null where it is not known which. */
  failed(name: string | null, error: unknown): void {
    const what = stackOf(error);
    this.#failedConnections++;
    this.#lastFailure = name === null ? what : `${name}: ${what}`;
  }

  report(protocol: ProtocolWitness | null = null): ProxyWitness {
    return {
      openConnections: this.#openConnections,
      openedConnections: this.#openedConnections,
      peakConnections: this.#peakConnections,
      failedDials: this.#failedDials,
      cutConnections: this.#cutConnections,
      failedConnections: this.#failedConnections,
      lastFailure: this.#lastFailure,
      upstreamBytes: this.#upstreamBytes,
      downstreamBytes: this.#downstreamBytes,
      ...(this.#names !== null && {names: {...this.#names}}),
      faults: Object.fromEntries(this.#faults),
      ...(protocol !== null && {protocol}),
    };
  }

  /** The last 10,000 connections, oldest first. */
  connections(): readonly ConnectionRecord[] {
    return this.#records.filter(record => record !== undefined).sort((a, b) => a.id - b.id);
  }
}
