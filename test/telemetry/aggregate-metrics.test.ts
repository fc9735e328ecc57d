// A trial's sums over metric points: what each phase adds, for both temporalities, across resets and edges.
import test from 'ava';
import type {MetricSummary} from '../../src/model/telemetry.ts';
import {Aggregate} from '../../src/telemetry/aggregate.ts';
import type {HistogramValue, Point, Temporality} from '../../src/telemetry/point.ts';
import {trialMarks} from './support.ts';

const instrument = {scope: 'library', name: 'requests', unit: '{request}'};
const attributes = {'server.address': 'a'};

type SumOptions = {startMs?: number | null; temporality?: Temporality; isMonotonic?: boolean};

const sumAt = (atMs: number, value: number, options: SumOptions = {}): Point => ({
  instrument,
  attributes,
  atMs,
  kind: 'sum',
  value,
  startMs: 0,
  temporality: 'cumulative',
  isMonotonic: true,
  ...options,
});

const histogramAt = (
  atMs: number,
  value: HistogramValue,
  temporality: Temporality = 'cumulative',
): Point => ({
  instrument,
  attributes,
  atMs,
  kind: 'histogram',
  value,
  startMs: 0,
  temporality,
});

const gaugeAt = (atMs: number, value: number): Point => ({
  instrument,
  attributes,
  atMs,
  kind: 'gauge',
  value,
});

/** Each point in a request of its own; edges at 0, 1000 and 2000 ms. */
const summaries = (points: readonly Point[]): readonly MetricSummary[] => {
  const sums = new Aggregate(trialMarks);
  for (const phase of [0, 1, 2]) sums.startPhase(phase, phase * 1000);
  for (const point of points) sums.addPoints([point], 0);
  return sums.finish().metrics;
};

const increases = test.macro(
  (t, points: readonly Point[], expected: readonly (readonly [number, number, number])[]) => {
    const rows = summaries(points).map(row =>
      row.kind === 'sum' ? [row.phase, row.increase, row.last] : [],
    );
    t.deepEqual(rows, expected);
  },
);

const delta = (atMs: number, value: number, startMs: number): Point =>
  sumAt(atMs, value, {temporality: 'delta', startMs});
const balance = (atMs: number, value: number): Point => sumAt(atMs, value, {isMonotonic: false});

// [phase, increase, last]
test('the first point of a cumulative sum counts from zero', increases, [sumAt(500, 7)], [[0, 7, 7]]);
test('growth within a phase', increases, [sumAt(500, 7), sumAt(900, 9)], [[0, 9, 9]]);
test(
  'a flush at the edge parts two phases',
  increases,
  [sumAt(1000, 7), sumAt(2000, 17)],
  [
    [0, 7, 7],
    [1, 10, 17],
  ],
);
test(
  'a flush some ms after the edge counts for the phase that has ended',
  increases,
  [sumAt(500, 5), sumAt(1005, 10), sumAt(1500, 12)],
  [
    [0, 10, 10],
    [1, 2, 12],
  ],
);
test(
  'without a flush, growth goes where the middle of its time lies',
  increases,
  [sumAt(700, 7), sumAt(1700, 17), sumAt(2100, 21)],
  [
    [0, 7, 7],
    [1, 14, 21],
  ],
);
test(
  'a phase without points has no row',
  increases,
  [sumAt(500, 5), sumAt(2500, 6), sumAt(2900, 9)],
  [
    [0, 5, 5],
    [1, 1, 6],
    [2, 3, 9],
  ],
);
test(
  'a phase without growth has a row',
  increases,
  [sumAt(900, 5), sumAt(1900, 5)],
  [
    [0, 5, 5],
    [1, 0, 5],
  ],
);
test(
  'a reset counts from zero again',
  increases,
  [sumAt(500, 100), sumAt(900, 3, {startMs: 600})],
  [[0, 103, 3]],
);
test(
  'a reset without a start is seen by the value',
  increases,
  [sumAt(500, 100, {startMs: null}), sumAt(900, 3, {startMs: null})],
  [[0, 103, 3]],
);
test(
  'what goes up and down may fall',
  increases,
  [balance(500, 5), balance(1500, 2)],
  [
    [0, 5, 5],
    [1, -3, 2],
  ],
);
test(
  'deltas add up',
  increases,
  [delta(500, 5, 0), delta(900, 2, 500), delta(1900, 4, 900)],
  [
    [0, 7, 7],
    [1, 4, 11],
  ],
);
test(
  'a delta that straddles an edge is given whole',
  increases,
  [delta(900, 5, 0), delta(1300, 4, 900)],
  [
    [0, 5, 5],
    [1, 4, 9],
  ],
);
test(
  'a repeated point counts once',
  increases,
  [delta(500, 5, 0), delta(500, 5, 0), sumAt(400, 1)],
  [[0, 5, 5]],
);

test('a series that starts late grew since the metrics were last read without it', t => {
  const late: Point = {...sumAt(2000, 4, {startMs: 0}), attributes: {'error.type': 'timeout'}};
  const rows = summaries([sumAt(1000, 7), sumAt(2000, 8), late]);
  const row = rows.find(({attributes}) => 'error.type' in attributes);
  t.like(row, {phase: 1, increase: 4});
});

test(
  'a series whose first point says that it starts there is no reset at the second',
  increases,
  [sumAt(1000, 7, {startMs: 1000}), sumAt(1800, 9, {startMs: 1000})],
  [
    [0, 7, 7],
    [1, 2, 9],
  ],
);

test('a gauge has its mean, highest and last value per phase', t => {
  const rows = summaries([gaugeAt(100, 1), gaugeAt(200, 5), gaugeAt(300, 3), gaugeAt(1000, 8)]);
  t.like(rows[0], {phase: 0, kind: 'gauge', mean: 3, max: 5, last: 3});
  t.like(rows[1], {phase: 1, kind: 'gauge', mean: 8, max: 8, last: 8});
});

const bounds = [1, 10];
const histogram = (sum: number, ...bucketCounts: readonly number[]): HistogramValue => ({
  count: bucketCounts.reduce((total, count) => total + count, 0),
  sum,
  bounds,
  bucketCounts,
});

test('a cumulative histogram grows per phase', t => {
  const rows = summaries([
    histogramAt(500, histogram(2, 1, 0, 0)),
    histogramAt(1000, histogram(7, 1, 1, 0)),
    histogramAt(1500, histogram(30, 1, 2, 1)),
  ]);
  t.like(rows[0], {phase: 0, count: 2, sum: 7, bounds, bucketCounts: [1, 1, 0]});
  t.like(rows[1], {phase: 1, count: 2, sum: 23, bounds, bucketCounts: [0, 1, 1]});
});

test('a histogram that begins anew counts from zero again', t => {
  const rows = summaries([histogramAt(500, histogram(20, 1, 2, 3)), histogramAt(900, histogram(1, 1, 0, 0))]);
  t.like(rows[0], {phase: 0, count: 7, sum: 21, bucketCounts: [2, 2, 3]});
});

test('histogram deltas add up', t => {
  const rows = summaries([
    histogramAt(500, histogram(20, 1, 2, 3), 'delta'),
    histogramAt(900, histogram(1, 1, 0, 0), 'delta'),
  ]);
  t.like(rows[0], {phase: 0, count: 7, sum: 21, bucketCounts: [2, 2, 3]});
});

test('a histogram whose buckets become coarser is subtracted all the same', t => {
  const fine = {count: 3, sum: 6, bounds: [1, 2, 4], bucketCounts: [1, 1, 1, 0]};
  const coarse = {count: 5, sum: 20, bounds: [1, 4, 16], bucketCounts: [1, 2, 2, 0]};
  const [first, second] = summaries([histogramAt(1000, fine), histogramAt(2000, coarse)]);
  t.like(first, fine);
  t.like(second, {count: 2, sum: 14, bounds: [1, 4, 16], bucketCounts: [0, 0, 2, 0]});
});

test('one instrument keeps 2,000 series; points of others are counted', t => {
  const sums = new Aggregate(trialMarks);
  const points = Array.from({length: 2100}, (_, index): Point => ({...sumAt(500, 1), attributes: {index}}));
  sums.addPoints([...points, {...sumAt(500, 1), instrument: {...instrument, name: 'other'}}], 0);
  const {metrics, unsummedPointCount} = sums.finish();
  t.is(metrics.length, 2001);
  t.is(unsummedPointCount, 100);
});

test('the order of attributes makes no other series', t => {
  const sums = new Aggregate(trialMarks);
  sums.addPoints([{...sumAt(500, 1), attributes: {a: 1, b: 2}}], 0);
  sums.addPoints([{...sumAt(600, 3), attributes: {b: 2, a: 1}}], 0);
  t.like(sums.finish().metrics, [{increase: 3}]);
});
