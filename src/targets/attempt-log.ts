// When attempts arrived, for the operations that have several, and for the latest of those that have one.

/** Beyond these numbers the log keeps what it has, so that a retry storm cannot exhaust the target's memory. */
const mostOperations = 20_000;
const mostTimes = 8;

export class AttemptLog {
  readonly #once = new Map<number, number>();
  readonly #often = new Map<number, number[]>();

  add(index: number, atMs: number): void {
    const times = this.#often.get(index);
    if (times) {
      if (times.length < mostTimes) times.push(atMs);
      return;
    }
    const first = this.#once.get(index);
    if (first === undefined) {
      if (this.#once.size >= mostOperations) this.#once.delete(this.#once.keys().next().value!);
      this.#once.set(index, atMs);
    } else if (this.#often.size < mostOperations) {
      this.#once.delete(index);
      this.#often.set(index, [first, atMs]);
    }
  }

  clear(): void {
    this.#once.clear();
    this.#often.clear();
  }

  /** An operation's index and the ms since the trial's origin at which its attempts arrived, in order of the index. */
  rows(): (readonly number[])[] {
    const once = [...this.#once].map(([index, atMs]) => [index, tenths(atMs)]);
    const often = [...this.#often].map(([index, times]) => [index, ...times.map(tenths)]);
    return [...once, ...often].sort((a, b) => a[0]! - b[0]!);
  }
}

/** Shorter gaps than a tenth of a millisecond are not distinguished. */
const tenths = (ms: number): number => Math.round(ms * 10) / 10;
