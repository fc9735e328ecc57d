// Waits for deadlines on the monotonic clock.

const longestTimerMs = 2 ** 31 - 1;

/** One alarm clock, set again and again. It never rings early, and rings once per setting. */
export class Alarm {
  readonly #ring: () => void;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings when `performance.now()` has reached the deadline, never before this turn ends. Infinity never rings. */
  set(deadlineMs: number): void {
    this.clear();
    this.#deadlineMs = deadlineMs;
    this.#wait();
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #wait(): void {
    const leftMs = this.#deadlineMs - performance.now();
    if (leftMs === Number.POSITIVE_INFINITY) return;
    // A timer counts whole milliseconds; the rest of one is waited out by turning the event loop.
    if (leftMs >= 1) this.#timer = setTimeout(this.#onTimer, Math.min(Math.floor(leftMs), longestTimerMs));
    else this.#immediate = setImmediate(this.#onTimer);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    this.#immediate = undefined;
    if (performance.now() >= this.#deadlineMs) this.#ring();
    else this.#wait();
  };
}
