// Fisher's exact test against values that others have published.
import test from 'ava';
import {fisherPValue, type ShareCount} from '../../src/stats/fisher.ts';

const gives = test.macro({
  title: (_title, [a, ofA]: [number, number], [b, ofB]: [number, number], p: number) =>
    `${a} of ${ofA} against ${b} of ${ofB}: p = ${p}`,
  exec(t, [a, ofA]: [number, number], [b, ofB]: [number, number], p: number) {
    const [before, after]: ShareCount[] = [
      {count: a, of: ofA},
      {count: b, of: ofB},
    ];
    t.true(
      Math.abs(fisherPValue(before!, after!) - p) < 5e-4 * Math.max(p, 1e-3),
      `${fisherPValue(before!, after!)}`,
    );
    t.true(Math.abs(fisherPValue(after!, before!) - fisherPValue(before!, after!)) < 1e-9, 'either way');
  },
});

// The lady who tastes tea, and R's fisher.test(matrix(c(3, 1, 1, 3), 2)) and matrix(c(1, 9, 11, 3), 2).
test(gives, [3, 4], [1, 4], 0.4857);
test(gives, [1, 10], [11, 14], 0.002759);
test(gives, [0, 100], [0, 100], 1);
test(gives, [5, 5], [0, 5], 0.007937);
test('a difference that nobody doubts is not rounded to chance', t => {
  t.true(fisherPValue({count: 344, of: 953}, {count: 0, of: 910}) < 1e-50);
});
