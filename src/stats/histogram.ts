// Reading the histograms that a trial saved.
import {decodeFromCompressedBase64, type Histogram, JsHistogram} from 'hdr-histogram-js';

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

/**
 * How many values of a histogram in µs fall between neighbouring edges in ms, which rise; one count fewer than edges. What lies
 * outside of all edges is in the first or the last count, so that nothing is left out.
 */
export const countsBetween = (histogram: Histogram | null, edgesMs: readonly number[]): number[] => {
  const counts = Array.from({length: edgesMs.length - 1}, () => 0);
  if (!(histogram instanceof JsHistogram) || histogram.totalCount === 0) return counts;
  const values = histogram.recordedValuesIterator;
  values.reset();
  while (values.hasNext()) {
    const {valueIteratedTo, countAddedInThisIterationStep} = values.next();
    const above = edgesMs.findIndex(edge => valueIteratedTo / 1000 < edge);
    const bucket = above === -1 ? counts.length - 1 : Math.max(0, above - 1);
    counts[bucket] = (counts[bucket] ?? 0) + countAddedInThisIterationStep;
  }
  return counts;
};
