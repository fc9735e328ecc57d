import test from 'ava';
import {binomialInterval} from '../../src/stats/binomial.ts';

// The four examples of Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
// (1998), table I, method 5 (Clopper-Pearson), 95 %.
for (const [successes, trials, low, high] of [
  [81, 263, 0.2527, 0.3676],
  [15, 148, 0.0578, 0.1617],
  [0, 20, 0, 0.1684],
  [1, 29, 0.0009, 0.1776],
] as const) {
  test(`${successes} of ${trials} has the published interval`, t => {
    const interval = binomialInterval(successes, trials, 0.95);
    t.is(Number(interval.low.toFixed(4)), low);
    t.is(Number(interval.high.toFixed(4)), high);
  });
}

test('all and none have their closed form: 1 − (α/2)^(1/n)', t => {
  const high = 1 - 0.005 ** (1 / 40);
  const none = binomialInterval(0, 40);
  t.is(none.low, 0);
  t.true(Math.abs(none.high - high) < 1e-12);
  const all = binomialInterval(40, 40);
  t.is(all.high, 1);
  t.true(Math.abs(all.low - (1 - high)) < 1e-12);
});

test('the limits have the tails that they promise, summed term by term', t => {
  const logChoose = (n: number, k: number): number => {
    let sum = 0;
    for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
    return sum;
  };
  const atMost = (k: number, n: number, p: number): number => {
    let sum = 0;
    for (let i = 0; i <= k; i++)
      sum += Math.exp(logChoose(n, i) + i * Math.log(p) + (n - i) * Math.log1p(-p));
    return sum;
  };
  for (const [k, n] of [
    [1, 10],
    [7, 12],
    [200, 1000],
    [999, 1000],
  ] as const) {
    const {low, high} = binomialInterval(k, n);
    t.true(Math.abs(1 - atMost(k - 1, n, low) - 0.005) < 1e-9, `low of ${k}/${n}`);
    t.true(Math.abs(atMost(k, n, high) - 0.005) < 1e-9, `high of ${k}/${n}`);
  }
});

test('more trials make it narrower, a higher confidence wider, and millions are no trouble', t => {
  const width = (...[k, n, confidence]: Parameters<typeof binomialInterval>) => {
    const {low, high} = binomialInterval(k, n, confidence);
    return high - low;
  };
  t.true(width(100, 1000) < width(10, 100));
  t.true(width(10, 100, 0.99) > width(10, 100, 0.95));
  t.true(width(500_000, 1_000_000) < 0.003);
});
