// When operations should start: pure functions of the elapsed time, so that lateness can be measured exactly.
import type {Load} from '../model/plan.ts';

export type Pacer = {
  /** How many operations should have started within the first `elapsedMs`: `startOf(n - 1) ≤ elapsedMs < startOf(n)`. */
  dueBy(elapsedMs: number): number;
  /** When operation number `index` (from 0) should start, in ms from the start of the load. */
  startOf(index: number): number;
};

/**
 * Evenly spaced starts: number k at k × 1000 / rate ms. A rate of 0 starts nothing. Throws RangeError for a rate that
 * is not a finite number.
 */
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

/**
 * A rate that changes evenly from `fromPerSecond` to `toPerSecond` within `durationMs`, and stays there. Starts by
 * time t: from × t + (to − from) × t² / (2 × duration); `startOf` solves that for t.
 */
export const rampRate = (fromPerSecond: number, toPerSecond: number, durationMs: number): Pacer => {
  for (const rate of [fromPerSecond, toPerSecond]) constantRate(rate);
  if (!(durationMs > 0)) throw new RangeError(`a ramp must last, not take ${durationMs} ms`);
  const from = fromPerSecond / 1000;
  const to = toPerSecond / 1000;
  const startsInRamp = ((from + to) / 2) * durationMs;
  if (startsInRamp === 0) return constantRate(0);
  const slope = (to - from) / durationMs;
  return searching(index => {
    if (index > startsInRamp)
      return to === 0 ? Number.POSITIVE_INFINITY : durationMs + (index - startsInRamp) / to;
    // In this form, the root of slope/2 × t² + from × t = index loses no digits when the slope is small.
    const root = Math.sqrt(Math.max(0, from * from + 2 * slope * index));
    return index === 0 ? 0 : (2 * index) / (from + root);
  });
};

/** `burstSize` starts at once, every `everyMs`, the first at 0. */
export const bursts = (burstSize: number, everyMs: number): Pacer => {
  if (!Number.isInteger(burstSize) || burstSize < 1)
    throw new RangeError(`a burst must have at least 1 operation, not ${burstSize}`);
  if (!(everyMs > 0)) throw new RangeError(`bursts must be more than 0 ms apart, not ${everyMs} ms`);
  return searching(index => Math.floor(index / burstSize) * everyMs);
};

/** A pacer from its starts alone, which must not decrease: the number that is due is found by bisection. */
const searching = (startOf: (index: number) => number): Pacer => ({
  startOf,
  dueBy(elapsedMs) {
    if (!Number.isFinite(elapsedMs)) throw new RangeError(`a time must be finite, not ${elapsedMs} ms`);
    if (elapsedMs < 0) return 0;
    let due = 1;
    while (startOf(due - 1) <= elapsedMs) due *= 2;
    let notYet = due - 1;
    let least = -1;
    // startOf(least) ≤ elapsedMs < startOf(notYet)
    while (notYet - least > 1) {
      const middle = Math.floor((least + notYet) / 2);
      if (startOf(middle) <= elapsedMs) least = middle;
      else notYet = middle;
    }
    return notYet;
  },
});

/** A load that is paced by time. */
export type PacedLoad = Exclude<Load, {readonly model: 'closed'}>;

/** @param phaseDurationMs how long a ramp takes */
export const pacerOf = (load: PacedLoad, phaseDurationMs: number): Pacer => {
  switch (load.model) {
    case 'open':
      return constantRate(load.ratePerSecond);
    case 'ramp':
      return rampRate(load.fromPerSecond, load.toPerSecond, phaseDurationMs);
    case 'bursts':
      return bursts(load.burstSize, load.everyMs);
  }
};
