// Metrics as they are sent, to points in our vocabulary.
import test from 'ava';
import {decodeRequest} from '../../src/telemetry/decode.ts';
import {normaliseMetrics} from '../../src/telemetry/normalise-metrics.ts';
import {clockFrom} from '../../src/telemetry/values.ts';
import {metricsJson, nanosAt, originEpochMs} from './otlp-json.ts';

const times = {startTimeUnixNano: nanosAt(0), timeUnixNano: nanosAt(1000.5)};
const attributes = [{key: 'a', value: {intValue: '1'}}];

const normalise = (...metrics: readonly object[]) => {
  const request = decodeRequest('metrics', 'json', Buffer.from(JSON.stringify(metricsJson(...metrics))));
  return normaliseMetrics(request, clockFrom(originEpochMs));
};

test('a gauge, of integers or doubles', t => {
  const {points} = normalise({
    name: 'pool.size',
    unit: '{connection}',
    gauge: {
      dataPoints: [
        {...times, attributes, asInt: '-3'},
        {timeUnixNano: nanosAt(2), asDouble: 0},
      ],
    },
  });
  const instrument = {scope: 'my.library', name: 'pool.size', unit: '{connection}'};
  t.deepEqual(points, [
    {instrument, attributes: {a: 1}, atMs: 1000.5, kind: 'gauge', value: -3},
    {instrument, attributes: {}, atMs: 2, kind: 'gauge', value: 0},
  ]);
});

test('a sum keeps its temporality, start and direction', t => {
  const dataPoints = [{...times, asDouble: 1.5}];
  const {points} = normalise(
    {name: 'a', sum: {aggregationTemporality: 1, dataPoints}},
    {name: 'b', sum: {aggregationTemporality: 2, isMonotonic: true, dataPoints}},
    {name: 'c', sum: {aggregationTemporality: 2, dataPoints: [{timeUnixNano: nanosAt(1), asInt: '1'}]}},
  );
  t.like(points[0], {kind: 'sum', value: 1.5, temporality: 'delta', isMonotonic: false, startMs: 0});
  t.like(points[1], {kind: 'sum', value: 1.5, temporality: 'cumulative', isMonotonic: true});
  t.like(points[2], {kind: 'sum', startMs: null});
});

test('a histogram, with or without buckets', t => {
  const {points} = normalise({
    name: 'http.client.request.duration',
    unit: 's',
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {...times, count: '3', sum: 6.5, bucketCounts: ['1', '2', '0'], explicitBounds: [1, 5]},
        {...times, count: '3'},
      ],
    },
  });
  t.like(points[0], {
    kind: 'histogram',
    value: {count: 3, sum: 6.5, bounds: [1, 5], bucketCounts: [1, 2, 0]},
  });
  t.like(points[1], {kind: 'histogram', value: {count: 3, sum: 0, bounds: [], bucketCounts: [3]}});
});

const exponential = (dataPoint: object) => {
  const {points} = normalise({
    name: 'duration',
    exponentialHistogram: {aggregationTemporality: 2, dataPoints: [{...times, ...dataPoint}]},
  });
  const [point] = points;
  return point?.kind === 'histogram' ? point.value : null;
};

test('an exponential histogram gets the bounds of its scale', t => {
  const positive = {offset: 1, bucketCounts: ['3', '0', '1']};
  t.deepEqual(exponential({count: '6', sum: 30, scale: 0, zeroCount: '2', positive}), {
    count: 6,
    sum: 30,
    // (−∞, 0] the zeros, (0, 2] empty, (2, 4] three, (4, 8] empty, (8, 16] one.
    bounds: [0, 2, 4, 8, 16],
    bucketCounts: [2, 0, 3, 0, 1, 0],
  });
  const fine = exponential({count: '2', scale: 1, positive: {offset: 0, bucketCounts: ['1', '1']}});
  t.deepEqual(fine?.bounds, [1, Math.SQRT2, 2]);
  t.deepEqual(fine?.bucketCounts, [0, 1, 1, 0]);
});

test('an exponential histogram has negative values and a wide zero', t => {
  const negative = {offset: 0, bucketCounts: ['1', '2']};
  const value = exponential({count: '4', scale: 0, zeroCount: '1', zeroThreshold: 0.5, negative});
  // (−4, −2] two, (−2, −1] one, then a gap up to the zero's range.
  t.deepEqual(value?.bounds, [-4, -2, -1, -0.5, 0.5]);
  t.deepEqual(value?.bucketCounts, [0, 2, 1, 0, 1, 0]);
});

test('an exponential histogram may reach beyond what a double holds', t => {
  const value = exponential({
    count: '2',
    scale: -10,
    positive: {offset: -2, bucketCounts: ['1', '0', '0', '1']},
  });
  t.is(
    value?.bucketCounts.reduce((sum, count) => sum + count, 0),
    2,
  );
  t.is(value?.bucketCounts.length, value!.bounds.length + 1);
  t.true(value?.bounds.every(Number.isFinite));
});

const rejects = test.macro({
  exec(t, metric: object) {
    const {points, rejected} = normalise(metric);
    t.deepEqual(points, []);
    t.is(rejected.count, 1);
  },
  title: title => `rejects ${title}`,
});

const sum = (point: object, temporality = 2): object => ({
  name: 'a',
  sum: {aggregationTemporality: temporality, dataPoints: [point]},
});
const histogram = (point: object): object => ({
  name: 'a',
  histogram: {aggregationTemporality: 2, dataPoints: [{...times, count: '1', ...point}]},
});
const manyBuckets = {offset: 0, bucketCounts: new Array(3000).fill('1')};

test('a summary', rejects, {name: 'a', summary: {dataPoints: [{timeUnixNano: '1', count: '1'}]}});
test('a point without a value', rejects, sum(times));
test('a value that is not a number', rejects, sum({...times, asDouble: 'NaN'}));
test('a sum without temporality', rejects, sum({...times, asInt: '1'}, 0));
test('a sum of an unknown temporality', rejects, sum({...times, asInt: '1'}, 7));
test('a bucket too few', rejects, histogram({bucketCounts: ['1'], explicitBounds: [1]}));
test(
  'bounds that do not ascend',
  rejects,
  histogram({bucketCounts: ['1', '0', '0'], explicitBounds: [5, 5]}),
);
test('an exponential histogram of thousands of buckets', rejects, {
  name: 'a',
  exponentialHistogram: {aggregationTemporality: 2, dataPoints: [{...times, positive: manyBuckets}]},
});

test('a point that says that nothing was recorded is passed over', t => {
  const {points, rejected} = normalise(sum({...times, flags: 1}));
  t.deepEqual(points, []);
  t.is(rejected.count, 0);
});
