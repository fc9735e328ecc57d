import test from 'ava';
import {medianOf, quantileOf} from '../../src/stats/quantile.ts';

test('the median leaves out what is not known', t => {
  t.is(medianOf([3, null, 1, 2]), 2);
  t.is(medianOf([1, 2]), 1.5);
  t.is(medianOf([null]), null);
  t.is(medianOf([]), null);
});

test('quantiles do not need sorted values, and do not sort them in place', t => {
  const values = [5, 1, 4, 2, 3];
  t.is(quantileOf(values, 0.5), 3);
  t.is(quantileOf(values, 1), 5);
  t.deepEqual(values, [5, 1, 4, 2, 3]);
  t.is(quantileOf([], 0.5), null);
});
