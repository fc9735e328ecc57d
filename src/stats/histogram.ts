// Reading the histograms that a trial saved.
import {decodeFromCompressedBase64, type Histogram} from 'hdr-histogram-js';

/** An empty text is an empty histogram, which has no quantiles: null. */
export const decodeHistogram = (base64: string): Histogram | null =>
  base64 === '' ? null : decodeFromCompressedBase64(base64);

/** Adds histograms up without loss; null where all are empty. */
export const mergeHistograms = (encoded: readonly string[]): Histogram | null => {
  let merged: Histogram | null = null;
  for (const base64 of encoded) {
    const histogram = decodeHistogram(base64);
    if (!histogram) continue;
    if (merged) merged.add(histogram);
    else merged = histogram;
  }
  return merged;
};

/** Value in ms of a histogram in µs, at a percentile from 0 to 100. */
export const percentileMs = (histogram: Histogram | null, percentile: number): number | null =>
  histogram === null || histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percentile) / 1000;
