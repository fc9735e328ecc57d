// Series of one metric, taken together: in which of them a quantile lies, and what has no figure.
import test from 'ava';
import type {TelemetryGoal} from '../../../src/model/goal.ts';
import type {MetricSummary} from '../../../src/model/telemetry.ts';
import {telemetryFigure} from '../../../src/run/judge/telemetry-figure.ts';
import {baseline, fault, telemetryOf, trialWith} from '../../helpers/trial-believable.ts';

const series = (changes: object): MetricSummary =>
  ({phase: fault, scope: 'pg', name: 'm', unit: '', attributes: {}, ...changes}) as MetricSummary;
const histogram = (bucketCounts: readonly number[], changes: object = {}): MetricSummary =>
  series({
    kind: 'histogram',
    count: bucketCounts.reduce((sum, count) => sum + count, 0),
    sum: 6,
    bounds: [1, 2],
    bucketCounts,
    ...changes,
  });
const gauge = (mean: number, changes: object = {}): MetricSummary =>
  series({kind: 'gauge', mean, max: mean + 5, last: mean + 1, ...changes});
const sum = (increase: number): MetricSummary => series({kind: 'sum', increase, last: increase + 7});

type Row = readonly [
  stat: TelemetryGoal['stat'],
  metrics: readonly MetricSummary[],
  value: number | null,
  count: number,
  reason?: RegExp | null,
  max?: number,
];

const none = /^m is a \w+, which has no \w+$/;
const rows: readonly Row[] = [
  ['p50', [histogram([1, 1, 0])], 1, 2],
  ['p50', [histogram([1, 2, 0])], 2, 3],
  ['p50', [histogram([0, 1, 0]), histogram([1, 0, 0])], 1, 2],
  ['p90', [histogram([9, 1, 0]), gauge(1)], 1, 11],
  ['p90', [histogram([8, 2, 0])], 2, 10],
  ['p99', [histogram([0, 0, 3])], 2, 3, /above 2,/],
  ['p99', [histogram([0, 0, 3])], 2, 3, /above 2,/, 2],
  ['p99', [histogram([0, 0, 3])], 2, 3, null, 1.9],
  ['p99', [histogram([0, 0, 3]), histogram([0, 0, 1], {bounds: [1, 5]})], 5, 4, /above 5,/],
  ['p99', [histogram([0, 0, 0])], null, 0, none],
  ['p99', [sum(3)], null, 0, none],
  ['mean', [histogram([1, 1, 0]), histogram([0, 1, 0])], 4, 3],
  ['mean', [gauge(1), gauge(4), sum(9)], 2.5, 3],
  ['mean', [histogram([0, 0, 0]), gauge(3)], 3, 1],
  ['mean', [histogram([0, 0, 0])], null, 0, none],
  ['mean', [sum(3)], null, 0, none],
  ['max', [gauge(1), gauge(4), gauge(3)], 9, 3],
  ['max', [sum(3)], null, 0, none],
  ['max', [gauge(-9)], -4, 1],
  ['increase', [sum(3), sum(4), gauge(9)], 7, 3],
  ['increase', [sum(0)], 0, 1],
  ['increase', [gauge(1)], null, 0, none],
  ['last', [sum(3), gauge(1)], 12, 2],
  ['last', [gauge(1)], 2, 1],
  ['last', [sum(1)], 8, 1],
  ['last', [histogram([1, 0, 0])], null, 0, none],
  ['count', [histogram([1, 1, 0]), histogram([0, 0, 4])], 6, 6],
  ['count', [histogram([0, 0, 0])], 0, 0],
  ['count', [gauge(1)], null, 0, none],
  ['last', [series({...sum(3), phase: baseline})], null, 0, /^no series of m /],
  ['last', [series({...sum(3), name: 'other'})], null, 0, /^the library does not emit the metric m$/],
];
for (const [index, [stat, metrics, value, count, reason = null, max]] of rows.entries()) {
  test(`row ${index}: ${stat} of ${metrics.map(({kind}) => kind).join(', ')}`, t => {
    const trial = trialWith({telemetry: {...telemetryOf([]), metrics}});
    const figure = telemetryFigure(trial, [fault], {metric: 'm', stat, ...(max !== undefined && {max})});
    t.like(figure, {value, count});
    if (reason === null) t.is(figure.reason, null);
    else t.regex(figure.reason ?? '', reason);
  });
}

test('only series with all of the attributes count', t => {
  const metrics = [
    series({...sum(1), attributes: {a: 1, b: 2}}),
    series({...sum(2), attributes: {a: 1, b: 3}}),
    series({...sum(4), attributes: {b: 2}}),
  ];
  const trial = trialWith({telemetry: {...telemetryOf([]), metrics}});
  const increaseOf = (attributes: NonNullable<TelemetryGoal['attributes']>): number | null =>
    telemetryFigure(trial, [fault], {metric: 'm', stat: 'increase', attributes}).value;
  t.deepEqual(
    [increaseOf({}), increaseOf({a: 1}), increaseOf({a: 1, b: 2}), increaseOf({a: 2})],
    [7, 3, 1, null],
  );
});
