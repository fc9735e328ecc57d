// The driver's histograms: in microseconds, and lossless to merge.
import {build, encodeIntoCompressedBase64, type Histogram} from 'hdr-histogram-js';
import {type OutcomeCounts, outcomeStatuses} from '../model/outcome.ts';
import {ownMemory} from './own-memory.ts';

const hourUs = 3_600_000_000;

/**
 * 1 µs to 1 h; three significant digits (an error of 0.1 %) take about 95 KB, two take about 14 KB. The driver keeps
 * those it makes until it ends, and they count as the harness's memory.
 */
export const latencyHistogram = (significantDigits: 2 | 3): Histogram => {
  const histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: hourUs,
    numberOfSignificantValueDigits: significantDigits,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
  ownMemory.take(histogram.estimatedFootprintInBytes);
  return histogram;
};

/** Records a duration in ms; anything above an hour counts as an hour, anything below 1 µs as 0. */
export const recordMs = (histogram: Histogram, durationMs: number): void => {
  const us = Math.round(durationMs * 1000);
  histogram.recordValue(Math.max(0, Math.min(us, hourUs)));
};

export const quantileMs = (histogram: Histogram | null, percentile: number): number | null =>
  histogram === null || histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percentile) / 1000;

export const encodeHistogram = (histogram: Histogram | null): string =>
  histogram === null || histogram.totalCount === 0 ? '' : encodeIntoCompressedBase64(histogram);

export const emptyCounts = (): number[] => outcomeStatuses.map(() => 0);

export const toOutcomeCounts = (counts: readonly number[]): OutcomeCounts => ({
  ok: counts[1]!,
  failed: counts[2]!,
  unknown: counts[3]!,
  rejected: counts[4]!,
  wrong: counts[5]!,
  hung: counts[6]!,
});
