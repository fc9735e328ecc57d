// When operations should start: pure functions of the elapsed time, so that lateness is a fact and not an opinion.

export type Pacer = {
  /** How many operations should have started within the first `elapsedMs`. */
  dueBy(elapsedMs: number): number;
  /** When operation number `index` (from 0) should start, in ms from the start of the load. */
  startOf(index: number): number;
};

/** Evenly spaced starts: number k at k × 1000 / rate ms. A rate of 0 starts nothing. */
export const constantRate = (ratePerSecond: number): Pacer => {
  if (!Number.isFinite(ratePerSecond) || ratePerSecond < 0) {
    throw new RangeError(`a rate must be a finite number of at least 0 per second, not ${ratePerSecond}`);
  }
  const startOf = (index: number): number =>
    ratePerSecond === 0 ? Number.POSITIVE_INFINITY : (index * 1000) / ratePerSecond;
  return {
    startOf,
    dueBy(elapsedMs) {
      if (ratePerSecond === 0 || elapsedMs < 0) return 0;
      const due = Math.floor((elapsedMs * ratePerSecond) / 1000) + 1;
      // Floating point may round the product up to the next whole number: then that start is not due yet.
      return startOf(due - 1) > elapsedMs ? due - 1 : due;
    },
  };
};
