// The machine's monotonic clock, which all processes of a run share, and a trial's own time on it.
import {performance} from 'node:perf_hooks';

/** `process.hrtime` counts from a point that is the same for all processes of one machine (CLOCK_MONOTONIC on Linux). */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The wall clock's time at the zero of `performance.now`, in this process or in the one whose epoch it shares. */
let originEpochMs = performance.timeOrigin;

/**
 * Ms since the epoch by a clock that is never set: the wall clock's time when the process began, and what has passed
 * since.
 */
export const steadyEpochMs = (): number => originEpochMs + performance.now();

export const wholeEpochMs = (): number => Math.floor(steadyEpochMs());

/**
 * That clock's time at the zero of the monotonic one: for another process, which began when the wall clock was set
 * otherwise.
 */
export const zeroEpochMs = (): number => steadyEpochMs() - monotonicMs();

/** @param zeroMs the other process's `zeroEpochMs` */
export const shareEpoch = (zeroMs: number): void => {
  originEpochMs = zeroMs + monotonicMs() - performance.now();
};

/** Ms since the epoch by the wall clock, in fractions unless it was set since this process began. */
export const wallEpochMs = (): number => {
  const steadyMs = performance.timeOrigin + performance.now();
  const wallMs = Date.now();
  return Math.abs(wallMs - steadyMs) < 2 ? steadyMs : wallMs;
};

/** Ms since the trial's origin; `performance.now` is the same clock from another zero, and cheaper to read. */
export const trialClock = (originMonotonicMs: number): (() => number) => {
  const offsetMs = monotonicMs() - originMonotonicMs - performance.now();
  return () => performance.now() + offsetMs;
};
