// Failures without a fault, and what a fault before explains of them.
import test from 'ava';
import {measureRecovery} from '../../../src/measures/recovery.ts';
import type {Bin, FailureClass} from '../../../src/model/driver-witness.ts';
import type {Finding} from '../../../src/model/finding.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
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
