// Which fault hit which request: the last 10,000 hits of a proxy.

import type {HttpHit} from '../../../model/proxy-witness.ts';

const keptHits = 10_000;

export class HitLog {
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
