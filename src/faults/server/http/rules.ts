// Which HTTP toxic takes which request of a proxy, and the record of the hits.

import type {HttpHit, StreamDirection} from '../../../model/proxy-witness.ts';
import {fitsPattern} from '../pattern.ts';
import {createRandom} from '../random.ts';
import type {Toxic} from '../toxic.ts';
import type {Attributes} from '../toxic-type.ts';
import type {Witness} from '../witness.ts';
import type {HttpBehaviour} from './behaviour.ts';
import type {RequestHead} from './head.ts';
import {HitLog} from './hit-log.ts';
import {pathOf} from './request-facts.ts';

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
    return this.#toxics().length > 0;
  }

  /**
   * The first toxic that takes this request, in the order in which they were added; those after it are not asked. The
   * dice depend on the seed, the proxy, the connection's number, the toxic's name and the request's number only.
   */
  take(connection: number, requestNumber: number, {method, target}: RequestHead): Taken | null {
    const path = pathOf(method, target);
    for (const {toxic, http} of this.#toxics()) {
      if (!toxic.isInForce) continue;
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

  #toxics(): readonly HttpToxic[] {
    return [...this.#toxicsOf('upstream'), ...this.#toxicsOf('downstream')].flatMap(toxic => {
      const {http} = toxic.type;
      return http === null ? [] : [{toxic, http}];
    });
  }
}
