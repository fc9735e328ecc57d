// A scenario that names no goals is held to these: no hung, lost, duplicated or crossed operation, no crash, no leak, and a
// recovery within 5 s.
import test from 'ava';
import {type OutcomeStatus, outcomeCode} from '../../../src/model/outcome.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {
  baseline,
  binAt,
  connectionsAt,
  fault,
  figuresOf,
  recovery,
  type TrialChanges,
  telemetryOf,
  trialWith,
} from '../../helpers/trial-believable.ts';

const mib = 1024 ** 2;
const heap = (phase: number | null, heapUsedBytes: number) => ({
  atMs: 0,
  phase,
  heapUsedBytes,
  externalBytes: 0,
});
const started = [100, 400, 400, 1000];

/** All operations succeed, but for one of the fault. */
const driven = (odd: OutcomeStatus = 'ok'): Partial<Trial['driver']> => {
  const outcomesOf = (phase: number): OutcomeStatus[] =>
    Array.from({length: started[phase]!}, (_, index) => (phase === fault && index === 0 ? odd : 'ok'));
  return {
    phases: started.map((count, phase) =>
      figuresOf(phase, count, phase === fault && odd !== 'ok' ? {outcomes: {[odd]: 1}} : {}),
    ),
    outcomes: Uint8Array.from(
      started.flatMap((_, phase) => outcomesOf(phase)),
      outcomeCode,
    ),
    operationPhases: Uint8Array.from(
      started.flatMap((count, phase) => Array.from({length: count}, () => phase)),
    ),
  };
};

/** Each operation is applied once, but for the last. */
const applied = (times: number): TrialChanges => ({
  plan: {operation: {deadlineMs: 2000, idempotent: false}},
  verified: {
    applied: Uint8Array.from({length: 1900}, (_, index) => (index === 1899 ? times : 1)),
    owed: null,
    queued: null,
    reordered: null,
  },
});

const bins = (badCount: number) =>
  Array.from({length: 20}, (_, index) =>
    binAt(9000 + 500 * index, index < badCount ? {outcomes: {...binAt(0).outcomes, ok: 20, hung: 30}} : {}),
  );

const stalled = ({atMs, witness}: Trial['injector'][0]): Trial['injector'][0] => ({
  atMs,
  witness: {
    ...witness,
    faults: {
      'stall-1-stall': {
        type: 'stall',
        stream: 'downstream',
        decisions: 2,
        applied: 2,
        connectionsHit: 2,
        actions: 2,
        firstHitMs: null,
        lastHitMs: null,
      },
    },
  },
});

const used = {
  phase: recovery,
  scope: 'pg',
  unit: '',
  attributes: {'db.client.connection.state': 'used'},
  name: 'db.client.connection.count',
  kind: 'sum',
  isMonotonic: false,
  increase: 0,
  last: 2,
} as const;

const rows: readonly (readonly [title: string, changes: TrialChanges])[] = [
  ['a hung operation', {driver: driven('hung')}],
  ['an acknowledged operation that was lost', applied(0)],
  ['an operation that was applied twice', applied(2)],
  ['a crossed operation', {driver: driven('wrong')}],
  [
    'a crash',
    {
      end: {kind: 'crashed', exitCode: 1, signal: null, outOfMemory: false, error: null},
      exit: {...trialWith().exit!, exitCode: 1},
    },
  ],
  [
    'a connection leak',
    {
      injector: [connectionsAt(3000, 2), stalled(connectionsAt(25_400, 9))],
      // Idle connections had six seconds to close.
      closing: {startMs: 25_500, durationMs: 5},
    },
  ],
  ['a heap that has grown', {heaps: [heap(baseline, 30 * mib), heap(null, 40 * mib)]}],
  [
    'a listener leak',
    {warnings: [{atMs: 6000, name: 'MaxListenersExceededWarning', message: 'Possible leak detected.'}]},
  ],
  ['a recovery that takes longer than 5 s', {driver: {bins: bins(11)}}],
];

const verdictOf = (changes: TrialChanges): string => {
  const [judged] = judgeRun(
    [trialWith({...changes, driver: {...driven(), ...changes.driver}})],
    ['defaults'],
  ).trials;
  return judged!.gates.length === 0 ? judged!.verdict : JSON.stringify(judged!.gates);
};

test('with nothing of it a run without goals is met', t => {
  t.is(verdictOf(applied(1)), 'met');
  t.is(verdictOf({driver: {bins: bins(10)}}), 'met');
});

for (const [title, changes] of rows) {
  test(`without goals, ${title} misses the run`, t => {
    t.is(verdictOf(changes), 'missed');
  });
}

test('a slot that was not given back misses no run, since a gauge alone says so', t => {
  t.is(verdictOf({telemetry: {...telemetryOf([]), metrics: [used]}}), 'met');
});

test('where a scenario has goals, a leak that no cycles prove is a warning', t => {
  for (const title of ['a heap that has grown', 'a listener leak']) {
    const changes = rows.find(([name]) => name === title)![1];
    t.is(verdictOf({...changes, plan: {goals: {recovery: {hungCount: {max: 0}}}}}), 'met');
  }
});
