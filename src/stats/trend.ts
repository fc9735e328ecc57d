// Whether a figure that is taken once per cycle, such as after each fault, keeps rising.

/** Two points make any line rise. */
export const enoughCycles = 3;

/** Whether there are enough values to judge. */
export const areCycles = (values: readonly unknown[]): boolean => values.length >= enoughCycles;

/**
 * Whether they rise by more than `least` from the first to the last, and are still rising in their second half. One
 * value that dips does not hide a leak, and a cache that fills up is not one.
 */
export const keepRising = (values: readonly number[], least: number): boolean =>
  riseByTrend(values) > least && riseByTrend(values.slice(values.length >> 1)) > least / 4;

/** From the first to the last, by the median of the slopes between all pairs (Theil and Sen). */
const riseByTrend = (values: readonly number[]): number => {
  const slopes = values
    .flatMap((value, index) =>
      values.slice(index + 1).map((later, between) => (later - value) / (between + 1)),
    )
    .toSorted((a, b) => a - b);
  const middle = slopes.length >> 1;
  const median =
    slopes.length % 2 === 1 ? slopes[middle]! : ((slopes[middle - 1] ?? 0) + (slopes[middle] ?? 0)) / 2;
  return median * (values.length - 1);
};
