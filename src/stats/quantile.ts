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
