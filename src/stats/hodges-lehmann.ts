// By how much two samples differ: the median of all differences, which one wild trial does not move.
import {median} from 'simple-statistics';

/**
 * The shift from `before` to `after`, in their unit; null when one is empty.
 * Source: J. L. Hodges and E. L. Lehmann, Estimates of location based on rank tests (1963).
 */
export const hodgesLehmannShift = (before: readonly number[], after: readonly number[]): number | null => {
  if (before.length === 0 || after.length === 0) return null;
  return median(after.flatMap(late => before.map(early => late - early)));
};
