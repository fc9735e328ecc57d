// A duration in one byte: what is kept of each operation, by the driver and by the telemetry receiver, to be compared.
// Each code stands for durations that are 7.5 % apart, from 0.05 ms to more than an hour.

const leastMs = 0.05;
const stepRatio = 1.075;
const greatest = 255;

/** 1 to 255; 0 stands for an operation of which no duration is known. */
export const durationCode = (ms: number): number =>
  ms <= leastMs ? 1 : Math.min(greatest, 2 + Math.floor(Math.log(ms / leastMs) / Math.log(stepRatio)));

/** The durations that have this code: at least the first, less than the second. */
export const durationsOf = (code: number): readonly [fromMs: number, toMs: number] => [
  code <= 1 ? 0 : leastMs * stepRatio ** (code - 2),
  code >= greatest ? Number.POSITIVE_INFINITY : leastMs * stepRatio ** (code - 1),
];
