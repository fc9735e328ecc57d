// When requests came, as the one witness of all load generators sees it: the target.

export type Arrivals = {
  readonly ratePerSecond: number;
  /** From one arrival to the next. */
  readonly spacingP99Ms: number;
  readonly spacingMaxMs: number;
  /** How far arrivals are from an even beat of the rate that was reached, at the 99th percentile. */
  readonly offBeatP99Ms: number;
};

const quantile = (sorted: readonly number[], p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;

/** The first second is left out: tools open their connections in it. */
export const arrivalsOf = (allMs: readonly number[]): Arrivals => {
  const fromMs = (allMs[0] ?? 0) + 1000;
  const times = allMs.filter(time => time >= fromMs);
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const everyMs = spanMs / (times.length - 1);
  const spacings = times
    .slice(1)
    .map((time, index) => time - times[index]!)
    .sort((a, b) => a - b);
  const offsets = times.map((time, index) => time - index * everyMs).sort((a, b) => a - b);
  // The beat has no known phase: the earliest per cent stands for what was in time.
  const inTime = quantile(offsets, 0.01);
  return {
    ratePerSecond: 1000 / everyMs,
    spacingP99Ms: quantile(spacings, 0.99),
    spacingMaxMs: spacings.at(-1) ?? Number.NaN,
    offBeatP99Ms: quantile(offsets, 0.99) - inTime,
  };
};
