// The baseline ends at 5 s, the recovery at 19 s, and the drain at 21 s. A gauge and the open sockets may differ by 2, or by a
// tenth of the sockets.
import test from 'ava';
import {drainPhase, type MetricSummary} from '../../../src/model/telemetry.ts';
import type {InjectorSample} from '../../../src/model/trial.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {isGaugeContradicted} from '../../../src/symptoms/telemetry/pool-gauge-wrong.ts';
import {answers} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  booksOf,
  connectionsAt,
  fault,
  presentOf,
  recovery,
  type TrialChanges,
  telemetryOf,
  trialWith,
} from '../../helpers/trial-believable.ts';

const drain = drainPhase(trialWith().plan);

const spansStarted: MetricSummary = {
  kind: 'sum',
  isMonotonic: true,
  phase: drain,
  scope: 'sdk',
  name: 'otel.sdk.span.started',
  unit: '{span}',
  attributes: {},
  increase: 1,
  last: 1,
};

const gauge = (
  phase: number,
  last: number,
  name = 'db.client.connection.count',
  state = 'used',
): MetricSummary => ({
  ...spansStarted,
  isMonotonic: false,
  phase,
  scope: 'pg',
  name,
  unit: '{connection}',
  attributes: {'db.client.connection.state': state},
  last,
});

const told = (metrics: readonly MetricSummary[], injector: readonly InjectorSample[]): TrialChanges => ({
  telemetry: {...telemetryOf([1]), metrics: [spansStarted, ...metrics]},
  injector,
});

/** What the gauge says at the end of the baseline, and how many sockets were open just before it. */
const atBaseline = (gauged: number, sockets: number): TrialChanges =>
  told([gauge(baseline, gauged)], [connectionsAt(4900, sockets)]);

const wrongBy = (value: number, phase = 'baseline') => ({value, phase});

test('as many as are open', answers, 'pool-gauge-wrong', atBaseline(10, 10), 'clear');
test('two too many', answers, 'pool-gauge-wrong', atBaseline(12, 10), 'clear');
test('three too many', answers, 'pool-gauge-wrong', atBaseline(13, 10), wrongBy(3));
test('two too few', answers, 'pool-gauge-wrong', atBaseline(8, 10), 'clear');
test('three too few', answers, 'pool-gauge-wrong', atBaseline(7, 10), wrongBy(3));
test('a tenth too many', answers, 'pool-gauge-wrong', atBaseline(110, 100), 'clear');
test('more than a tenth too many', answers, 'pool-gauge-wrong', atBaseline(111, 100), wrongBy(11));

for (const name of [
  'db.client.connection.count',
  'db.client.connections.usage',
  'http.client.open_connections',
]) {
  const changes = told([gauge(baseline, 15, name)], [connectionsAt(4900, 10)]);
  test(name, answers, 'pool-gauge-wrong', changes, wrongBy(5));
}
test(
  'the states of a pool are added up',
  answers,
  'pool-gauge-wrong',
  told(
    [gauge(baseline, 5), gauge(baseline, 8, undefined, 'idle'), gauge(recovery, 100)],
    [connectionsAt(4900, 10)],
  ),
  {value: 90, phase: 'recovery'},
);
test(
  'the states of a pool that are as many as are open together',
  answers,
  'pool-gauge-wrong',
  told([gauge(baseline, 5), gauge(baseline, 5, undefined, 'idle')], [connectionsAt(4900, 10)]),
  'clear',
);

// Sockets come and go while the gauge is read.
const around = (gauged: number, ...sockets: InjectorSample[]): TrialChanges =>
  told([gauge(baseline, gauged)], sockets);
const [few, many] = [connectionsAt(4800, 5), connectionsAt(5200, 20)];
test('between what was open about the moment', answers, 'pool-gauge-wrong', around(12, few, many), 'clear');
test(
  'above all that was open about the moment',
  answers,
  'pool-gauge-wrong',
  around(23, few, many),
  wrongBy(3),
);
test(
  'below all that was open about the moment',
  answers,
  'pool-gauge-wrong',
  around(2, few, many),
  wrongBy(3),
);
const near = connectionsAt(4500, 10);
test('open a second before', answers, 'pool-gauge-wrong', around(30, connectionsAt(4000, 30), near), 'clear');
test(
  'open more than a second before',
  answers,
  'pool-gauge-wrong',
  around(30, connectionsAt(3999, 30), near),
  {
    value: 20,
  },
);
test('open a second later', answers, 'pool-gauge-wrong', around(30, near, connectionsAt(6000, 30)), 'clear');
test(
  'open more than a second later',
  answers,
  'pool-gauge-wrong',
  around(30, near, connectionsAt(6001, 30)),
  {
    value: 20,
  },
);
test(
  'seen long ago, and not since',
  answers,
  'pool-gauge-wrong',
  around(30, connectionsAt(1000, 30)),
  'clear',
);
test(
  'seen long ago, and at the moment',
  answers,
  'pool-gauge-wrong',
  around(30, connectionsAt(1000, 30), connectionsAt(5000, 10)),
  {
    value: 20,
  },
);
test('seen later only', answers, 'pool-gauge-wrong', around(30, connectionsAt(6001, 10)), 'clear');

const later = [connectionsAt(4900, 10), connectionsAt(8900, 10), connectionsAt(20_900, 10)];
test('at the end of a fault', answers, 'pool-gauge-wrong', told([gauge(fault, 50)], later), 'clear');
test(
  'at the end of the drain',
  answers,
  'pool-gauge-wrong',
  told([gauge(drain, 13)], later),
  wrongBy(3, 'drain'),
);
test(
  'a drain that was not reached',
  answers,
  'pool-gauge-wrong',
  {...told([gauge(drain, 13)], later), closing: null},
  'clear',
);
test(
  'a phase that was not reached',
  answers,
  'pool-gauge-wrong',
  {...told([gauge(recovery, 13)], later), edges: trialWith().edges.slice(0, recovery)},
  'clear',
);
const durations: MetricSummary = {
  kind: 'histogram',
  phase: baseline,
  scope: 'pg',
  name: 'db.client.connection.count',
  unit: '',
  attributes: {},
  count: 50,
  sum: 50,
  bounds: [],
  bucketCounts: [50],
};
test('a histogram', answers, 'pool-gauge-wrong', told([durations], later), 'clear');
test(
  'a histogram beside a gauge',
  answers,
  'pool-gauge-wrong',
  told([durations, gauge(baseline, 13)], later),
  wrongBy(3),
);

test('no telemetry', answers, 'pool-gauge-wrong', {}, /^no telemetry was received$/);
test(
  'sockets that are not counted',
  answers,
  'pool-gauge-wrong',
  told([gauge(baseline, 13)], []),
  /^this injector does not count connections$/,
);
test(
  'no gauge',
  answers,
  'pool-gauge-wrong',
  told([gauge(baseline, 13, 'db.client.connection.max')], later),
  /^the library has no connection gauge$/,
);

test('the end with the greatest difference is told first, with both numbers and the last operation before it', t => {
  const usage = 'db.client.connections.usage';
  const metrics = [gauge(baseline, 13), gauge(recovery, 17), gauge(drain, 1, usage), gauge(drain, 9)];
  const {driver} = booksOf([{phase: baseline}, {phase: baseline}, {phase: recovery}]);
  const injector = [connectionsAt(4900, 10), connectionsAt(18_900, 1), connectionsAt(20_900, 10)];
  const finding = presentOf(detectOne('pool-gauge-wrong', trialWith({...told(metrics, injector), driver})));
  const unit = {witness: 'telemetry', unit: 'count', threshold: 2} as const;
  t.deepEqual(finding, {
    symptom: 'pool-gauge-wrong',
    verdict: 'present',
    severity: 'warn',
    phase: 'recovery',
    evidence: [
      {
        phase: 'recovery',
        ...unit,
        statement: `At the end of phase recovery the library reported 17 connections (db.client.connection.count, ${usage}), while the injector had 1 open socket.`,
        value: 16,
        count: 1,
        operations: ['defaults-1-2'],
        traces: ['0123456789abcdef0000000000000003'],
      },
      {
        phase: 'baseline',
        ...unit,
        statement: `At the end of phase baseline the library reported 13 connections (db.client.connection.count, ${usage}), while the injector had 10 open sockets.`,
        value: 3,
        count: 10,
        operations: ['defaults-1-1'],
        traces: ['0123456789abcdef0000000000000002'],
      },
    ],
    compared: [
      {
        what: 'ends of phases: the gauge and the open sockets',
        count: 3,
        differingCount: 2,
        operations: ['defaults-1-2'],
        traces: ['0123456789abcdef0000000000000003'],
      },
    ],
  });
});

test('the operation of the evidence may be the first one, and there may be none', t => {
  const operationsOf = (...phases: number[]): readonly string[] => {
    const {driver} = booksOf(phases.map(phase => ({phase})));
    return presentOf(detectOne('pool-gauge-wrong', trialWith({...atBaseline(13, 10), driver}))).evidence[0]
      .operations;
  };
  t.deepEqual(operationsOf(baseline, recovery), ['defaults-1-0']);
  t.deepEqual(operationsOf(recovery), []);
});

test('what was compared is told where nothing differs', t => {
  const finding = detectOne('pool-gauge-wrong', trialWith(atBaseline(10, 10)));
  t.deepEqual(finding, {
    symptom: 'pool-gauge-wrong',
    verdict: 'clear',
    compared: [
      {
        what: 'ends of phases: the gauge and the open sockets',
        count: 1,
        differingCount: 0,
        operations: [],
        traces: [],
      },
    ],
  });
});

const contradicted = test.macro({
  title: (title = '') => `whether the sockets contradict the gauge: ${title}`,
  exec(t, changes: TrialChanges, expected: boolean) {
    t.is(isGaugeContradicted(trialWith(changes)), expected);
  },
});

const off = told([gauge(baseline, 13), gauge(drain, 10)], later);
test('at one end of two', contradicted, off, true);
test('within what they may differ by', contradicted, atBaseline(12, 10), false);
test('no telemetry', contradicted, {...off, telemetry: null}, false);
test('telemetry that is not whole', contradicted, {...off, end: {kind: 'unresponsive'}}, false);
test(
  'within what the scenario allows',
  contradicted,
  {...off, plan: {thresholds: {'pool-gauge-wrong': {slackCount: 3}}}},
  false,
);
