// Symptoms of operations, as the driver booked them.
import test from 'ava';
import {detectOne} from '../../src/symptoms/detect.ts';
import {
  baseline,
  booksOf,
  clearOf,
  fault,
  figuresOf,
  presentOf,
  recovery,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';

test('hung: without any it is clear', t => {
  t.deepEqual(detectOne('hung-operation', trialWith()), clearOf('hung-operation'));
});

test('hung: one is enough, in the phase that has most', t => {
  const {driver} = booksOf([
    {phase: fault},
    {phase: fault, status: 'hung'},
    {phase: recovery, status: 'hung'},
    {phase: fault, status: 'hung'},
    {phase: fault, status: 'hung'},
    {phase: fault, status: 'hung'},
  ]);
  const trial = trialWith({
    driver: {
      ...driver,
      phases: [
        figuresOf(baseline, 400),
        figuresOf(fault, 400, {outcomes: {hung: 4}, settledAfterHung: 3}),
        figuresOf(recovery, 1000, {outcomes: {hung: 1}}),
      ],
    },
  });
  t.deepEqual(detectOne('hung-operation', trial), {
    symptom: 'hung-operation',
    verdict: 'present',
    severity: 'fail',
    phase: 'stall',
    evidence: [
      {
        phase: 'stall',
        witness: 'driver',
        statement:
          '4 of 400 operations in phase stall were still pending 3 s after their scheduled start. 3 of them settled later.',
        value: 4,
        threshold: 0,
        unit: 'count',
        count: 400,
        operations: ['defaults-1-1', 'defaults-1-3', 'defaults-1-4'],
      },
      {
        phase: 'recovery',
        witness: 'driver',
        statement:
          '1 of 1,000 operations in phase recovery was still pending 3 s after its scheduled start. None of them settled later.',
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1000,
        operations: ['defaults-1-2'],
      },
    ],
  });
});

const overruns = test.macro({
  title: (_title, overrun: number, started: number, present: boolean) =>
    `overrun: ${overrun} of ${started} is ${present ? 'present' : 'clear'}`,
  exec(t, overrun: number, started: number, present: boolean) {
    const trial = trialWith({driver: {phases: [figuresOf(fault, started, {overrun})]}});
    t.is(detectOne('deadline-overrun', trial).verdict, present ? 'present' : 'clear');
  },
});

test(overruns, 0, 0, false);
test(overruns, 1, 1000, false);
test(overruns, 2, 1000, true);
test(overruns, 1, 999, true);

test('overrun: it says how many, how late, and shows those that settled', t => {
  const slow = (index: number, durationMs: number, status: 'ok' | 'hung', phase = fault) => ({
    id: `defaults-1-${index}`,
    index,
    phase,
    startMs: 6000,
    durationMs,
    status,
  });
  const trial = trialWith({
    driver: {
      phases: [figuresOf(fault, 400, {overrun: 8})],
      slowest: [
        slow(1, 2900, 'ok'),
        slow(2, 3000, 'hung'),
        slow(3, 2250, 'ok'),
        slow(4, 2251, 'ok'),
        slow(5, 9000, 'ok', recovery),
      ],
    },
  });
  const finding = presentOf(detectOne('deadline-overrun', trial));
  t.is(finding.severity, 'warn');
  t.deepEqual(finding.evidence, [
    {
      phase: 'stall',
      witness: 'driver',
      statement: '8 of 400 operations in phase stall settled later than 2.25 s after their scheduled start.',
      value: 0.02,
      threshold: 0.001,
      unit: 'share',
      count: 400,
      operations: ['defaults-1-1', 'defaults-1-4'],
    },
  ]);
});

test('overrun: limits are told as whole milliseconds', t => {
  const trial = trialWith({
    plan: {operation: {deadlineMs: 1503, idempotent: true}},
    driver: {phases: [figuresOf(fault, 1, {overrun: 1})]},
  });
  t.is(
    presentOf(detectOne('deadline-overrun', trial)).evidence[0].statement,
    '1 of 1 operation in phase stall settled later than 1.7 s after their scheduled start.',
  );
});

test('overrun: a warm-up is there to be slow', t => {
  const trial = trialWith({driver: {phases: [figuresOf(warmUp, 100, {overrun: 50})]}});
  t.deepEqual(detectOne('deadline-overrun', trial), clearOf('deadline-overrun'));
});

test('crossed: without any it is clear', t => {
  t.deepEqual(detectOne('crossed-response', trialWith()), clearOf('crossed-response'));
});

test('crossed: one is enough', t => {
  const {driver} = booksOf([{phase: baseline}, {phase: recovery, status: 'wrong'}]);
  const trial = trialWith({
    driver: {
      ...driver,
      phases: [figuresOf(baseline, 400), figuresOf(recovery, 1000, {outcomes: {wrong: 1}})],
    },
  });
  t.deepEqual(detectOne('crossed-response', trial), {
    symptom: 'crossed-response',
    verdict: 'present',
    severity: 'fail',
    phase: 'recovery',
    evidence: [
      {
        phase: 'recovery',
        witness: 'driver',
        statement: '1 operation in phase recovery got a response with a different ID.',
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1000,
        operations: ['defaults-1-1'],
      },
    ],
  });
});
