// Whether two shares differ by more than chance, for counts however small.
import {gammaln} from 'simple-statistics';

export type ShareCount = {readonly count: number; readonly of: number};

/** Sums of the same tables differ in their last digits by the order in which they were made. */
const roundingShare = 1e-7;

/**
 * Two-sided p-value of Fisher's exact test: how probable tables with these margins are that are no more probable than this
 * one. Counts are whole, from 0 to `of`.
 * Source: Fisher, Statistical Methods for Research Workers, 5th ed. (1934), section 21.02.
 */
export const fisherPValue = (before: ShareCount, after: ShareCount): number => {
  const all = before.count + after.count;
  const least = Math.max(0, all - after.of);
  const most = Math.min(all, before.of);
  const logOf = (count: number): number =>
    logChoose(before.of, count) + logChoose(after.of, all - count) - logChoose(before.of + after.of, all);
  const limit = logOf(before.count) + roundingShare;
  let sum = 0;
  for (let count = least; count <= most; count++) {
    const log = logOf(count);
    if (log <= limit) sum += Math.exp(log);
  }
  return Math.min(1, sum);
};

const logChoose = (n: number, k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
