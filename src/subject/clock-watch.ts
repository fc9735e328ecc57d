// Whether the wall clock was set: telemetry takes its times from it, and the harness from one that is never set.
import type {SubjectEvent} from '../model/event.ts';

/** Two clocks that are read one after the other, and a clock of whole ms, never agree exactly. */
const toleranceMs = 50;
/** After so many changes a clock that is never still is known well enough. */
const stepsTold = 100;

export class ClockWatch {
  readonly #originEpochMs: number;
  readonly #now: () => number;
  #toldMs = 0;
  #stepCount = 0;

  /** @param now ms since the trial's origin, at which the wall clock said `originEpochMs` */
  constructor(originEpochMs: number, now: () => number) {
    this.#originEpochMs = originEpochMs;
    this.#now = now;
  }

  /** What to report, or null where nothing has changed. A clock that is slewed takes the monotonic one with it. */
  look(): SubjectEvent | null {
    const atMs = this.#now();
    const offsetMs = Date.now() - this.#originEpochMs - atMs;
    if (Math.abs(offsetMs - this.#toldMs) <= toleranceMs || this.#stepCount >= stepsTold) return null;
    this.#toldMs = offsetMs;
    this.#stepCount++;
    return {kind: 'clock-stepped', atMs, offsetMs};
  }
}
