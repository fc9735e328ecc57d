// How certain a ratio of medians is, by resampling the pairs: the percentile bootstrap.
import {median, quantileSorted} from 'simple-statistics';

/** The same figure of the baseline's and of the candidate's trial with the same number. */
export type Pair = {readonly before: number; readonly after: number};

/** A ratio of medians with its bootstrap interval. */
export type RatioInterval = {
  /** Median of `after` over median of `before`. */
  readonly ratio: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
  /** Confidence level of the interval, 0 to 1: 0.95. */
  readonly confidenceRatio: number;
  /** Number of pairs of trials behind it. */
  readonly pairCount: number;
};

/** Half the width of the interval divided by the ratio: 0.1 means ±10%. Null where the ratio is 0. */
export const halfWidthRatioOf = ({ratio, low, high}: RatioInterval): number | null =>
  ratio > 0 ? (high - low) / 2 / ratio : null;

/** mulberry32: 32 bits of state, uniform in [0, 1); the same seed gives the same numbers. */
export const mulberry32 = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * The ratio of medians after / before, with its percentile bootstrap interval: pairs are drawn with
 * replacement, `resampleCount` times, and the interval runs between the quantiles of the ratios drawn.
 * Null with fewer than five pairs, or where a `before` is not above zero. With five to ten pairs the
 * interval tends to be somewhat too narrow.
 *
 * Source: B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
 */
export const bootstrapRatio = (
  pairs: readonly Pair[],
  options: {seed: number; resampleCount?: number; confidenceRatio?: number},
): RatioInterval | null => {
  const {seed, resampleCount = 5000, confidenceRatio = 0.95} = options;
  if (pairs.length < minimumPairs || pairs.some(pair => !(pair.before > 0))) return null;
  const random = mulberry32(seed);
  const draw = (): number => ratioOfMedians(pairs.map(() => pairs[Math.floor(random() * pairs.length)]!));
  return {
    ratio: ratioOfMedians(pairs),
    ...percentiles(draw, resampleCount, confidenceRatio),
    confidenceRatio,
    pairCount: pairs.length,
  };
};

export type UnpairedInterval = Omit<RatioInterval, 'pairCount'>;

/**
 * The same for samples that do not belong together two by two, such as those of two runs: each is drawn from by itself.
 * Null with fewer than five values on a side, or where a `before` is not above zero.
 */
export const bootstrapRatioOfSamples = (
  before: readonly number[],
  after: readonly number[],
  options: {seed: number; resampleCount?: number; confidenceRatio?: number},
): UnpairedInterval | null => {
  const {seed, resampleCount = 5000, confidenceRatio = 0.95} = options;
  if (Math.min(before.length, after.length) < minimumPairs || before.some(value => !(value > 0))) return null;
  const random = mulberry32(seed);
  const drawn = (sample: readonly number[]): number =>
    median(sample.map(() => sample[Math.floor(random() * sample.length)]!));
  return {
    ratio: median([...after]) / median([...before]),
    ...percentiles(() => drawn(after) / drawn(before), resampleCount, confidenceRatio),
    confidenceRatio,
  };
};

const percentiles = (
  draw: () => number,
  resampleCount: number,
  confidenceRatio: number,
): {low: number; high: number} => {
  const ratios = Array.from({length: resampleCount}, draw).sort((a, b) => a - b);
  return {
    low: quantileSorted(ratios, (1 - confidenceRatio) / 2),
    high: quantileSorted(ratios, (1 + confidenceRatio) / 2),
  };
};

const ratioOfMedians = (pairs: readonly Pair[]): number =>
  median(pairs.map(pair => pair.after)) / median(pairs.map(pair => pair.before));

/** With fewer pairs of trials the bootstrap sees too few different samples to say anything. */
export const minimumPairs = 5;
