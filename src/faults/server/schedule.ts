// When a toxic is in force: from `start_after` ms after it was added, for `duration` ms, and again `every` so many ms.
// Without any of them: at once, and until it is removed.

import {Alarm} from './alarm.ts';
import type {Scope} from './scope.ts';

export type ScheduleEvents = {readonly begin: () => void; readonly end: () => void};

export class Schedule {
  readonly #edges: ScheduleEvents;
  readonly #durationMs: number;
  /** Infinity: never again. */
  readonly #everyMs: number;
  readonly #alarm = new Alarm(() => this.#turn());
  /** When it is to begin, or has begun. Each period is counted from the one before, so that late timers do not add up. */
  #beginMs: number;
  #isInForce = false;

  constructor(scope: Scope, edges: ScheduleEvents) {
    const {start_after = 0, duration = Number.POSITIVE_INFINITY, every = Number.POSITIVE_INFINITY} = scope;
    this.#edges = edges;
    this.#durationMs = duration;
    this.#everyMs = every;
    this.#beginMs = performance.now() + start_after;
    if (start_after > 0) this.#alarm.set(this.#beginMs);
    else this.#turn();
  }

  /** Because the toxic is removed: no edge follows. */
  cancel(): void {
    this.#alarm.clear();
  }

  #turn(): void {
    this.#isInForce = !this.#isInForce;
    if (this.#isInForce) {
      this.#alarm.set(this.#beginMs + this.#durationMs);
      this.#edges.begin();
    } else {
      this.#beginMs += this.#everyMs;
      this.#alarm.set(this.#beginMs);
      this.#edges.end();
    }
  }
}
