import test from 'ava';
import type {TelemetryGoal} from '../../../src/model/goal.ts';
import type {MetricSummary} from '../../../src/model/telemetry.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {judgeGoals} from '../../../src/run/judge/goals.ts';
import {fault, telemetryOf, trialWith} from '../../helpers/trial-believable.ts';

const series = (changes: object): MetricSummary =>
  ({phase: fault, scope: 'undici', name: 'duration', unit: 's', attributes: {}, ...changes}) as MetricSummary;

const duration = (method: string, bucketCounts: readonly number[], phase = fault): MetricSummary =>
  series({
    phase,
    kind: 'histogram',
    attributes: {method},
    count: bucketCounts.reduce((sum, count) => sum + count, 0),
    sum: 4,
    bounds: [0.1, 0.5],
    bucketCounts,
  });

const metrics: readonly MetricSummary[] = [
  duration('GET', [98, 2, 0]),
  duration('POST', [0, 0, 10]),
  duration('GET', [0, 0, 999], 0),
  series({name: 'pending', kind: 'gauge', mean: 3, max: 9, last: 2}),
  series({name: 'errors', kind: 'sum', increase: 5, last: 12}),
];

const is = test.macro({
  title: (_title, goal: TelemetryGoal, value: number | RegExp) =>
    `${goal.metric} ${goal.stat} ${JSON.stringify(goal.attributes ?? {})} is ${value}`,
  exec(t, goal: TelemetryGoal, value: number | RegExp) {
    const telemetry = {...telemetryOf([]), metrics};
    const [result] = judgeGoals(trialWith({plan: {goals: {stall: {telemetry: [goal]}}}, telemetry}));
    if (typeof value === 'number') t.is(result?.value, value);
    else t.regex(result?.reason ?? '', value);
    t.is(result?.verdict, typeof value !== 'number' ? 'inconclusive' : value <= 5 ? 'met' : 'missed');
  },
});

const max = 5;
test(is, {metric: 'duration', stat: 'p90', attributes: {method: 'GET'}, max}, 0.1);
test(is, {metric: 'duration', stat: 'p99', attributes: {method: 'GET'}, max}, 0.5);
test(is, {metric: 'duration', stat: 'p99', max}, /^it is above 0.5, the highest bucket boundary$/);
test(is, {metric: 'duration', stat: 'count', max}, 110);
test(is, {metric: 'duration', stat: 'mean', attributes: {method: 'GET'}, max}, 0.04);
test(is, {metric: 'pending', stat: 'mean', max}, 3);
test(is, {metric: 'pending', stat: 'max', max}, 9);
test(is, {metric: 'pending', stat: 'last', max}, 2);
test(is, {metric: 'errors', stat: 'increase', max}, 5);
test(is, {metric: 'errors', stat: 'last', max}, 12);
test(is, {metric: 'errors', stat: 'p99', max}, /^errors is a sum, which has no p99$/);
test(is, {metric: 'error', stat: 'last', max}, /does not emit the metric error$/);
test(
  is,
  {metric: 'duration', stat: 'p50', attributes: {method: 'PUT'}, max},
  /no series of duration has these/,
);

test('without telemetry it is open', t => {
  const goals = {stall: {telemetry: [{metric: 'errors', stat: 'last', max, severity: 'warn'}]}} as const;
  const [result] = judgeGoals(trialWith({plan: {goals}}));
  t.like(result, {
    metric: 'telemetry: errors last',
    limit: {max, severity: 'warn'},
    verdict: 'inconclusive',
    reason: 'no telemetry was received',
  });
});

test('what is above the last bucket is above a limit below it', t => {
  const telemetry = {...telemetryOf([]), metrics};
  const goals = {stall: {telemetry: [{metric: 'duration', stat: 'p99', max: 0.4}]}} as const;
  t.like(judgeGoals(trialWith({plan: {goals}, telemetry}))[0], {value: 0.5, verdict: 'missed'});
});

/** Of a million spans so many arrived. */
const arrived = (spanCount: number): NonNullable<Trial['telemetry']> => ({
  ...telemetryOf([]),
  spanCount,
  metrics: [
    ...metrics,
    series({name: 'otel.sdk.span.started', kind: 'sum', increase: 1e6, last: 1e6}),
    series({name: 'otel.sdk.span.live', kind: 'sum', increase: 0, last: 0}),
  ],
});

for (const [max, verdict] of [
  [20, 'met'],
  [10, 'missed'],
] as const) {
  test(`a goal that would be ${verdict} is open where telemetry was lost, with the number and what to do`, t => {
    const goals = {stall: {telemetry: [{metric: 'errors', stat: 'last', max}]}} as const;
    const judged = (spanCount: number) =>
      judgeGoals(trialWith({plan: {goals}, telemetry: arrived(spanCount)}))[0];
    t.like(judged(999_000), {value: 12, verdict, reason: null});
    t.like(judged(998_999), {value: 12, verdict: 'inconclusive'});
    t.regex(
      judged(998_999)?.reason ?? '',
      /^telemetry was lost: 998999 of 1000000 spans arrived; .*OTEL_BSP_MAX_QUEUE_SIZE.* or lower the rate$/,
    );
  });
}

test('a goal on telemetry is open where the clock was set', t => {
  const telemetry = {...telemetryOf([]), metrics};
  const goals = {stall: {telemetry: [{metric: 'errors', stat: 'last', max: 20}]}} as const;
  const clockSteps = [{atMs: 500, offsetMs: 60_000}];
  const [result] = judgeGoals(trialWith({plan: {goals}, telemetry, clockSteps}));
  t.like(result, {value: 12, verdict: 'inconclusive'});
  t.regex(
    result?.reason ?? '',
    /was set forward by 60 s \(first seen 500 ms into the trial\); run again without anything changing/,
  );
});

test('a goal on telemetry of an SDK that tells nothing of its spans is judged', t => {
  const telemetry = {...telemetryOf([]), metrics};
  const goals = {stall: {telemetry: [{metric: 'errors', stat: 'last', max: 20}]}} as const;
  t.is(judgeGoals(trialWith({plan: {goals}, telemetry}))[0]?.verdict, 'met');
});
