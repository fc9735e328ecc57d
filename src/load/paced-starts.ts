// Open load: operations start when the pacer says so, whether or not the library keeps up.

import type {ArrivalSink, ArrivalSource} from './arrivals.ts';
import type {Pacer} from './pacing.ts';

/** Node's timers overflow at 2^31 ms, and then fire at once. */
const longestWaitMs = 60_000;

/**
 * At most so many starts before the event loop has its turn. After a pause all that is overdue starts as soon as it
 * can, but what has started may settle in between: otherwise each operation would be kept until the last has started.
 */
const startsPerTurn = 64;

/**
 * Timers wake every 1.06 ms at best, so that what starts at the first wake after its time is up to that much late. What is due
 * within half a wake starts now: off by half a wake at most, before or after, and for no more work.
 */
const anticipationMs = 0.5;

export class PacedStarts implements ArrivalSource {
  readonly #pacer: Pacer;
  readonly #maxInFlight: number;
  readonly #context: ArrivalSink;
  readonly #beganMs: number;
  /** Starts that the pacer asked for, dropped ones included. */
  #offered = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(pacer: Pacer, maxInFlight: number, context: ArrivalSink) {
    this.#pacer = pacer;
    this.#maxInFlight = maxInFlight;
    this.#context = context;
    this.#beganMs = context.now();
    this.#pace();
  }

  /** Otherwise it waits for its turn of the event loop. */
  get timerCount(): number {
    return this.#stopped || this.#turn ? 0 : 1;
  }

  settled(): void {}

  /**
   * What is due by now still starts, as far as one turn takes it. The rest never will: it was asked for, and counts
   * as dropped.
   */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    const {now, offer, drop} = this.#context;
    const allDue = this.#pacer.dueBy(now() - this.#beganMs);
    this.#startUpTo(Math.min(allDue, this.#offered + startsPerTurn));
    while (this.#offered < allDue) {
      const intendedMs = this.#nextMs();
      this.#offered++;
      offer();
      drop(intendedMs);
    }
  }

  startedUpToMs(): number {
    return Math.min(this.#context.now(), this.#nextMs());
  }

  #nextMs(): number {
    return this.#beganMs + this.#pacer.startOf(this.#offered);
  }

  #pace(): void {
    const {now} = this.#context;
    const allDue = this.#pacer.dueBy(now() - this.#beganMs + anticipationMs);
    const due = Math.min(allDue, this.#offered + startsPerTurn);
    this.#startUpTo(due);
    if (this.#stopped) return;
    if (due < allDue) {
      this.#turn = setImmediate(() => {
        this.#turn = undefined;
        this.#pace();
      });
      return;
    }
    // A timer may fire early, by up to 1 ms, or because a long wait is split; then nothing is due and it is set
    // again.
    const waitMs = Math.min(Math.max(1, this.#nextMs() - now()), longestWaitMs);
    this.#timer = setTimeout(() => this.#pace(), waitMs);
  }

  #startUpTo(due: number): void {
    const {now, inFlight, offer, start, drop} = this.#context;
    while (this.#offered < due) {
      const intendedMs = this.#nextMs();
      this.#offered++;
      offer();
      if (inFlight() >= this.#maxInFlight) drop(intendedMs);
      else start(intendedMs, now());
    }
  }
}
