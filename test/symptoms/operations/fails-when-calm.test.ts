// Failures without a fault, and what a fault before explains of them.
import test from 'ava';
import {measureRecovery} from '../../../src/measures/recovery.ts';
import type {Bin, FailureClass} from '../../../src/model/driver-witness.ts';
import {stall} from '../../../src/model/fault.ts';
import type {Finding} from '../../../src/model/finding.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers, tells} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  fault,
  figuresOf,
  presentOf,
  recovery,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../../helpers/trial-believable.ts';
import {twice} from '../../helpers/trial-twice.ts';

const id = 'fails-when-calm';
const {outcomes} = binAt(0);

const bin = (startMs: number, phase: number, failed = 0): Bin =>
  binAt(startMs, {phase, outcomes: {...outcomes, ok: 50 - failed, failed}});

/** From 1000 to 5000 ms. */
const baselineBins = (failed: readonly number[]): Bin[] =>
  Array.from({length: 8}, (_, number) => bin(1000 + number * 500, baseline, failed[number] ?? 0));

/** From 9000 to 31,000 ms. */
const recoveryBins = (failedAt: (startMs: number) => number): Bin[] =>
  Array.from({length: 44}, (_, number) => 9000 + number * 500).map(startMs =>
    bin(startMs, recovery, failedAt(startMs)),
  );

const failureOf = (name: string, countByPhase: {readonly [phase: number]: number}): FailureClass => ({
  key: name,
  status: 'failed',
  error: {name, code: name === 'Error' ? 'ECONNRESET' : null, message: '', stack: [], causes: []},
  count: 1,
  countByPhase,
  examples: [{id: 'defaults-1-7', index: 7, phase: baseline, startMs: 0, durationMs: 1, status: 'failed'}],
});

const calm = (
  failed: readonly number[],
  changes: Partial<NonNullable<TrialChanges['driver']>> = {},
): TrialChanges => ({
  driver: {
    bins: baselineBins(failed),
    phases: [figuresOf(baseline, 400, {outcomes: {failed: failed.reduce((sum, count) => sum + count, 0)}})],
    ...changes,
  },
});

test('a calm baseline', answers, id, calm([]), 'clear');
test('2 failures may be one pause of the machine', answers, id, calm([1, 1]), 'clear');
test('3 of 400', answers, id, calm([1, 1, 1]), {value: 0.0075, phase: 'baseline'});
test('what began as the fault was set is the fault’s', answers, id, calm([0, 0, 0, 0, 0, 0, 0, 22]), 'clear');
test(
  'what the fault found in flight is in the bins, and not in the figures',
  answers,
  id,
  calm([0, 0, 0, 9, 9, 9], {phases: [figuresOf(baseline, 400)]}),
  'clear',
);
test(
  'an application’s own errors',
  answers,
  id,
  calm([5, 5], {failures: [failureOf('ApplicationError', {[baseline]: 10})]}),
  'clear',
);
test(
  'too few operations',
  answers,
  id,
  {driver: {phases: [figuresOf(baseline, 29)]}},
  /too few operations .*29 of the 30/,
);
test('no calm phase was reached', answers, id, {driver: {phases: [figuresOf(fault, 400)]}}, /0 of the 30/);
test(
  'a warm-up',
  answers,
  id,
  calm([], {phases: [figuresOf(warmUp, 100, {outcomes: {failed: 90}}), figuresOf(baseline, 400)]}),
  'clear',
);

const after = (failedAt: (startMs: number) => number): TrialChanges => ({
  loadEndedMs: 31_000,
  driver: {
    bins: [...baselineBins([]), ...recoveryBins(failedAt)],
    phases: [figuresOf(baseline, 400), figuresOf(recovery, 2200)],
  },
});

test(
  'a recovery soon after the fault is slow-recovery’s',
  answers,
  id,
  after(startMs => (startMs < 18_000 ? 50 : 0)),
  'clear',
);
test(
  'a client that never came back',
  answers,
  id,
  after(() => 50),
  'clear',
);
test(
  'it had come back, and fails again',
  answers,
  id,
  after(startMs => (startMs > 25_000 ? 10 : 0)),
  {
    value: 110 / 1200,
    phase: 'recovery',
  },
);

test('the failure that is most is named, and it is a warning', t => {
  const finding = presentOf(
    detectOne(id, trialWith(calm([3, 3], {failures: [failureOf('Error', {[baseline]: 6})]}))),
  );
  t.is(
    finding.evidence[0].statement,
    '6 of 400 operations in phase baseline failed without any fault, most often with ECONNRESET.',
  );
  t.is(finding.severity, 'warn');
  t.deepEqual(finding.evidence[0].operations, ['defaults-1-7']);
});

const compares = test.macro({
  title: (_title, before: string, later: string, verdict: string) =>
    `bins "${before}" before and "${later}" after: slow-recovery is ${verdict}`,
  exec(t, before: string, later: string, verdict: Finding['verdict']) {
    const draw = (drawn: string, fromMs: number, phase: number): Bin[] =>
      [...drawn].map((sign, number) =>
        binAt(fromMs + number * 500, {
          phase,
          ...(sign === '+' ? {} : {p99Ms: null, outcomes: {...outcomes, ok: 0, failed: 50}}),
        }),
      );
    const ok = [...before].filter(sign => sign === '+').length * 50;
    const trial = trialWith({
      driver: {
        bins: [...draw(before, 1000, baseline), ...draw(later, 9000, recovery)],
        phases: [figuresOf(baseline, 400, {outcomes: {failed: 400 - ok}}), figuresOf(recovery, 1000)],
      },
    });
    t.is(detectOne('slow-recovery', trial).verdict, verdict);
  },
});

test(compares, '++++++++', '++++++++++++++++++++', 'clear');
test(compares, '++++++++', '--------------------', 'present');
test(compares, '+-+-+-+-', '+-+-+-+-+-+-+-+-+-+-', 'clear');
test(compares, '+-+-+-+-', '-----------+-+-+-+-+', 'present');
test(compares, '++--++--', '--++--++--++--++--++', 'clear');
test(compares, '++++++++', '+-+-+-+-+-+-+-+-+-+-', 'present');
test(compares, '--------', '++++++++++++++++++++', 'inconclusive');

test('a baseline in which nothing succeeded says so', t => {
  const trial = trialWith({driver: {phases: [figuresOf(baseline, 400, {outcomes: {failed: 400}})]}});
  t.deepEqual(measureRecovery(trial), {kind: 'unknown', reason: 'nothing succeeded in the baseline'});
});

// At the limits, and all that it says.
const told = (failed: number, failures: readonly FailureClass[] = [], started = 400): TrialChanges =>
  calm([failed], {failures, phases: [figuresOf(baseline, started, {outcomes: {failed}})]});
test('2', tells, id, told(2), ['clear']);
test('3', tells, id, told(3), ['warn baseline', 'baseline: driver 0.0075 > 0.001 share of 400; 3 400']);
test('3 of 3000', tells, id, told(3, [], 3000), ['clear']);
test('3 of 2999', tells, id, told(3, [], 2999), [
  'warn baseline',
  'baseline: driver 0.001 > 0.001 share of 2999; 3 2999',
]);
for (const status of ['failed', 'unknown', 'rejected', 'wrong', 'hung'] as const) {
  const six = {...outcomes, ok: 44, [status]: 6};
  test(
    `6 that are ${status}`,
    tells,
    id,
    calm([], {
      bins: [binAt(1000, {phase: baseline, outcomes: six})],
      phases: [figuresOf(baseline, 400, {outcomes: {[status]: 6}})],
    }),
    ['warn baseline', 'baseline: driver 0.015 > 0.001 share of 400; 6 400'],
  );
}
const examples = (ids: readonly string[], phase: number) =>
  ids.map(one => ({id: one, index: 0, phase, startMs: 0, durationMs: 1, status: 'failed' as const}));
test(
  'the class of most',
  tells,
  id,
  told(9, [
    {...failureOf('Fewer', {[baseline]: 2}), examples: examples(['c', 'd'], baseline)},
    {
      ...failureOf('Error', {[baseline]: 6}),
      examples: [...examples(['other'], fault), ...examples(['a', 'b'], baseline)],
    },
    {...failureOf('ApplicationError', {[baseline]: 1}), examples: examples(['app'], baseline)},
    {...failureOf('Elsewhere', {[fault]: 90}), examples: examples(['x'], fault)},
  ]),
  ['warn baseline', 'baseline: driver 0.02 > 0.001 share of 400; 8 400; a b c'],
);
test('an error without a code', t => {
  const trial = trialWith(told(6, [failureOf('Broken', {[baseline]: 6})]));
  t.regex(presentOf(detectOne(id, trial)).evidence[0].statement, /, most often with Broken\.$/);
});
test('errors without a class', t => {
  t.regex(presentOf(detectOne(id, trialWith(told(6)))).evidence[0].statement, / without any fault\.$/);
});
test(
  'more errors of the application than failures',
  tells,
  id,
  told(5, [failureOf('ApplicationError', {[baseline]: 9})]),
  ['clear'],
);
test('30 operations', tells, id, told(0, [], 30), ['clear']);
test('1 operation', answers, id, told(0, [], 1), /^too few operations without a fault \(1 of the 30 /);
test(
  'just before the fault',
  tells,
  id,
  calm([], {
    bins: [
      binAt(4400, {phase: baseline, outcomes: {...outcomes, ok: 40, failed: 10}}),
      binAt(4401, {phase: baseline, outcomes: {...outcomes, ok: 30, failed: 20}}),
    ],
    phases: [figuresOf(baseline, 400, {outcomes: {failed: 40}})],
  }),
  ['warn baseline', 'baseline: driver 0.025 > 0.001 share of 400; 10 400'],
);
test(
  'a fault in a baseline',
  tells,
  id,
  {
    ...told(9),
    plan: {
      phases: trialWith().plan.phases.map(phase => ({
        ...phase,
        faults: [stall()],
      })) as unknown as Plan['phases'],
    },
  },
  ['inconclusive; 0 30'],
);
test(
  'ten seconds after the fault',
  tells,
  id,
  after(startMs => (startMs >= 18_500 && startMs < 19_500 ? 10 : 0)),
  ['warn recovery', 'recovery: driver 0.0083 > 0.001 share of 1200; 10 1200 10'],
);
test(
  'five deadlines after the fault',
  tells,
  id,
  {
    ...after(startMs => (startMs >= 18_000 && startMs < 29_500 ? 1 : 0)),
    plan: {operation: {deadlineMs: 4000, idempotent: true}},
  },
  ['clear'],
);
test(
  'both phases',
  tells,
  id,
  {
    ...after(startMs => (startMs > 25_000 ? 10 : 0)),
    driver: {
      ...after(startMs => (startMs > 25_000 ? 10 : 0)).driver,
      phases: [figuresOf(baseline, 400, {outcomes: {failed: 4}}), figuresOf(recovery, 2200)],
      bins: [...baselineBins([4]), ...recoveryBins(startMs => (startMs > 25_000 ? 10 : 0))],
    },
  },
  [
    'warn recovery',
    'recovery: driver 0.0917 > 0.001 share of 1200; 110 1200 10',
    'baseline: driver 0.01 > 0.001 share of 400; 4 400',
  ],
);

/** A recovery from 9000 to 19,000 ms, and a fault after it: what is in flight then may fail of that. */
const between = (
  failedAt: readonly number[],
  failures: readonly FailureClass[] = [],
  recoveredMs = 9000,
): TrialChanges => ({
  ...twice(),
  plan: {...twice().plan, thresholds: {[id]: {afterMs: 5000, deadlineCount: 1}}},
  driver: {
    failures,
    bins: [
      ...baselineBins([]),
      ...Array.from({length: 20}, (_, number) => 8900 + number * 500).map(startMs =>
        startMs < recoveredMs
          ? binAt(startMs, {outcomes: {...outcomes, ok: 0, failed: 50}, p99Ms: null})
          : bin(startMs, recovery, failedAt.includes(startMs) ? 5 : 0),
      ),
    ],
    phases: [figuresOf(baseline, 400), figuresOf(recovery, 2200)],
  },
});
test('up to when the next fault may be to blame', tells, id, between([15_400, 15_900]), [
  'warn recovery',
  'recovery: driver 0.0333 > 0.001 share of 150; 5 150 5',
]);
test('from when on the fault before is not', tells, id, between([13_900, 14_400]), [
  'warn recovery',
  'recovery: driver 0.0333 > 0.001 share of 150; 5 150 5',
]);
test('when the library had come back', tells, id, between([14_400, 14_900], [], 15_000), ['clear']);
test(
  'answers of the application in a recovery',
  tells,
  id,
  between([14_400], [failureOf('ApplicationError', {[recovery]: 2})]),
  ['warn recovery', 'recovery: driver 0.02 > 0.001 share of 150; 3 150 5'],
);
test(
  'nothing but answers of the application',
  tells,
  id,
  between([14_400], [failureOf('ApplicationError', {[recovery]: 9})]),
  ['clear'],
);
