// An exponential histogram's buckets as explicit ones, so that everything after has only one kind.
import type {ExponentialHistogramDataPoint} from './otlp-messages.ts';
import {unsignedNumber} from './values.ts';

type Buckets = {readonly bounds: readonly number[]; readonly bucketCounts: readonly number[]};

/**
 * Bucket i of scale s holds the values in (2^(i/2^s), 2^((i+1)/2^s)], and on the negative side their mirror image;
 * see "ExponentialHistogram" in OpenTelemetry's metrics data model. Only buckets that hold something get bounds, with
 * one empty bucket for each gap. A bound of a coarser scale is exactly a bound of the finer ones, so
 * that points of different scales can be subtracted.
 */
export const explicitBuckets = (point: ExponentialHistogramDataPoint): Buckets => {
  const bounds: number[] = [];
  const bucketCounts: number[] = [];
  const add = (lower: number, upper: number, count: number): void => {
    if (count === 0) return;
    const last = bounds.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (lower > last && Number.isFinite(lower)) {
      bounds.push(lower);
      bucketCounts.push(0);
    }
    if (upper > (bounds.at(-1) ?? Number.NEGATIVE_INFINITY) && Number.isFinite(upper)) {
      bounds.push(upper);
      bucketCounts.push(count);
    } else if (Number.isFinite(upper)) {
      // Too narrow for a double to tell its two bounds apart.
      bucketCounts[bucketCounts.length - 1] = (bucketCounts.at(-1) ?? 0) + count;
    } else overflowCount += count;
  };
  let overflowCount = 0;
  const boundOf = (index: number): number => 2 ** (index * 2 ** -point.scale);

  const negative = point.negative?.bucketCounts ?? [];
  for (let i = negative.length - 1; i >= 0; i -= 1) {
    const index = (point.negative?.offset ?? 0) + i;
    add(-boundOf(index + 1), -boundOf(index), unsignedNumber(negative[i]!));
  }
  const zeroLower = negative.length > 0 ? -point.zeroThreshold : Number.NEGATIVE_INFINITY;
  add(zeroLower, point.zeroThreshold, unsignedNumber(point.zeroCount));
  for (const [i, count] of (point.positive?.bucketCounts ?? []).entries()) {
    const index = (point.positive?.offset ?? 0) + i;
    add(boundOf(index), boundOf(index + 1), unsignedNumber(count));
  }
  return {bounds, bucketCounts: [...bucketCounts, overflowCount]};
};
