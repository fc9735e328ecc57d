// What keeps a trial from being judged: dice that fell otherwise than asked, a machine or a harness that is too busy, a
// baseline that is not calm.
import test from 'ava';
import type {HarnessSample, TrialEvent} from '../../../src/model/event.ts';
import type {Verdict} from '../../../src/model/goal.ts';
import type {Phase, Plan} from '../../../src/model/plan.ts';
import type {ProxyWitness} from '../../../src/model/proxy-witness.ts';
import type {Calibration, FaultSummary, TrialJudgement} from '../../../src/model/run.ts';
import {checkGates} from '../../../src/run/judge/gates.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {summarisePhases} from '../../../src/run/judge/summarise.ts';
import {foldOf, journalOf, plan, trialOf} from '../../helpers/run-journal.ts';

const gatesOf = (dice: Partial<FaultSummary>) => {
  const trial = trialOf();
  const phases = summarisePhases(trial).map(phase => ({
    ...phase,
    faults: phase.faults.map(fault => ({...fault, ...dice})),
  }));
  return checkGates({trial, phases, goals: [], calibration: null});
};

for (const [title, dice, isOff] of [
  ['all of all is what was asked', {askedRatio: 1, decisions: 2, applied: 2}, false],
  ['one miss of all is off', {askedRatio: 1, decisions: 1000, applied: 999}, true],
  ['a rate inside of its interval is right', {askedRatio: 0.2, decisions: 100, applied: 28}, false],
  ['a rate above its interval is off', {askedRatio: 0.2, decisions: 100, applied: 40}, true],
  ['a rate below its interval is off', {askedRatio: 0.2, decisions: 100, applied: 8}, true],
  ['few rolls prove little', {askedRatio: 0.2, decisions: 2, applied: 2}, false],
  ['no rolls prove nothing', {askedRatio: 0.2, decisions: 0, applied: 0}, false],
  ['without dice there is no rate', {askedRatio: null, decisions: null, applied: null}, false],
  ['an injector that does not count is trusted', {askedRatio: 0.2, decisions: null, applied: null}, false],
] as const) {
  test(title, t => {
    t.deepEqual(
      gatesOf(dice).map(({name}) => name),
      isOff ? ['fault-rate-off'] : [],
    );
  });
}

test('the gate tells the numbers', t => {
  const [gate] = gatesOf({askedRatio: 0.2, decisions: 100, applied: 40});
  t.is(
    gate?.reason,
    'The fault latency of phase slow was to hit 20% and hit 40 of 100 (99% interval 27.6% to 53.4%).',
  );
});

test('a fault that failed in the injector is no test, and a journal that does not know of any is', t => {
  const names = (failure: Partial<ProxyWitness>): readonly string[] => {
    const trial = trialOf();
    const injector = trial.injector.map(sample => ({...sample, witness: {...sample.witness, ...failure}}));
    const phases = summarisePhases(trial);
    return checkGates({trial: {...trial, injector}, phases, goals: [], calibration: null}).map(
      ({name, reason}) => `${name}: ${reason}`,
    );
  };
  t.deepEqual(names({failedConnections: 2, lastFailure: 'l: RangeError: no\n    at x.ts:1'}), [
    'fault-failed: A fault failed inside the injector, which reset 2 connections: l: RangeError: no',
  ]);
  t.deepEqual(names({}), []);
  const old = {failedConnections: undefined, lastFailure: undefined} as unknown as Partial<ProxyWitness>;
  t.deepEqual(names(old), []);
});

/** The deadline of the trial is 1 s: what may not be late by more than 5 % of it may be so by 50 ms. */
type Odds = {
  readonly started?: number;
  readonly lagMs?: number;
  /** CPU time of the subject, of a core. */
  readonly cpuRatio?: number;
  readonly calibration?: Partial<Calibration>;
  readonly offered?: number;
  /** In the baseline. */
  readonly dropped?: number;
  /** Under the fault. */
  readonly slowDropped?: number;
  readonly harness?: Partial<HarnessSample>;
  readonly goals?: Plan['goals'];
  readonly role?: 'baseline' | 'warm-up';
  readonly calmOk?: number;
  readonly faultless?: boolean;
};

const calibrationOf = (change: Partial<Calibration>): Calibration => ({
  operationCount: 300,
  cpuUsPerOperation: 100,
  startLagP99Ms: 1,
  ...change,
});

const resourcesOf = (phase: number, cpuRatio: number): TrialEvent => ({
  kind: 'phase-resources',
  resources: {
    phase,
    durationMs: 1000,
    cpuMs: 1000 * cpuRatio,
    loopDelayP50Ms: 0,
    loopDelayP99Ms: 0,
    loopDelayMaxMs: 0,
    loopUtilisationRatio: 1,
    gcMs: 0,
    gcCount: 0,
  },
});

const judged = (odds: Odds): TrialJudgement => {
  const {started = 400, lagMs = 0, cpuRatio = 0.1, offered, harness, goals = {}, role = 'baseline'} = odds;
  const calmOk = odds.calmOk ?? started;
  const [calm, slow] = plan.phases as readonly [Phase, Phase];
  const phases: Plan['phases'] = odds.faultless ? [{...calm, role}] : [{...calm, role}, slow];
  const ratePerSecond = (offered ?? started + 100) / 2;
  const of: Plan = {...plan, phases, goals, load: {model: 'open', ratePerSecond, maxInFlight: 100}};
  const more: TrialEvent[] = [resourcesOf(0, cpuRatio), resourcesOf(1, cpuRatio)];
  const sample = {durationMs: 1000, cpuMs: 100, loopDelayP99Ms: 1, loopDelayMaxMs: 9, tickCount: 300};
  if (harness) {
    more.push({kind: 'harness', sample: {process: 'injector', phase: 0, ...sample, ...harness}});
  }
  const {dropped = 0, slowDropped = 0} = odds;
  const outcomes = {ok: calmOk, unknown: started - calmOk};
  const story = {calm: {outcomes, okMs: 10 + lagMs, lagMs, dropped}, slow: {dropped: slowDropped}, more};
  const trial = foldOf(journalOf(story), of)!;
  const calibration = odds.calibration ? calibrationOf(odds.calibration) : null;
  return judgeRun([trial], ['after'], () => calibration).trials[0]!;
};

const quick = {calm: {responseP99Ms: {max: 40}}};

const rows: readonly (readonly [title: string, odds: Odds, gates: readonly string[]])[] = [
  ['all is well', {}, []],
  ['starts that are in time', {lagMs: 49}, []],
  ['starts that are late on a calm network', {lagMs: 51}, ['machine-saturated']],
  ['too few starts to tell', {started: 299, lagMs: 51}, []],
  ['late in the warm-up only', {lagMs: 51, role: 'warm-up'}, []],
  ['late, and the library has the loop', {lagMs: 51, cpuRatio: 0.9}, []],
  [
    'late, with CPU time that is the harness’s own',
    {lagMs: 51, cpuRatio: 0.6, calibration: {cpuUsPerOperation: 1000}},
    ['machine-saturated'],
  ],
  [
    'late, as operations that do nothing are',
    {lagMs: 51, cpuRatio: 0.9, calibration: {startLagP99Ms: 60}},
    ['machine-saturated'],
  ],
  ['99 % of the load', {offered: 505}, []],
  ['less than 99 % of the load', {offered: 507}, ['load-not-offered']],
  ['less than 99 %, and the library has the loop', {offered: 600, cpuRatio: 0.9}, []],
  ['a load too small to tell', {started: 100, offered: 290}, []],
  ['a process of the harness that is late', {harness: {loopDelayP99Ms: 51}}, ['injector-saturated']],
  ['one that is in time', {harness: {loopDelayP99Ms: 50}}, []],
  ['one that was looked at too seldom', {harness: {loopDelayP99Ms: 51, tickCount: 299}}, []],
  ['one that needs its core', {harness: {process: 'receiver', cpuMs: 900}}, ['receiver-saturated']],
  ['one that nearly does', {harness: {process: 'target', cpuMs: 890}}, []],
  ['a parent that is late', {harness: {process: 'parent', loopDelayP99Ms: 80}}, ['parent-saturated']],
  ['one that stood still', {harness: {loopDelayMaxMs: 500, tickCount: 40}}, ['injector-saturated']],
  ['one that nearly did', {harness: {loopDelayMaxMs: 499, tickCount: 40}}, []],
  ['a parent that stood still', {harness: {process: 'parent', loopDelayMaxMs: 800}}, []],
  ['still in the warm-up', {harness: {loopDelayMaxMs: 800}, role: 'warm-up'}, []],
  ['late in the warm-up, when nobody looks', {harness: {loopDelayP99Ms: 80}, role: 'warm-up'}, []],
  ['a baseline that meets its goals', {goals: {calm: {successRatio: {min: 0.9}}}}, []],
  [
    'a baseline that misses one',
    {calmOk: 300, goals: {calm: {successRatio: {min: 0.9}}}},
    ['baseline-misses-goal'],
  ],
  [
    'a baseline that is all there is',
    {faultless: true, started: 400, offered: 800, calmOk: 300, goals: {calm: {successRatio: {min: 0.9}}}},
    [],
  ],
  ['most of the load dropped while the CPU was taken', {dropped: 401, cpuRatio: 0.9}, ['load-dropped']],
  [
    'most of it dropped while the target was busy',
    {dropped: 401, harness: {process: 'target', cpuMs: 600}},
    ['load-dropped'],
  ],
  ['most of it dropped under a fault, where calls hang', {slowDropped: 900, cpuRatio: 0.9}, []],
  ['less than half of it', {dropped: 399, cpuRatio: 0.9}, []],
  ['most of it dropped by a client that waits for itself', {dropped: 401, cpuRatio: 0.3}, []],
  [
    'most of it dropped because the client hangs',
    {calmOk: 0, dropped: 800, cpuRatio: 0.05},
    ['baseline-fails'],
  ],
  ['a baseline that fails', {calmOk: 100}, ['baseline-fails']],
];

for (const [title, odds, names] of rows) {
  test(`gates: ${title}`, t => {
    const {gates, verdict} = judged(odds);
    t.deepEqual(
      gates.map(({name}) => name),
      names,
    );
    if (names.length > 0) t.is(verdict, 'inconclusive');
    for (const {reason, advice} of gates) {
      t.regex(reason, /\d/, 'it tells the number');
      t.regex(advice, /\.$/);
    }
  });
}

const late: readonly (readonly [title: string, odds: Odds, verdict: Verdict])[] = [
  ['a time that is met in spite of the lag', {lagMs: 20}, 'met'],
  ['a time that is missed by less than the lag', {lagMs: 31}, 'inconclusive'],
  ['a time that is missed by the library’s own doing', {lagMs: 31, cpuRatio: 0.9}, 'missed'],
];

for (const [title, odds, verdict] of late) {
  test(title, t => {
    const [goal] = judged({...odds, goals: quick, faultless: true, offered: 400}).goals;
    t.is(goal?.verdict, verdict, goal?.reason ?? '');
  });
}

test('a reason tells the number, the limit, and what operations that do nothing took', t => {
  const [gate] = judged({lagMs: 51, calibration: {}}).gates;
  t.is(
    gate?.reason,
    'In phase calm, without any fault, operations started 51 ms late (p99 of 400); the limit is 50 ms, and no-op operations were 1.0 ms late.',
  );
  t.is(
    judged({harness: {loopDelayP99Ms: 51}}).gates[0]?.reason,
    'The injector had an event-loop delay of 51 ms (p99 of 300 samples); the limit is 50 ms (phase calm).',
  );
  t.is(
    judged({calmOk: 300, goals: {calm: {successRatio: {min: 0.9}}}}).gates[0]?.reason,
    'In phase calm, without any fault, successRatio is 0.75 (400 operations); the goal is at least 0.9.',
  );
});
