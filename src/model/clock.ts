// The machine's monotonic clock, which all processes of a run share, and a trial's own time on it.
import {performance} from 'node:perf_hooks';

/** `process.hrtime` counts from a point that is the same for all processes of one machine (CLOCK_MONOTONIC on Linux). */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Whole ms since the epoch by a clock that nobody sets back or forth: the wall clock's time when the process began, and what
 * has passed since.
 */
export const wholeEpochMs = (): number => Math.floor(performance.timeOrigin + performance.now());

/** Ms since the trial's origin; `performance.now` is the same clock from another zero, and cheaper to read. */
export const trialClock = (originMonotonicMs: number): (() => number) => {
  const offsetMs = monotonicMs() - originMonotonicMs - performance.now();
  return () => performance.now() + offsetMs;
};
