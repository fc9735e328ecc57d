// Each gate at its limit and just beyond, with the figures that it tells.
import test from 'ava';
import {encodeHistogram, latencyHistogram, recordMs} from '../../../src/load/histogram.ts';
import type {HarnessSample} from '../../../src/model/event.ts';
import {latency} from '../../../src/model/fault.ts';
import type {GoalResult} from '../../../src/model/goal.ts';
import type {Load, Plan} from '../../../src/model/plan.ts';
import {redisError} from '../../../src/model/reply-fault.ts';
import type {Calibration, Gate, PhaseSummary} from '../../../src/model/run.ts';
import {serverStop} from '../../../src/model/server-fault.ts';
import {tlsClose} from '../../../src/model/tls-fault.ts';
import {checkGates} from '../../../src/run/judge/gates.ts';
import {judgeGoals} from '../../../src/run/judge/goals.ts';
import {summarisePhases} from '../../../src/run/judge/summarise.ts';
import {figuresIn} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  connectionsAt,
  fault,
  figuresOf,
  recovery,
  resourcesOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../../helpers/trial-believable.ts';

/** A gate with its figures; both its sentences are there. */
const lineOf = ({name, reason, advice, stack}: Gate): string => {
  if (reason === '' || !/\.$/.test(advice)) return `${name} says nothing`;
  return [name, figuresIn(reason), ...(stack ?? [])].filter(part => part !== '').join(' ');
};

type More = {
  readonly calibration?: Calibration;
  readonly phase?: (summary: PhaseSummary) => PhaseSummary;
};

const gates = test.macro({
  title: (title = '') => `gates: ${title}`,
  exec(t, changes: TrialChanges, expected: readonly string[], {calibration, phase}: More = {}) {
    const trial = trialWith(changes);
    const phases = summarisePhases(trial).map(summary => phase?.(summary) ?? summary);
    const goals = judgeGoals(trial) as readonly GoalResult[];
    // These trials have the byte of no operation, and no connection that a fault might have hit.
    const left = checkGates({trial, phases, goals, calibration: calibration ?? null}).filter(
      ({name}) => !['accounting-mismatch', 'fault-without-hits'].includes(name),
    );
    t.deepEqual(left.map(lineOf), expected);
  },
});

const lagOf = (ms: number): string => {
  const histogram = latencyHistogram(3);
  recordMs(histogram, ms);
  return encodeHistogram(histogram);
};
const started = (count: number, lagMs: number, changes: TrialChanges = {}): TrialChanges => ({
  plan: {load: {model: 'closed', concurrency: 4}},
  ...changes,
  driver: {
    phases: [
      figuresOf(warmUp, 400, {startLagUs: lagOf(900)}),
      figuresOf(baseline, count, {startLagUs: lagOf(lagMs)}),
      figuresOf(fault, 400, {startLagUs: lagOf(900)}),
    ],
  },
});
const idle: Calibration = {operationCount: 300, cpuUsPerOperation: 100, startLagP99Ms: 2};
test('late by no more than a twentieth of the deadline', gates, started(300, 99.9), []);
test('late by more', gates, started(300, 102), ['machine-saturated 102 99 300 100']);
test('late by more, with a calibration', gates, started(300, 102), ['machine-saturated 102 99 300 100 2.0'], {
  calibration: idle,
});
test('late, and few', gates, started(299, 102), []);
const deadline = (deadlineMs: number): Partial<Plan> => ({
  load: {model: 'closed', concurrency: 4},
  operation: {deadlineMs, idempotent: true},
});
test('late by 20 ms of a short deadline', gates, started(300, 19.9, {plan: deadline(100)}), []);
test('late by 21 ms of a short deadline', gates, started(300, 21, {plan: deadline(100)}), [
  'machine-saturated 21 99 300 20',
]);
const cpu = (cpuMs: number): TrialChanges => ({phaseResources: [resourcesOf(baseline, {cpuMs})]});
test('late by its own doing', gates, started(300, 102, cpu(2000)), []);
test('late by nearly its own doing', gates, started(300, 102, cpu(1999)), [
  'machine-saturated 102 99 300 100',
]);
test(
  'late as the calibration was',
  gates,
  started(300, 102, cpu(2000)),
  ['machine-saturated 102 99 300 100 101.0'],
  {calibration: {...idle, startLagP99Ms: 101}},
);
test('late, and the calibration nearly was', gates, started(300, 102, cpu(2040)), [], {
  calibration: {...idle, startLagP99Ms: 100},
});

const loads = (load: Load, ...offered: number[]): TrialChanges => ({
  plan: {load},
  driver: {
    phases: [warmUp, baseline, fault, recovery].map((phase, index) => figuresOf(phase, offered[index] ?? 0)),
  },
});
const open: Load = {model: 'open', ratePerSecond: 100, maxInFlight: 100};
test('99 of 100 starts', gates, loads(open, 100, 400, 400, 981), []);
test('fewer starts', gates, loads(open, 100, 400, 400, 980), ['load-not-offered 1900 1880 98.9 99']);
test(
  'fewer starts, for the library has the loop',
  gates,
  {...loads(open, 100, 400, 400, 980), phaseResources: [resourcesOf(recovery, {cpuMs: 2000})]},
  [],
);
test('fewer starts than can tell', gates, loads({...open, ratePerSecond: 15}, 0, 1, 1, 1), []);
test('as few as can tell', gates, loads({...open, ratePerSecond: 16}, 0, 1, 1, 1), [
  'load-not-offered 304 3 1.0 99',
]);
const ramp: Load = {model: 'ramp', fromPerSecond: 50, toPerSecond: 150, maxInFlight: 100};
test('a ramp', gates, loads(ramp, 100, 400, 400, 981), []);
test('less of a ramp', gates, loads(ramp, 100, 400, 400, 980), ['load-not-offered 1900 1880 98.9 99']);
const bursts: Load = {model: 'bursts', burstSize: 100, everyMs: 600, maxInFlight: 100};
test('all bursts but the last', gates, loads(bursts, 100, 600, 600, 1571), []);
test('fewer bursts', gates, loads(bursts, 100, 600, 600, 1570), ['load-not-offered 2900 2870 99.0 99']);
test('a closed load', gates, loads({model: 'closed', concurrency: 3}, 1, 1, 1, 1), []);
test(
  'a phase that was cut short',
  gates,
  {...loads(open, 100, 400, 300), edges: trialWith().edges.slice(0, 3), loadEndedMs: 8000},
  [],
);
test(
  'a phase that was cut short, and less of it',
  gates,
  {...loads(open, 100, 400, 290), edges: trialWith().edges.slice(0, 3), loadEndedMs: 8000},
  ['load-not-offered 800 790 98.8 99'],
);

const dropping = (phase: number, dropped: number, changes: TrialChanges): TrialChanges => ({
  plan: {load: {model: 'closed', concurrency: 4}},
  ...changes,
  driver: {
    phases: [figuresOf(baseline, 400), ...[figuresOf(phase, 150, {offered: 150 + dropped, dropped})]].slice(
      phase === baseline ? 1 : 0,
    ),
  },
});
const harness = (changes: Partial<HarnessSample> = {}): HarnessSample => ({
  process: 'target',
  phase: baseline,
  durationMs: 1000,
  cpuMs: 100,
  loopDelayP99Ms: 1,
  loopDelayMaxMs: 9,
  tickCount: 300,
  ...changes,
});
test('more than half dropped by a busy process', gates, dropping(baseline, 151, cpu(2000)), [
  'load-dropped 151 301 50 50',
]);
test('more than half dropped by one that is nearly busy', gates, dropping(baseline, 151, cpu(1999)), []);
test('half dropped', gates, dropping(baseline, 150, cpu(4000)), []);
test('more than half of few', gates, dropping(baseline, 149, cpu(4000)), []);
test(
  'more than half dropped under a fault',
  gates,
  dropping(fault, 900, {phaseResources: [resourcesOf(fault, {cpuMs: 4000})]}),
  [],
);
test(
  'more than half dropped by a busy target',
  gates,
  dropping(baseline, 200, {harness: [harness({cpuMs: 600}), harness({cpuMs: 700, phase: fault})]}),
  ['load-dropped 200 350 57 60'],
);

const looked = (...samples: Partial<HarnessSample>[]): TrialChanges => ({
  ...started(300, 1),
  harness: samples.map(harness),
});
test(
  'processes with time to spare',
  gates,
  looked(
    {loopDelayP99Ms: 100, cpuMs: 899},
    {tickCount: 299, cpuMs: 999},
    {phase: warmUp, cpuMs: 999},
    {phase: 9, cpuMs: 999},
  ),
  [],
);
test(
  'processes without',
  gates,
  looked(
    {process: 'parent', cpuMs: 900},
    {process: 'injector', loopDelayP99Ms: 101},
    {process: 'target', phase: fault, cpuMs: 950, loopDelayP99Ms: 300},
    {process: 'receiver', phase: recovery, cpuMs: 1000},
  ),
  [
    'parent-saturated 90 90',
    'injector-saturated 101 99 300 100',
    'target-saturated 300 99 300 100',
    'receiver-saturated 100 90',
  ],
);
test('which process', t => {
  const trial = trialWith(
    looked(
      {process: 'parent', cpuMs: 900},
      {process: 'injector', cpuMs: 900},
      {cpuMs: 900},
      {process: 'receiver', cpuMs: 900},
    ),
  );
  const told = checkGates({trial, phases: [], goals: [], calibration: null});
  t.deepEqual(
    told
      .filter(({name}) => name.endsWith('-saturated'))
      .map(({reason}) => / (\w+)/.exec(reason.replace(/^The telemetry/, 'The'))?.[1]),
    ['parent', 'injector', 'target', 'receiver'],
  );
});

const calm = (ok: number, goals: Plan['goals'] = {}): TrialChanges => ({
  plan: {load: {model: 'closed', concurrency: 4}, goals},
  driver: {
    phases: [
      figuresOf(baseline, 400, {outcomes: {failed: 400 - ok}}),
      figuresOf(fault, 400, {outcomes: {failed: 400}}),
    ],
  },
});
test('half of the calm operations', gates, calm(200), []);
test('less than half', gates, calm(199), ['baseline-fails 49.8 400']);
test(
  'none that was started',
  gates,
  {plan: {load: {model: 'closed', concurrency: 4}}, driver: {phases: []}},
  ['baseline-fails'],
);
const limits: Plan['goals'] = {
  baseline: {successRatio: {min: 0.98765, max: 1}, hungCount: {max: 0}, wrongCount: {min: 3}},
  stall: {successRatio: {min: 0.9}},
};
test('goals that a calm network misses', gates, calm(390, limits), [
  'baseline-misses-goal 0.975 400 0.9877 1',
  'baseline-misses-goal 0 400 3',
]);
test(
  'goals of a scenario without a fault',
  gates,
  {
    ...calm(390, limits),
    plan: {
      ...calm(390, limits).plan,
      phases: trialWith().plan.phases.map(phase =>
        phase.role === 'fault' ? {...phase, role: 'recovery', faults: []} : phase,
      ) as unknown as Plan['phases'],
    },
  },
  [],
);

const dice = (askedRatio: number | null, decisions: number | null, applied: number | null): More => ({
  phase: summary =>
    summary.role === 'fault'
      ? {
          ...summary,
          faults: [
            {name: 'f', kind: 'latency', connectionsHit: 1, actions: 1, askedRatio, decisions, applied},
          ],
        }
      : summary,
});
test('dice', gates, started(300, 1), ['fault-rate-off 20 40 100 99 27.6 53.4'], dice(0.2, 100, 40));
test('dice at no end of the interval', gates, started(300, 1), [], dice(0.2, 100, 31));
for (const [title, more] of [
  ['not asked', dice(null, 100, 40)],
  ['not rolled', dice(0.2, 0, 0)],
  ['not told', dice(0.2, 100, null)],
  ['not counted', dice(0.2, null, 3)],
] as const) {
  test(`dice that were ${title}`, gates, started(300, 1), [], more);
}
const failed = (failedConnections: number, lastFailure: string | null): TrialChanges => ({
  ...started(300, 1),
  injector: [connectionsAt(1, 1), connectionsAt(2, 1)].map((one, index) => ({
    ...one,
    witness: {...one.witness, failedConnections: failedConnections * (index + 1), lastFailure},
  })),
});
test('faults that failed', gates, failed(2, 'line 7\nline 8'), ['fault-failed 4 7']);
test('faults that failed without a word', gates, failed(2, null), ['fault-failed 4']);
test('no fault that failed', gates, failed(0, 'line 7'), []);
test(
  'what went wrong beside the trial',
  gates,
  {
    ...started(300, 1),
    end: {kind: 'interrupted'},
    troubles: [{atMs: 1, what: 'journal', message: 'disk 9'}],
    hookFailures: [
      {hook: 'verify', message: 'no 5', advice: 'See to it.', stack: ['at x']},
      {hook: 'prepare', message: 'no 6', advice: 'See to it.', stack: []},
    ] as unknown as NonNullable<TrialChanges['hookFailures']>,
  },
  ['interrupted', 'verify-failed 5 at x', 'prepare-failed 6', 'harness-journal 9'],
);

test('a fault that hit nothing', t => {
  const phases = trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults: [latency({latencyMs: 1})]} : phase,
  ) as unknown as Plan['phases'];
  const trial = trialWith({...started(300, 1), plan: {phases}, injector: [connectionsAt(1, 1)]});
  const told = checkGates({trial, phases: summarisePhases(trial), goals: [], calibration: null}).filter(
    ({name}) => name.startsWith('fault-'),
  );
  t.deepEqual(told.map(lineOf), ['fault-without-hits 400']);
});

test("a server's error that could not be said, and why", t => {
  const phases = trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults: [redisError({error: 'LOADING'})]} : phase,
  ) as unknown as Plan['phases'];
  const sample = connectionsAt(1, 1);
  const lastLost = 'the connection is encrypted (TLS)';
  const protocol = {
    protocol: 'redis',
    followedConnections: 4,
    lostConnections: 3,
    lastLost,
    lastUnsaid: null,
  } as const;
  const injector = [{...sample, witness: {...sample.witness, protocol}}];
  const trial = trialWith({...started(300, 1), plan: {phases}, injector});
  const [gate] = checkGates({trial, phases: summarisePhases(trial), goals: [], calibration: null}).filter(
    ({name}) => name === 'fault-without-hits',
  );
  t.regex(gate!.reason, /; 3 of 4 connections could not be followed: the connection is encrypted \(TLS\)\.$/);
});

test('a TLS fault whose connections stayed in plain text', t => {
  const phases = trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults: [tlsClose()]} : phase,
  ) as unknown as Plan['phases'];
  const sample = connectionsAt(1, 1);
  const reasonWith = (counts: {
    readonly lostConnections: number;
    readonly tlsConnections?: number;
  }): string => {
    const witness = {followedConnections: 4, lastLost: null, lastUnsaid: null, ...counts};
    const protocol = {protocol: 'postgres', ...witness} as const;
    const injector = [{...sample, witness: {...sample.witness, protocol}}];
    const trial = trialWith({...started(300, 1), plan: {phases}, injector});
    const found = checkGates({trial, phases: summarisePhases(trial), goals: [], calibration: null});
    return found.find(({name}) => name === 'fault-without-hits')!.reason;
  };
  const plain = /; none of 4 connections of PostgreSQL began TLS\.$/;
  t.regex(reasonWith({lostConnections: 0, tlsConnections: 0}), plain);
  t.notRegex(reasonWith({lostConnections: 0, tlsConnections: 1}), plain);
  // There was some, which was lost sight of; and an older run did not count it.
  t.notRegex(reasonWith({lostConnections: 1, tlsConnections: 0}), plain);
  t.notRegex(reasonWith({lostConnections: 0}), plain);
});

test('a server that no fault took away, and one that nobody missed', t => {
  const phases = trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults: [serverStop()]} : phase,
  ) as unknown as Plan['phases'];
  const told = (operations: number): string[] => {
    const trial = trialWith({...started(300, 1), plan: {phases}});
    const rows = summarisePhases(trial).map(row => ({
      ...row,
      started: operations,
      faults: row.faults.map(summary => ({...summary, actions: 0})),
    }));
    return checkGates({trial, phases: rows, goals: [], calibration: null}).flatMap(({name, reason}) =>
      name === 'fault-without-hits' ? [reason] : [],
    );
  };
  t.deepEqual(told(400), [
    'The fault serverStop of phase stall never took the server away, although 400 operations started.',
  ]);
  t.deepEqual(told(0), [
    'The fault serverStop of phase stall met no client: no connection was open, and no operation started.',
  ]);
});

test(
  'most of few dropped',
  gates,
  {
    ...dropping(baseline, 0, cpu(4000)),
    driver: {phases: [figuresOf(baseline, 149, {offered: 299, dropped: 150})]},
  },
  [],
);
test(
  'a process at the limit of its delay, and beyond that of its core',
  gates,
  looked({loopDelayP99Ms: 100, cpuMs: 900}),
  ['target-saturated 90 90'],
);
test('what a baseline without starts says', t => {
  const trial = trialWith({plan: {load: {model: 'closed', concurrency: 4}}, driver: {phases: []}});
  const told = checkGates({trial, phases: summarisePhases(trial), goals: [], calibration: null});
  t.regex(
    told.find(({name}) => name === 'baseline-fails')!.reason,
    /without any fault, no operation started\.$/,
  );
});
