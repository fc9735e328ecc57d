import test from 'ava';
import {hodgesLehmannShift, mannWhitney} from '../../src/stats/mann-whitney.ts';

type Row = {
  readonly title: string;
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly u: number;
  readonly pValue: number;
  readonly within: number;
  readonly method: 'exact' | 'normal';
};

const upTo = (count: number, offset = 0): number[] =>
  Array.from({length: count}, (_, index) => index + 1 + offset);

const published = test.macro({
  title: (_, {title}: Row) => `Mann-Whitney agrees with ${title}`,
  exec(t, {first, second, u, pValue, within, method}: Row) {
    const result = mannWhitney(first, second);
    t.is(result?.u, u);
    t.is(result?.method, method);
    t.true(Math.abs(result!.pValue - pValue) <= within, `p = ${result?.pValue}, published ${pValue}`);
  },
});

test(published, {
  title: "SciPy's documentation: ages at diagnosis, exact",
  first: [19, 22, 16, 29, 24],
  second: [20, 11, 17, 12],
  u: 17,
  pValue: 1 / 9,
  within: 1e-12,
  method: 'exact',
});
test(published, {
  title: "R's wilcox.test help: permeability of the human chorioamnion (SciPy's exact two-sided p)",
  first: [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
  second: [1.15, 0.88, 0.9, 0.74, 1.21],
  u: 35,
  pValue: 0.2544122544122544,
  within: 1e-12,
  method: 'exact',
});
test(published, {
  title: 'the table for 3 and 3: the smallest p there is',
  first: [1, 2, 3],
  second: [4, 5, 6],
  u: 0,
  pValue: 0.1,
  within: 1e-12,
  method: 'exact',
});
test(published, {
  title: 'the table for 5 and 5: the smallest p there is',
  first: upTo(5),
  second: upTo(5, 5),
  u: 0,
  pValue: 2 / 252,
  within: 1e-12,
  method: 'exact',
});
test(published, {
  title: "SciPy's asymptotic method beyond 40 values, with continuity correction",
  first: upTo(40),
  second: upTo(45, 7.5),
  u: 528,
  pValue: 0.0010721524495641585,
  within: 1e-6,
  method: 'normal',
});

const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);

// Three values only: without the correction for ties p were 0.0024.
test(published, {
  title:
    "SciPy 1.17.1's mannwhitneyu([5]*20 + [6]*10, [5]*8 + [6]*7 + [7]*10, method='asymptotic'), nearly all ties",
  first: [...times(20, 5), ...times(10, 6)],
  second: [...times(8, 5), ...times(7, 6), ...times(10, 7)],
  u: 195,
  pValue: 0.0008849029578116201,
  within: 1e-6,
  method: 'normal',
});
test(published, {
  title:
    "SciPy 1.17.1's mannwhitneyu([0]*30 + [1]*10 + [2]*5, [0]*20 + [1]*12 + [3]*8, method='asymptotic'), many zeros",
  first: [...times(30, 0), ...times(10, 1), ...times(5, 2)],
  second: [...times(20, 0), ...times(12, 1), ...times(8, 3)],
  u: 720,
  pValue: 0.07320656975298488,
  within: 1e-6,
  method: 'normal',
});

/** All ways to choose, counted one by one: slow, and plainly right. */
const byPermutation = (first: readonly number[], second: readonly number[]): number => {
  const all = [...first, ...second];
  const u = (chosen: readonly number[], rest: readonly number[]): number =>
    chosen.reduce((sum, a) => sum + rest.reduce((wins, b) => wins + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  const observed = u(first, second);
  let below = 0;
  let above = 0;
  let count = 0;
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.filter((_, index) => (mask >> index) & 1);
    if (chosen.length !== first.length) continue;
    const rest = all.filter((_, index) => !((mask >> index) & 1));
    count++;
    if (u(chosen, rest) <= observed) below++;
    if (u(chosen, rest) >= observed) above++;
  }
  return Math.min(1, (2 * Math.min(below, above)) / count);
};

const tied = test.macro({
  title: (_, first: readonly number[], second: readonly number[]) =>
    `with ties it is what counting all permutations gives: ${first} against ${second}`,
  exec(t, first: readonly number[], second: readonly number[]) {
    const p = mannWhitney(first, second)?.pValue;
    t.true(Math.abs(p! - byPermutation(first, second)) < 1e-12, `p = ${p}`);
  },
});

test(tied, [1, 1, 2, 2, 3, 4], [2, 3, 3, 4, 5, 5]);
test(tied, [1, 1, 1], [1, 1, 2, 2]);
test(tied, [0, 0, 5, 5, 5], [0, 5, 5, 9, 9, 9]);

test('equal samples do not differ', t => {
  t.is(mannWhitney([3, 3, 3], [3, 3, 3])?.pValue, 1);
  const same = new Array<number>(30).fill(3);
  t.is(mannWhitney(same, same)?.pValue, 1);
});

test('of nothing, nothing is known', t => {
  t.is(mannWhitney([], [1, 2]), null);
  t.is(hodgesLehmannShift([1], []), null);
});

test('Hodges-Lehmann agrees with SAS/STAT, NPAR1WAY, the example of Hodges-Lehmann estimation: a shift of 0.35', t => {
  // The reaction times of its data set React. Its rank sum of the first stimulant is 110.5.
  const first = [...times(2, 1.94), ...times(4, 2.92), ...times(4, 3.27), ...times(2, 3.7), 3.74];
  const second = [...times(3, 3.27), ...times(2, 3.7), 3.74];
  t.is(mannWhitney(first, second)?.u, 110.5 - (13 * 14) / 2);
  t.true(Math.abs(hodgesLehmannShift(first, second)! - 0.35) < 1e-12);
});

test("Hodges-Lehmann agrees with R's wilcox.test(x, y, conf.int = TRUE) as CAMIS prints it: 0.5600562", t => {
  // Of Hollander and Wolfe. With ties R searches for the estimate, and stops near it.
  const x = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const y = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  t.true(Math.abs(hodgesLehmannShift(y, x)! - 0.5600562) < 1e-4);
});

test('Hodges-Lehmann is the median of all differences, and one wild trial does not move it', t => {
  t.is(hodgesLehmannShift([1, 2, 3], [11, 12, 13]), 10);
  t.is(hodgesLehmannShift([1, 2, 3], [11, 12, 1300]), 10);
  t.is(hodgesLehmannShift([10, 20], [5, 15]), -5);
});

test('of one value each the shift is their difference, and of none there is none', t => {
  t.is(hodgesLehmannShift([1], [4]), 3);
  t.is(hodgesLehmannShift([1], [4, 8]), 5);
  t.is(hodgesLehmannShift([], [4]), null);
  t.is(hodgesLehmannShift([4], []), null);
});
