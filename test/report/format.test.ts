import test from 'ava';
import * as format from '../../src/report/format.ts';

const statement = <Value>(
  what: string,
  show: (value: Value) => string,
  table: readonly (readonly [Value, string])[],
): void =>
  test(`numbers for people: ${what}`, t => {
    for (const [value, text] of table) t.is(show(value), text);
  });

type Figure = number | null;

statement<Figure>('counts', format.count, [
  [0, '0'],
  [999, '999'],
  [1234, '1,234'],
  [1234567, '1,234,567'],
  [2.5, '2.5'],
  [-12, '−12'],
  [null, '–'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
]);

statement<Figure>('durations', format.duration, [
  [0, '0 ms'],
  [0.42, '0.42 ms'],
  [1.305, '1.30 ms'],
  [12.34, '12.3 ms'],
  [999, '999 ms'],
  [999.7, '1.00 s'],
  [2050, '2.05 s'],
  [61_000, '61.0 s'],
  [200_000, '3 min 20 s'],
  [null, '–'],
]);

statement<Figure>('shares', format.percent, [
  [0, '0%'],
  [0.0001, '< 0.1%'],
  [0.987, '98.7%'],
  [0.9999, '> 99.9%'],
  [1, '100%'],
  [null, '–'],
]);

statement<Figure>('rates', format.rate, [
  [0, '0/s'],
  [3.25, '3.25/s'],
  [198.4, '198/s'],
  [12_345, '12,345/s'],
  [null, '–'],
]);

statement<Figure>('bytes', format.bytes, [
  [512, '512 B'],
  [2048, '2.00 KiB'],
  [92 * 1024 ** 2, '92.0 MiB'],
  [8 * 1024 ** 3, '8.00 GiB'],
  [null, '–'],
]);

statement<number>('planned durations', format.plannedDuration, [
  [300, '300 ms'],
  [1500, '1.5 s'],
  [10_000, '10 s'],
]);

statement<readonly string[]>('lists', format.listed, [
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
]);
