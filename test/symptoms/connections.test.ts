// Symptoms of connections, pools and queues.
import test from 'ava';
import {halfOpen, stall} from '../../src/model/fault.ts';
import {dropKeepAlive} from '../../src/model/http-fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {ConnectionRecord} from '../../src/model/proxy-witness.ts';
import type {MetricSummary} from '../../src/model/telemetry.ts';
import type {InjectorSample} from '../../src/model/trial.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  connectionsAt,
  fault,
  figuresOf,
  presentOf,
  recovery,
  type TrialChanges,
  telemetryOf,
  trialWith,
} from '../helpers/trial-believable.ts';

const openedAt = (...times: number[]): TrialChanges => ({
  injector: [connectionsAt(500, 0), connectionsAt(4900, 2, 2), connectionsAt(18_900, 2, 40)],
  injectorLog: {
    connections: times.map(
      (openedMs, index): ConnectionRecord => ({
        id: index + 1,
        openedMs,
        closedMs: null,
        upstreamBytes: 0,
        downstreamBytes: 0,
        hits: [],
        hitsMs: [],
        end: 'open',
      }),
    ),
    connectionsLeftOut: 0,
    hits: [],
    hitsLeftOut: 0,
  },
});
const every100Ms = (fromMs: number, count: number) =>
  Array.from({length: count}, (_, index) => fromMs + 99 * index);
test('10 in a second', answers, 'reconnect-storm', openedAt(...every100Ms(9100, 10)), {value: 5});
test('9 in a second', answers, 'reconnect-storm', openedAt(6000, ...every100Ms(9100, 9), 11_000), 'clear');
test(
  'as in the baseline',
  answers,
  'reconnect-storm',
  openedAt(...every100Ms(2000, 10), ...every100Ms(9100, 10)),
  'clear',
);
const lateStarts = (late: number): TrialChanges => ({
  driver: {phases: [figuresOf(baseline, 400), figuresOf(recovery, 1000, {late})]},
});
test(
  'more than the late starts explain',
  answers,
  'reconnect-storm',
  {...openedAt(...every100Ms(9100, 10)), ...lateStarts(0)},
  {value: 5},
);
test(
  'as many as started late',
  answers,
  'reconnect-storm',
  {...openedAt(...every100Ms(9100, 10)), ...lateStarts(8)},
  /^10 connections were opened in one second of phase recovery, but 8 operations started late/,
);
test('not noted', answers, 'reconnect-storm', {}, /does not record individual connections$/);

const metric = (changes: object): MetricSummary =>
  ({phase: recovery, scope: 'pg', unit: '', attributes: {}, ...changes}) as MetricSummary;
const pool = (...metrics: MetricSummary[]): TrialChanges => ({telemetry: {...telemetryOf([]), metrics}});
const used = (last: number) =>
  metric({
    name: 'db.client.connection.count',
    kind: 'sum',
    attributes: {'db.client.connection.state': 'used'},
    increase: 0,
    last,
  });
test('two', answers, 'pool-slot-leak', pool(used(2)), {value: 2, phase: 'drain'});
test('none', answers, 'pool-slot-leak', pool(used(0)), 'clear');
test(
  'two, and a first operation that never settled',
  answers,
  'pool-slot-leak',
  {...pool(used(2)), firstUnsettled: {afterMs: 500, settledMs: null}},
  /^the operation tried before the load never settled/,
);
test(
  'one, by the gauge alone',
  answers,
  'pool-slot-leak',
  pool(used(1)),
  /^only the gauge shows 1 connection /,
);
const usedIn = (phase: number, last: number): MetricSummary => ({...used(last), phase});
test(
  'three, as many as in the calm',
  answers,
  'pool-slot-leak',
  pool(usedIn(baseline, 3), usedIn(recovery, 3)),
  /it showed 3 before the first fault/,
);
const failingAfter = {
  driver: {phases: [figuresOf(baseline, 400), figuresOf(recovery, 400, {outcomes: {failed: 8}})]},
};
/** The SDK's word that nothing was lost: without it no gauge is held against the sockets. */
const sdkSpans = metric({
  scope: 'sdk',
  name: 'otel.sdk.span.started',
  kind: 'sum',
  isMonotonic: true,
  increase: 1,
  last: 1,
});
const contradicted = (...metrics: MetricSummary[]): TrialChanges => ({
  ...failingAfter,
  telemetry: {...telemetryOf([1]), metrics: [sdkSpans, ...metrics]},
  injector: [connectionsAt(18_900, 2, 2)],
});
test(
  'a contradicted gauge',
  answers,
  'pool-slot-leak',
  contradicted(used(9)),
  /contradict it \(pool-gauge-wrong\)$/,
);
test('a contradicted gauge', answers, 'pool-gauge-wrong', contradicted(used(9)), {
  value: 7,
  phase: 'recovery',
});
test('a gauge that fits', answers, 'pool-slot-leak', contradicted(used(3)), {value: 3, phase: 'drain'});
const cycle = trialWith().plan.phases.slice(2);
const inCycles = (...slots: number[]): TrialChanges => ({
  ...pool(...slots.map((last, index) => ({...used(last), phase: recovery + 2 * index}))),
  plan: {
    phases: [...trialWith().plan.phases, ...slots.slice(1).flatMap(() => cycle)] as unknown as Plan['phases'],
  },
  driver: {drained: {atMs: 1, inFlight: 3}},
});
const severityOf = (changes: TrialChanges): string =>
  presentOf(detectOne('pool-slot-leak', trialWith(changes))).severity;
test('a gauge alone fails no run', t => {
  t.is(severityOf(pool(used(2))), 'warn');
  t.is(severityOf(inCycles(1, 2, 5)), 'warn');
  t.is(severityOf({...pool(used(1)), ...failingAfter}), 'fail');
});
test('more with each fault', answers, 'pool-slot-leak', inCycles(1, 2, 5), {value: 4, phase: 'recovery'});
test('more with nearly each fault', answers, 'pool-slot-leak', inCycles(1, 3, 3, 5, 4, 8), {value: 7});
test('no more than a gauge that lags', answers, 'pool-slot-leak', inCycles(1, 1, 2), /^3 operations/);
test(
  'all given back in the end',
  answers,
  'pool-slot-leak',
  {...inCycles(1, 2, 5, 0), driver: {drained: {atMs: 1, inFlight: 0}}},
  'clear',
);
test('not with each fault', answers, 'pool-slot-leak', inCycles(1, 5, 5), /^3 operations/);
test('more with each of two', answers, 'pool-slot-leak', inCycles(1, 5), /^3 operations/);
test('not told', answers, 'pool-slot-leak', {}, /does not emit db.client.connection.count/);
test(
  'still under way',
  answers,
  'pool-slot-leak',
  {...pool(used(2)), driver: {drained: {atMs: 1, inFlight: 3}}},
  /^3 operations/,
);

const waiting = (mean: number) =>
  pool(
    metric({
      name: 'db.client.connection.pending_requests',
      kind: 'gauge',
      mean,
      max: 9,
      last: 0,
    }),
  );
const queued = metric({
  name: 'db.client.connection.pending_requests',
  kind: 'gauge',
  mean: 7,
  max: 9,
  last: 0,
});
test(
  'of a contradicted pool',
  answers,
  'pool-exhaustion',
  contradicted(used(9), queued),
  /contradict the pool's gauge/,
);
test('of a pool that fits', answers, 'pool-exhaustion', contradicted(used(2), queued), {value: 7});
const waitTime = (bucketCounts: number[]) =>
  pool(
    metric({
      name: 'db.client.connection.wait_time',
      kind: 'histogram',
      unit: 's',
      count: 100,
      sum: 1,
      bounds: [0.1, 1.5],
      bucketCounts,
    }),
  );
const timedOut = (increase: number) =>
  pool(metric({name: 'db.client.connection.timeouts', kind: 'sum', increase, last: increase}));
test('five wait', answers, 'pool-exhaustion', waiting(5), {value: 5, phase: 'recovery'});
test('none waits', answers, 'pool-exhaustion', waiting(0.1), 'clear');
test('long waits', answers, 'pool-exhaustion', waitTime([98, 2, 0]), {value: 1500});
test('short waits', answers, 'pool-exhaustion', waitTime([99, 1, 0]), 'clear');
test('a time-out', answers, 'pool-exhaustion', timedOut(1), {value: 1});
test('not told', answers, 'pool-exhaustion', {}, /does not emit pool metrics/);

/** The peer falls silent at 5 s, and the deadline is 2 s. */
const silent = (attempts: number, openedLater: number): TrialChanges => {
  const {ledger} = booksOf([{phase: fault}]);
  const attemptsByBin = Array.from({length: 18}, (_, index) => (index >= 15 ? attempts : 0));
  return {
    injector: [connectionsAt(7400, 3, 3), connectionsAt(8900, 3, 3 + openedLater)],
    ledger: {...ledger!, attemptsByBin},
  };
};
test('5 over each', answers, 'half-open-reuse', silent(5, 0), {value: 5, phase: 'stall'});
test('1 over each', answers, 'half-open-reuse', silent(1, 0), 'clear');
test('over new ones', answers, 'half-open-reuse', silent(5, 1), 'clear');
test('no ledger', answers, 'half-open-reuse', {}, /keeps no ledger$/);

/** 100 bytes for each of the 400 operations of the baseline, and then so many from half a second after the deadline on. */
const passing = (upstreamBytes: number, openedLater = 0, started = 50): TrialChanges => {
  const at = (atMs: number, bytes: number, opened = 3): InjectorSample => {
    const sample = connectionsAt(atMs, 3, opened);
    return {...sample, witness: {...sample.witness, upstreamBytes: bytes}};
  };
  return {
    injector: [
      at(1000, 0),
      at(5000, 40_000),
      at(7400, 50_000),
      at(8900, 50_000 + upstreamBytes, 3 + openedLater),
    ],
    driver: {bins: [7500, 8000, 8500].map(startMs => binAt(startMs, {phase: fault, started}))},
  };
};
test('150 by their bytes', answers, 'half-open-reuse', passing(15_000), {value: 50, phase: 'stall'});
test('bytes of heartbeats', answers, 'half-open-reuse', passing(7499), 'clear');
test('bytes over new connections', answers, 'half-open-reuse', passing(15_000, 1), 'clear');
test('no bytes', answers, 'half-open-reuse', passing(0), 'clear');
test('nothing to send', answers, 'half-open-reuse', passing(0, 0, 0), /keeps no ledger$/);
for (const faults of [[stall({direction: 'both'})], [stall(), halfOpen()]]) {
  test(
    `bytes that do not pass (${faults.map(({kind}) => kind).join(', ')})`,
    answers,
    'half-open-reuse',
    {
      ...passing(15_000),
      plan: {
        phases: trialWith().plan.phases.map(phase =>
          phase.role === 'fault' ? {...phase, faults} : phase,
        ) as unknown as Plan['phases'],
      },
    },
    /keeps no ledger$/,
  );
}

const idle = {
  plan: {
    phases: trialWith().plan.phases.map(phase =>
      phase.role === 'fault' ? {...phase, faults: [dropKeepAlive()]} : phase,
    ) as unknown as Plan['phases'],
  },
};
const reset = (count: number, started = 1000): TrialChanges => ({
  ...idle,
  driver: {
    phases: [figuresOf(fault, started)],
    failures: [
      {
        key: 'reset',
        status: 'unknown',
        error: {name: 'Error', code: 'ECONNRESET', message: 'read ECONNRESET', stack: [], causes: []},
        count,
        countByPhase: {[fault]: count},
        examples: [],
      },
    ],
  },
});
test('2 of 1000', answers, 'stale-keep-alive', reset(2), {value: 0.002, phase: 'stall'});
test('1 of 1000', answers, 'stale-keep-alive', reset(1), 'clear');
test('1 of 50', answers, 'stale-keep-alive', reset(1, 50), /may have crossed on the wire$/);
test('2 of 50', answers, 'stale-keep-alive', reset(2, 50), {value: 0.04, phase: 'stall'});
test('not tried', answers, 'stale-keep-alive', {}, /^no phase closes idle connections/);

const inFlight = (calm: number, ...counts: number[]): TrialChanges => {
  const sample = (atMs: number, inFlightCount: number) => ({
    atMs,
    cpuMs: 0,
    rssBytes: 0,
    heapUsedBytes: 0,
    externalBytes: 0,
    loopDelayMaxMs: 0,
    loopUtilisationRatio: 0,
    gcMs: 0,
    gcCount: 0,
    inFlightCount,
  });
  return {
    resources: [sample(4000, calm), ...counts.map((count, index) => sample(5500 + index * 500, count))],
  };
};
test('grows to 1200', answers, 'unbounded-queue', inFlight(3, 300, 600, 900, 1200), {
  value: 1200,
  phase: 'stall',
});
test('grows to 1200 from 150', answers, 'unbounded-queue', inFlight(150, 300, 600, 900, 1200), 'clear');
test('stays at 1200', answers, 'unbounded-queue', inFlight(3, 1200, 1200, 1200), 'clear');
test(
  'held back by the load',
  answers,
  'unbounded-queue',
  {...inFlight(3, 500, 500), driver: {phases: [figuresOf(fault, 10, {dropped: 1})]}},
  /maxInFlight held back/,
);
test('not counted', answers, 'unbounded-queue', {}, /were not counted/);
