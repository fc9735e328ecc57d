// When operations should start: pure functions of the elapsed time, so that lateness is a fact and not an opinion.

export type Pacer = {
  /** How many operations should have started within the first `elapsedMs`: `startOf(n - 1) ≤ elapsedMs < startOf(n)`. */
  dueBy(elapsedMs: number): number;
  /** When operation number `index` (from 0) should start, in ms from the start of the load. */
  startOf(index: number): number;
};

/** Evenly spaced starts: number k at k × 1000 / rate ms. A rate of 0 starts nothing. Throws RangeError for what is no number. */
export const constantRate = (ratePerSecond: number): Pacer => {
  if (!Number.isFinite(ratePerSecond) || ratePerSecond < 0) {
    throw new RangeError(`a rate must be a finite number of at least 0 per second, not ${ratePerSecond}`);
  }
  const startOf = (index: number): number =>
    ratePerSecond === 0 ? Number.POSITIVE_INFINITY : (index * 1000) / ratePerSecond;
  return {
    startOf,
    dueBy(elapsedMs) {
      if (!Number.isFinite(elapsedMs)) throw new RangeError(`a time must be finite, not ${elapsedMs} ms`);
      if (ratePerSecond === 0 || elapsedMs < 0) return 0;
      const due = Math.floor((elapsedMs * ratePerSecond) / 1000) + 1;
      // Floating point may round the product over a whole number, up or down: `startOf` decides.
      if (startOf(due - 1) > elapsedMs) return due - 1;
      return startOf(due) <= elapsedMs ? due + 1 : due;
    },
  };
};
