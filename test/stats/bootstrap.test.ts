import test from 'ava';
import {
  bootstrapRatio,
  bootstrapRatioOfSamples,
  halfWidthRatioOf,
  mulberry32,
  type Pair,
} from '../../src/stats/bootstrap.ts';

const pairs: readonly Pair[] = [
  {before: 100, after: 480},
  {before: 110, after: 550},
  {before: 96, after: 505},
  {before: 104, after: 515},
  {before: 99, after: 530},
  {before: 102, after: 498},
  {before: 101, after: 560},
];

test('the ratio is that of the medians, inside its interval', t => {
  const interval = bootstrapRatio(pairs, {seed: 1});
  t.is(interval?.ratio, 515 / 101);
  t.true(interval!.low <= interval!.ratio && interval!.ratio <= interval!.high);
  t.is(interval?.pairCount, 7);
});

test('the same seed gives the same interval, another seed nearly the same', t => {
  const [first, second, other] = [1, 1, 2].map(seed => bootstrapRatio(pairs, {seed}));
  t.deepEqual(first, second);
  t.true(Math.abs(first!.low - other!.low) < 0.1);
  t.true(Math.abs(first!.high - other!.high) < 0.1);
});

test('fewer than five pairs, or a before of zero, give none', t => {
  t.is(bootstrapRatio(pairs.slice(0, 4), {seed: 1}), null);
  t.is(bootstrapRatio([...pairs, {before: 0, after: 1}], {seed: 1}), null);
  t.is(bootstrapRatio([...pairs, {before: Number.NaN, after: 1}], {seed: 1}), null);
});

test('pairs that do not vary have an interval of no width', t => {
  const same = bootstrapRatio(
    Array.from({length: 5}, () => ({before: 2, after: 5})),
    {seed: 7},
  );
  t.deepEqual([same?.low, same?.ratio, same?.high], [2.5, 2.5, 2.5]);
});

test('an interval of more confidence is not narrower', t => {
  const narrow = bootstrapRatio(pairs, {seed: 3, confidenceRatio: 0.8})!;
  const wide = bootstrapRatio(pairs, {seed: 3, confidenceRatio: 0.99})!;
  t.true(wide.low <= narrow.low && wide.high >= narrow.high);
});

// With n = 5 there are 5^5 equally likely samples, so that the distribution of the median of `after`, with
// `before` always 1, is known exactly: P(median is the smallest) = P(at least 3 of 5 draws are it) = 181/3125.
test('it draws each pair equally often', t => {
  const five = [1, 2, 3, 4, 5].map(after => ({before: 1, after}));
  const exactShareOfSmallest = 181 / 3125;
  const at = (confidenceRatio: number) =>
    bootstrapRatio(five, {seed: 11, resampleCount: 40_000, confidenceRatio})!.low;
  t.is(at(1 - 2 * (exactShareOfSmallest - 0.006)), 1);
  t.is(at(1 - 2 * (exactShareOfSmallest + 0.006)), 2);
});

test('the random numbers are those of mulberry32', t => {
  const random = mulberry32(1);
  t.deepEqual([random(), random(), random()], [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
  t.is(mulberry32(2 ** 32 + 1)(), 0.6270739405881613);
});

const befores = pairs.map(({before}) => before);
const afters = pairs.map(({after}) => after);

test('samples that do not belong together have their interval, too, and need five values each above zero', t => {
  const interval = bootstrapRatioOfSamples(befores, afters, {seed: 1})!;
  t.is(interval.ratio, 515 / 101);
  t.is(interval.confidenceRatio, 0.95);
  t.true(interval.low < interval.ratio && interval.ratio < interval.high);
  t.true(interval.low >= 480 / 110 && interval.high <= 560 / 96);
  const wide = bootstrapRatioOfSamples(befores, afters, {seed: 1, confidenceRatio: 0.999})!;
  t.true(wide.low < interval.low && wide.high > interval.high);
  t.is(bootstrapRatioOfSamples(befores.slice(0, 4), afters, {seed: 1}), null);
  t.is(bootstrapRatioOfSamples(befores, afters.slice(0, 4), {seed: 1}), null);
  t.not(bootstrapRatioOfSamples(befores.slice(0, 5), afters.slice(0, 5), {seed: 1}), null);
  t.is(bootstrapRatioOfSamples([...befores, 0], afters, {seed: 1}), null);
});

test('a resample has as many values as there are', t => {
  const five = [1, 2, 3, 4, 5];
  const exactShareOfSmallest = 181 / 3125;
  const at = (confidenceRatio: number) =>
    bootstrapRatioOfSamples(
      five.map(() => 1),
      five,
      {seed: 11, resampleCount: 40_000, confidenceRatio},
    )!.low;
  t.is(at(1 - 2 * (exactShareOfSmallest - 0.006)), 1);
  t.is(at(1 - 2 * (exactShareOfSmallest + 0.006)), 2);
});

test('half of the width over the ratio', t => {
  const interval = {low: 4, high: 6, confidenceRatio: 0.95, pairCount: 5};
  t.is(halfWidthRatioOf({...interval, ratio: 5}), 0.2);
  t.is(halfWidthRatioOf({...interval, ratio: 0}), null);
});
