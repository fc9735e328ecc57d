// Sums and differences of histograms, also where their bounds are not the same.
import type {HistogramValue} from './point.ts';

export const bucketLimit = 4096;

const sameBounds = (left: readonly number[], right: readonly number[]): boolean =>
  left.length === right.length && left.every((bound, index) => bound === right[index]);

/** The counts of `value` in other buckets: each goes to the first one that its upper bound fits into. */
const regroup = (value: HistogramValue, bounds: readonly number[]): readonly number[] => {
  if (sameBounds(value.bounds, bounds)) return value.bucketCounts;
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let target = 0;
  for (const [index, count] of value.bucketCounts.entries()) {
    const upper = value.bounds[index] ?? Number.POSITIVE_INFINITY;
    while (target < bounds.length && bounds[target]! < upper) target += 1;
    counts[target] = counts[target]! + count;
  }
  return counts;
};

/** What `later` took in since `earlier`, in the buckets of `later`; exact if its bounds are among those of `earlier`. */
export const minus = (later: HistogramValue, earlier: HistogramValue): HistogramValue => {
  const before = regroup(earlier, later.bounds);
  return {
    count: later.count - earlier.count,
    sum: later.sum - earlier.sum,
    bounds: later.bounds,
    bucketCounts: later.bucketCounts.map((count, index) => Math.max(0, count - before[index]!)),
  };
};

const union = (left: readonly number[], right: readonly number[]): readonly number[] =>
  sameBounds(left, right) ? left : [...new Set([...left, ...right])].sort((a, b) => a - b);

/** Both together, in the bounds of both; in those of `right` where that would be too many. */
export const plus = (left: HistogramValue, right: HistogramValue): HistogramValue => {
  const together = union(left.bounds, right.bounds);
  const bounds = together.length > bucketLimit ? right.bounds : together;
  const added = regroup(right, bounds);
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    bounds,
    bucketCounts: regroup(left, bounds).map((count, index) => count + added[index]!),
  };
};
