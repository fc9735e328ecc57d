// Medians and quantiles of a few plain numbers, such as one figure per trial; null without any.
import {median, quantileSorted} from 'simple-statistics';

export const medianOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : median(known);
};

/** `p` from 0 to 1. Between two values the mean of both, as simple-statistics has it. */
export const quantileOf = (values: readonly number[], p: number): number | null =>
  values.length === 0
    ? null
    : quantileSorted(
        values.toSorted((a, b) => a - b),
        p,
      );

/**
 * How many samples a quantile needs: three beyond it, so that it does not rest on one or two. 300 for a p99 (symptom
 * catalogue, validity), 30 for a p90, 6 for a median.
 */
export const samplesBehind = (quantile: number): number => Math.round(3 / (1 - quantile));
