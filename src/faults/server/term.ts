// When a toxic is in force: from `start_after` ms after it was added, for `duration` ms. Without either: at once, and until
// it is removed.

import {Alarm} from './alarm.ts';
import type {Scope} from './scope.ts';

export type TermEdges = {readonly begin: () => void; readonly end: () => void};

export class Term {
  readonly #edges: TermEdges;
  readonly #durationMs: number;
  readonly #alarm = new Alarm(() => (this.#hasBegun ? this.#edges.end() : this.#begin()));
  #hasBegun = false;

  constructor({start_after = 0, duration = Number.POSITIVE_INFINITY}: Scope, edges: TermEdges) {
    this.#edges = edges;
    this.#durationMs = duration;
    if (start_after > 0) this.#alarm.set(performance.now() + start_after);
    else this.#begin();
  }

  /** Because the toxic is removed: no edge follows. */
  cancel(): void {
    this.#alarm.clear();
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#alarm.set(performance.now() + this.#durationMs);
    this.#edges.begin();
  }
}
