// Which HTTP toxic takes which request of a proxy, and the record of the hits.

import type {HttpHit, StreamDirection} from '../../../model/proxy-witness.ts';
import {fitsPattern} from '../pattern.ts';
import {createRandom} from '../random.ts';
import type {Selected} from '../scope.ts';
import type {Toxic} from '../toxic.ts';
import type {Attributes} from '../toxic-type.ts';
import type {Witness} from '../witness.ts';
import type {Http2Setting, HttpBehaviour, HttpVersion} from './behaviour.ts';
import type {RequestHead} from './head.ts';
import {pathOf} from './request-facts.ts';

/**
 * Toxics that meet what they cannot act on. `all`: now and from here on. `so-far`: those that are in force now. A version: those of
 * them that are for the other one only.
 */
export type Missed = 'all' | 'so-far' | HttpVersion;

/** The toxic that takes a request. */
export type Taken = HttpToxic & {
  /** The toxic found nothing to act on: its hit is not spent. */
  readonly release: () => void;
};

type HttpToxic = {readonly toxic: Toxic; readonly http: HttpBehaviour<Attributes>};

export class HttpRules {
  readonly #seedParts: readonly (string | number)[];
  readonly #toxicsOf: (direction: StreamDirection) => readonly Toxic[];
  readonly #witness: Witness;
  readonly #hits = new HitLog();

  constructor(
    seedParts: readonly (string | number)[],
    toxicsOf: (direction: StreamDirection) => readonly Toxic[],
    witness: Witness,
  ) {
    this.#seedParts = seedParts;
    this.#toxicsOf = toxicsOf;
    this.#witness = witness;
  }

  /** Whether there is any HTTP toxic. */
  get isActive(): boolean {
    return this.#all().some(actsOnHttp);
  }

  /** What the toxics do to connections of HTTP/2 as a whole. */
  settings(): readonly {readonly toxic: Toxic; readonly setting: Http2Setting}[] {
    return this.#all().flatMap(toxic => {
      const setting = toxic.type.http2?.(toxic.attributes) ?? null;
      return setting === null ? [] : [{toxic, setting}];
    });
  }

  /** Whether a toxic that acts on a connection as a whole takes this one, the `starts`-th time that it begins there. */
  takesConnection(connection: number, toxic: Toxic, candidate: Selected, starts: number): boolean {
    const random = createRandom([...this.#seedParts, connection, 'http2', toxic.name, starts]);
    const decision = toxic.selection.decide(candidate, random, toxic.toxicity);
    if (decision !== null) this.#witness.decided(toxic.name, decision);
    return decision === true;
  }

  inForce(which: Missed): readonly Toxic[] {
    const isAny = which === 'all' || which === 'so-far';
    return this.#all().filter(
      toxic => toxic.isInForce && actsOnHttp(toxic) && (isAny || !isFor(toxic, which)),
    );
  }

  /** A connection carries something that the toxic cannot act on. */
  missed(toxic: Toxic, spoken: string): void {
    this.#witness.missed(toxic.name, spoken);
  }

  /**
   * The first toxic that takes this request, in the order in which they were added; those after it are not asked. The
   * dice depend on the seed, the proxy, the connection's number, the toxic's name and the request's number only.
   */
  take(
    connection: number,
    requestNumber: number,
    {method, target}: RequestHead,
    version: HttpVersion,
  ): Taken | null {
    const path = pathOf(method, target);
    for (const {toxic, http} of this.#toxics()) {
      if (!toxic.isInForce || !isFor(toxic, version)) continue;
      const match = http.match(toxic.attributes);
      if (match.method !== '' && match.method !== method) continue;
      if (!fitsPattern(match.path, path)) continue;
      const {selection} = toxic;
      const random = createRandom([...this.#seedParts, connection, 'http', toxic.name, requestNumber]);
      const candidate = selection.offer();
      const decision = selection.decide(candidate, random, toxic.toxicity);
      if (decision !== null) this.#witness.decided(toxic.name, decision);
      if (decision === true) return {toxic, http, release: () => selection.release(candidate)};
    }
    return null;
  }

  record(hit: HttpHit): void {
    this.#hits.add(hit);
  }

  get hitCount(): number {
    return this.#hits.count;
  }

  /** The last 10,000 hits, oldest first. */
  hits(): readonly HttpHit[] {
    return this.#hits.list();
  }

  #all(): readonly Toxic[] {
    return [...this.#toxicsOf('upstream'), ...this.#toxicsOf('downstream')];
  }

  #toxics(): readonly HttpToxic[] {
    return this.#all().flatMap(toxic => {
      const {http} = toxic.type;
      return http === null ? [] : [{toxic, http}];
    });
  }
}

/** On requests, or on connections of HTTP/2. */
export const actsOnHttp = ({type}: Toxic): boolean => type.http !== null || type.http2 !== null;

/** Whether an HTTP toxic can act on that version. */
const isFor = ({type}: Toxic, version: HttpVersion): boolean =>
  type.http === null ? version === 'http/2' : (type.http.version ?? version) === version;

const keptHits = 10_000;

/** The last 10,000. */
class HitLog {
  /** A ring: hit n is at n modulo its size. */
  readonly #hits: HttpHit[] = [];
  #count = 0;

  /** Of all hits, including those that are no longer kept. */
  get count(): number {
    return this.#count;
  }

  add(hit: HttpHit): void {
    this.#hits[this.#count++ % keptHits] = hit;
  }

  /** Oldest first. */
  list(): readonly HttpHit[] {
    const oldest = this.#count > keptHits ? this.#count % keptHits : 0;
    return [...this.#hits.slice(oldest), ...this.#hits.slice(0, oldest)];
  }
}
