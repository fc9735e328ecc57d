// Whether two small samples differ at all: the Mann-Whitney U test, exact where it can be, ties included.
import {median} from 'simple-statistics';

export type MannWhitney = {
  /** How often a value of the first sample beats one of the second; a tie counts half. */
  readonly u: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly method: 'exact' | 'normal';
};

/** Up to this many values the distribution is enumerated; beyond, the normal approximation differs in the third digit. */
const exactUpTo = 40;

/** Ranks from 1, of equal values the mean of theirs, times two: whole numbers, which can be counted. */
const doubledRanks = (values: readonly number[]): number[] => {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks: number[] = new Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // The ranks from + 1 … to have the mean (from + 1 + to) / 2.
    for (let position = from; position < to; position++) ranks[order[position]!] = from + 1 + to;
    from = to;
  }
  return ranks;
};

/**
 * The exact conditional distribution given the ties: of all ways to choose `size` of the ranks, how many
 * have each sum. Source: B. Streitberg and J. Röhmel, Exact distributions for permutation and rank tests (1986).
 */
const countSums = (ranks: readonly number[], size: number): Float64Array => {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({length: size + 1}, () => new Float64Array(most + 1));
  ways[0]![0] = 1;
  for (const rank of ranks) {
    for (let chosen = size; chosen >= 1; chosen--) {
      const fewer = ways[chosen - 1]!;
      const these = ways[chosen]!;
      for (let sum = most; sum >= rank; sum--) these[sum]! += fewer[sum - rank]!;
    }
  }
  return ways[size]!;
};

/** P(|S − mean| ≥ |observed − mean|) for a sum that is symmetric but for ties: the smaller tail, twice, at most 1. */
const exactP = (ranks: readonly number[], size: number, observed: number): number => {
  const ways = countSums(ranks, size);
  let below = 0;
  let above = 0;
  let all = 0;
  for (const [sum, count] of ways.entries()) {
    all += count;
    if (sum <= observed) below += count;
    if (sum >= observed) above += count;
  }
  return Math.min(1, (2 * Math.min(below, above)) / all);
};

/** Abramowitz and Stegun 7.1.26, an error below 1.5e-7. */
const upperTail = (z: number): number => {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return (polynomial * Math.exp(-x * x)) / 2;
};

/** With correction for ties and for continuity. */
const normalP = (ranks: readonly number[], first: number, second: number, u: number): number => {
  const n = first + second;
  const tieSizes = new Map<number, number>();
  for (const rank of ranks) tieSizes.set(rank, (tieSizes.get(rank) ?? 0) + 1);
  const ties = [...tieSizes.values()].reduce((sum, size) => sum + (size ** 3 - size), 0);
  const variance = ((first * second) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (variance === 0) return 1;
  const distance = Math.max(0, Math.abs(u - (first * second) / 2) - 0.5);
  return Math.min(1, 2 * upperTail(distance / Math.sqrt(variance)));
};

/** Null when a sample is empty: then there is nothing to compare. Values must be finite. */
export const mannWhitney = (first: readonly number[], second: readonly number[]): MannWhitney | null => {
  if (first.length === 0 || second.length === 0) return null;
  const ranks = doubledRanks([...first, ...second]);
  const rankSum = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum / 2 - (first.length * (first.length + 1)) / 2;
  return ranks.length <= exactUpTo
    ? {u, pValue: exactP(ranks, first.length, rankSum), method: 'exact'}
    : {u, pValue: normalP(ranks, first.length, second.length, u), method: 'normal'};
};

/**
 * The shift from `before` to `after`, in their unit; null when one is empty.
 * Source: J. L. Hodges and E. L. Lehmann, Estimates of location based on rank tests (1963).
 */
export const hodgesLehmannShift = (before: readonly number[], after: readonly number[]): number | null => {
  if (before.length === 0 || after.length === 0) return null;
  return median(after.flatMap(late => before.map(early => late - early)));
};
