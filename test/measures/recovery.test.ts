// Time to recover, from bins of half a second: "+" is good, "-" is bad, " " is one without operations.
import test from 'ava';
import {measureRecovery, type Recovery} from '../../src/measures/recovery.ts';
import {stall} from '../../src/model/fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {Trial} from '../../src/model/trial.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {
  baseline,
  binAt,
  clearOf,
  figuresOf,
  inconclusiveOf,
  recovery,
  trialWith,
} from '../helpers/trial-believable.ts';
import {sample} from '../helpers/trial-twice.ts';

const recoveryStartMs = 9000;

const binsOf = (drawn: string, fromMs = recoveryStartMs): Trial['driver']['bins'] =>
  [...drawn].flatMap((sign, number) => {
    const startMs = fromMs + number * 500;
    if (sign === ' ') return [];
    return [
      sign === '+' ? binAt(startMs) : binAt(startMs, {outcomes: {...binAt(0).outcomes, ok: 20, hung: 30}}),
    ];
  });

const trialOf = (drawn: string, startMs = recoveryStartMs): Trial => {
  const edges = trialWith().edges.map(edge =>
    edge.phase === recovery ? {...edge, beforeMs: startMs, afterMs: startMs} : edge,
  );
  return trialWith({
    edges,
    loadEndedMs: recoveryStartMs + drawn.length * 500,
    driver: {bins: [...binsOf('++', 8000), ...binsOf(drawn)]},
  });
};

const measures = test.macro({
  title: (_title, drawn: string) => `"${drawn}" is measured`,
  exec(t, drawn: string, expected: Partial<Recovery>) {
    t.like(measureRecovery(trialOf(drawn)), expected);
  },
});

test(measures, '++++++', {kind: 'recovered', afterMs: 0});
test(measures, '-++++++', {kind: 'recovered', afterMs: 500});
test(measures, '+++++-++++++', {kind: 'recovered', afterMs: 3000});
test(measures, '----------++++++', {kind: 'recovered', afterMs: 5000});
test(measures, '-----------++++++++', {kind: 'recovered', afterMs: 5500});
test(measures, '--------', {kind: 'not-recovered', watchedMs: 4000, atLeastMs: 4000});
test(measures, '----+++++', {kind: 'not-recovered', watchedMs: 4500, atLeastMs: 2000});
test(measures, '+++++-+++++-', {kind: 'not-recovered', watchedMs: 6000, atLeastMs: 6000});
test(measures, '+ +  +', {kind: 'recovered', afterMs: 0});
test(measures, '    ++++++', {kind: 'recovered', afterMs: 2000});
test(measures, '+++++', {kind: 'unknown', reason: 'less than 3000 ms of the recovery phase can be judged'});
test(measures, '        ', {kind: 'unknown', reason: 'no operation started in the recovery phase'});

test('a fault that ends within a bin is recovered from at once if the next bin is good', t => {
  t.like(measureRecovery(trialOf('++++++++', 9200)), {kind: 'recovered', afterMs: 0});
  t.like(measureRecovery(trialOf('+-++++++', 9200)), {kind: 'recovered', afterMs: 800});
});

const isGood = test.macro({
  title: (_title, what: string, good: boolean) => `a bin with ${what} is ${good ? 'good' : 'bad'}`,
  exec(t, _what: string, good: boolean, changes: Parameters<typeof binAt>[1]) {
    // In the baseline all succeed, with a p99 of 2 ms.
    const bins = Array.from({length: 6}, (_, number) =>
      binAt(9000 + number * 500, number === 0 ? changes : {}),
    );
    const trial = trialWith({loadEndedMs: 12_000, driver: {bins}});
    t.is(measureRecovery(trial).kind, good ? 'recovered' : 'not-recovered');
  },
});

test('what is good, and for how long it has to be, is as the thresholds of the scenario have it', t => {
  const measured = (thresholds: object, changes: Parameters<typeof binAt>[1]): string =>
    measureRecovery(
      trialWith({
        plan: {thresholds: {'slow-recovery': thresholds}},
        loadEndedMs: 12_000,
        driver: {bins: Array.from({length: 6}, (_, number) => binAt(9000 + number * 500, changes))},
      }),
    ).kind;
  t.is(measured({}, {p99Ms: 53}), 'not-recovered');
  t.is(measured({slackMs: 60}, {p99Ms: 53}), 'recovered');
  t.is(measured({latencyRatio: 30}, {p99Ms: 53}), 'recovered');
  const lossy = {started: 100, outcomes: {...binAt(0).outcomes, ok: 90, failed: 10}};
  t.is(measured({}, lossy), 'not-recovered');
  t.is(measured({successShare: 0.9}, lossy), 'recovered');
  t.is(measured({goodMs: 4000}, {}), 'unknown');
});

const {outcomes} = binAt(0);
test(isGood, 'all successes', true, {});
test(isGood, '99 % of successes', true, {started: 100, outcomes: {...outcomes, ok: 99, failed: 1}});
test(isGood, '98 % of successes', false, {started: 50, outcomes: {...outcomes, ok: 49, failed: 1}});
test(isGood, 'operations that were dropped', false, {dropped: 1});
test(isGood, 'a p99 of 50 ms more than the baseline', true, {p99Ms: 52});
test(isGood, 'a p99 of 53 ms', false, {p99Ms: 53});
test(isGood, 'nothing that settled', false, {p99Ms: null, outcomes: {...outcomes, ok: 0}});
test(isGood, 'nothing that started', false, {started: 0, dropped: 50, outcomes: {...outcomes, ok: 0}});

test('where one in twenty fails on a calm network, three of fifty are as good, and eight are not', t => {
  const recoveryOf = (failed: number): string => {
    const bins = Array.from({length: 6}, (_, number) =>
      binAt(9000 + number * 500, {started: 50, outcomes: {...outcomes, ok: 50 - failed, failed}}),
    );
    const phases = [figuresOf(baseline, 400, {outcomes: {failed: 20}}), figuresOf(recovery, 300)];
    return measureRecovery(trialWith({loadEndedMs: 12_000, driver: {bins, phases}})).kind;
  };
  t.is(recoveryOf(3), 'recovered');
  t.is(recoveryOf(8), 'not-recovered');
});

const withPauses = test.macro({
  title: (_title, what: string) => `in the good seconds, ${what}`,
  exec(
    t,
    _what: string,
    paused: readonly number[],
    delayMs: number,
    changes: object,
    expected: Partial<Recovery>,
  ) {
    const bins = Array.from({length: 14}, (_, number) =>
      binAt(9000 + number * 500, paused.includes(number) ? {p99Ms: 90, maxMs: 94, ...changes} : {}),
    );
    const resources = bins.map(({startMs}, number) =>
      sample(startMs + 400, {loopDelayMaxMs: paused.includes(number) ? delayMs : 1}),
    );
    t.like(measureRecovery(trialWith({loadEndedMs: 16_000, driver: {bins}, resources})), expected);
  },
});

test(withPauses, 'one pause of the process is no relapse', [5], 82, {}, {kind: 'recovered', afterMs: 0});
test(withPauses, 'two pauses of the process are one', [2, 5], 82, {}, {kind: 'recovered', afterMs: 1500});
test(withPauses, 'what is late without a pause is one', [5], 5, {}, {kind: 'recovered', afterMs: 3000});
test(withPauses, 'what is later than the pause is one', [5], 30, {}, {kind: 'recovered', afterMs: 3000});
test(
  withPauses,
  'a pause in which most are late is one',
  [5],
  82,
  {p50Ms: 60},
  {kind: 'recovered', afterMs: 3000},
);
test(
  withPauses,
  'a pause in which some fail is one',
  [5],
  82,
  {outcomes: {...outcomes, ok: 40, failed: 10}},
  {kind: 'recovered', afterMs: 3000},
);
test(withPauses, 'a pause is none to begin with', [0], 82, {}, {kind: 'recovered', afterMs: 500});

const unknown = test.macro({
  title: (title, reason: string) => title ?? `not known: ${reason}`,
  exec(t, reason: string, trial: Trial) {
    t.deepEqual(measureRecovery(trial), {kind: 'unknown', reason});
    t.deepEqual(detectOne('slow-recovery', trial), inconclusiveOf('slow-recovery', reason));
  },
});

const [warmUpPhase, baselinePhase, faultPhase, recoveryPhase] = trialWith().plan.phases;
test(
  unknown,
  'the scenario has no recovery phase',
  trialWith({plan: {phases: [baselinePhase!, faultPhase!]}}),
);
test(
  unknown,
  'the trial did not reach the recovery phase',
  trialWith({edges: trialWith().edges.slice(0, 3), loadEndedMs: null}),
);
test(
  unknown,
  'no baseline to compare with',
  trialWith({driver: {bins: binsOf('++++++'), phases: [figuresOf(recovery, 300)]}}),
);
test(
  'a baseline without a success is none',
  unknown,
  'nothing succeeded in the baseline',
  trialWith({
    driver: {bins: binsOf('++++++'), phases: [figuresOf(baseline, 4, {outcomes: {failed: 4}})]},
  }),
);

const cycles = [
  warmUpPhase!,
  baselinePhase!,
  faultPhase!,
  {...recoveryPhase!, durationMs: 4000},
  {name: 'again', role: 'fault', durationMs: 1000, faults: [stall()]},
  {...recoveryPhase!, name: 'recovery-2', durationMs: 4000},
] as const satisfies Plan['phases'];

test('of several recoveries the worst counts, in its own phase', t => {
  const cycled = (first: string, second: string): Trial =>
    trialWith({
      plan: {phases: cycles},
      loadEndedMs: 18_000,
      driver: {bins: [...binsOf(first), ...binsOf(second, 14_000)]},
    });
  t.deepEqual(measureRecovery(cycled('++++++++', '-+++++++')), {kind: 'recovered', phase: 5, afterMs: 500});
  t.deepEqual(measureRecovery(cycled('--++++++', '++++++++')), {kind: 'recovered', phase: 3, afterMs: 1000});
  t.like(measureRecovery(cycled('--------', '++++++++')), {kind: 'not-recovered', phase: 3});
});

test('slow: each recovery that is too slow is evidence of its own, the worst first', t => {
  const slow = detectOne(
    'slow-recovery',
    trialWith({
      plan: {phases: cycles, thresholds: {'slow-recovery': {recoverMs: 800}}},
      loadEndedMs: 18_000,
      driver: {bins: [...binsOf('--++++++'), ...binsOf('---+++++', 14_000)]},
    }),
  );
  t.like(slow, {verdict: 'present', phase: 'recovery-2'});
  t.deepEqual(slow.verdict === 'present' && slow.evidence.map(({phase, value}) => [phase, value]), [
    ['recovery-2', 1500],
    ['recovery', 1000],
  ]);
});

test('a recovery that is too short to tell hides nothing of another', t => {
  const trial = (first: string): Trial =>
    trialWith({
      plan: {phases: [warmUpPhase!, ...cycles.slice(1, 5), {...cycles[5], durationMs: 2000}]},
      loadEndedMs: 16_000,
      driver: {bins: [...binsOf(first), ...binsOf('++++', 14_000)]},
    });
  t.deepEqual(measureRecovery(trial('--++++++')), {kind: 'recovered', phase: 3, afterMs: 1000});
  t.deepEqual(detectOne('slow-recovery', trial('--++++++')), clearOf('slow-recovery'));
  const late = trialWith({
    ...trial('--++++++'),
    plan: {...trial('').plan, thresholds: {'slow-recovery': {recoverMs: 500}}},
  });
  t.like(detectOne('slow-recovery', late), {verdict: 'present', phase: 'recovery'});
});

test('slow: five seconds are in time', t => {
  t.deepEqual(detectOne('slow-recovery', trialOf('----------++++++')), clearOf('slow-recovery'));
});

test('slow: more than five seconds are present', t => {
  t.deepEqual(detectOne('slow-recovery', trialOf('-----------++++++')), {
    symptom: 'slow-recovery',
    verdict: 'present',
    severity: 'fail',
    phase: 'recovery',
    evidence: [
      {
        phase: 'recovery',
        witness: 'driver',
        statement: 'The first 3 good seconds in a row began 5.5 s after the fault ended.',
        value: 5500,
        threshold: 5000,
        unit: 'ms',
        count: 1000,
        operations: [],
      },
    ],
  });
});

test('slow: bad for more than five seconds is present, also without an end', t => {
  t.like(detectOne('slow-recovery', trialOf('---------------+')), {
    verdict: 'present',
    evidence: [
      {
        statement: 'There were no 3 good seconds in a row in the 8 s after the fault ended.',
        value: 7500,
        threshold: 5000,
      },
    ],
  });
});

test('slow: good from the fourth second on, but not watched for long enough, is not known', t => {
  t.deepEqual(
    detectOne('slow-recovery', trialOf('--------++++')),
    inconclusiveOf('slow-recovery', 'not recovered after 4 s, but not observed for long enough after that'),
  );
});

/** Successes that are late after the fault, while a process of the harness was late, too. */
const isDoubted = test.macro({
  title: (_title, lateMs: number, harnessMs: number, verdict: string) =>
    `slow: successes of ${lateMs} ms, where the harness was ${harnessMs} ms late, are ${verdict}`,
  exec(t, lateMs: number, harnessMs: number, verdict: 'present' | 'inconclusive') {
    // The limit is 52 ms: a baseline of 2 ms, and the slack.
    const bins = Array.from({length: 20}, (_, number) => binAt(9000 + number * 500, {p99Ms: lateMs}));
    const sample = {process: 'injector', phase: recovery, loopDelayMaxMs: harnessMs} as const;
    const harness = [sample as unknown as Trial['harness'][0]];
    t.is(detectOne('slow-recovery', trialWith({driver: {bins}, harness})).verdict, verdict);
  },
});

test(isDoubted, 200, 0, 'present');
test(isDoubted, 200, 49, 'present');
test(isDoubted, 200, 50, 'inconclusive');

test('slow: what fails is not the machine’s doing, however late the harness was', t => {
  const sample = {process: 'injector', phase: recovery, loopDelayMaxMs: 1000} as const;
  const harness = [sample as unknown as Trial['harness'][0]];
  const {driver, loadEndedMs} = trialOf('-----------++++++');
  const slow = detectOne('slow-recovery', trialWith({driver: {bins: driver.bins}, loadEndedMs, harness}));
  t.is(slow.verdict, 'present');
});
