import test from 'ava';
import type {PhaseResources} from '../../../src/model/process-witness.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {
  baseline,
  clearOf,
  fault,
  figuresOf,
  presentOf,
  recovery,
  resourcesOf,
  trialWith,
  warmUp,
} from '../../helpers/trial-believable.ts';

const isDelayed = test.macro({
  title: (_title, p99Ms: number, present: boolean) =>
    `a delay p99 of ${p99Ms} ms is ${present ? 'present' : 'clear'}`,
  exec(t, loopDelayP99Ms: number, present: boolean) {
    const trial = trialWith({phaseResources: [resourcesOf(recovery, {loopDelayP99Ms})]});
    t.is(detectOne('event-loop-stall', trial).verdict, present ? 'present' : 'clear');
  },
});

test(isDelayed, 100, false);
test(isDelayed, 100.1, true);

const isDoubted = test.macro({
  title: (_title, durationMs: number, harnessMs: number, verdict: string) =>
    `a delay of 300 ms in a phase of ${durationMs} ms, where the harness had ${harnessMs} ms, is ${verdict}`,
  exec(t, durationMs: number, harnessMs: number, verdict: 'present' | 'inconclusive') {
    const process = {process: 'injector', phase: recovery, loopDelayP99Ms: harnessMs} as const;
    const trial = trialWith({
      phaseResources: [resourcesOf(recovery, {durationMs, loopDelayP99Ms: 300, loopDelayMaxMs: 300})],
      harness: [process as unknown as Trial['harness'][0]],
    });
    t.is(detectOne('event-loop-stall', trial).verdict, verdict);
  },
});

test(isDoubted, 1000, 99, 'present');
test(isDoubted, 1000, 100, 'inconclusive');
test(isDoubted, 990, 0, 'inconclusive');

test('delays are told of every phase but the warm-up', t => {
  const blocked = {loopDelayP99Ms: 150.4, loopDelayMaxMs: 312.6};
  const trial = trialWith({
    phaseResources: [resourcesOf(warmUp, blocked), resourcesOf(baseline), resourcesOf(fault, blocked)],
  });
  t.deepEqual(detectOne('event-loop-stall', trial), {
    symptom: 'event-loop-stall',
    verdict: 'present',
    severity: 'warn',
    phase: 'stall',
    evidence: [
      {
        phase: 'stall',
        witness: 'system',
        statement: 'Event-loop delay in phase stall: p99 150 ms, maximum 313 ms.',
        value: 150.4,
        threshold: 100,
        unit: 'ms',
        count: 400,
        operations: [],
      },
    ],
  });
});

// The baseline: 400 operations with 400 ms of CPU, 1000 µs each. The fault: 400 operations, too.
const isBusy = test.macro({
  title: (_title, cpuMs: number, durationMs: number, present: boolean) =>
    `${cpuMs} ms of CPU in ${durationMs} ms of a fault is ${present ? 'present' : 'clear'}`,
  exec(t, cpuMs: number, durationMs: number, present: boolean) {
    const trial = trialWith({
      phaseResources: [resourcesOf(baseline), resourcesOf(fault, {cpuMs, durationMs})],
    });
    t.is(detectOne('event-loop-stall', trial).verdict, present ? 'present' : 'clear');
  },
});

test(isBusy, 1200, 2000, false);
test(isBusy, 1201, 2000, true);
test(isBusy, 1999, 4000, false);
test(isBusy, 2000, 4000, true);

const busy: Partial<PhaseResources> = {cpuMs: 3000, durationMs: 4000};

test('CPU is told per operation, against the baseline', t => {
  const trial = trialWith({phaseResources: [resourcesOf(baseline), resourcesOf(fault, busy)]});
  t.deepEqual(presentOf(detectOne('event-loop-stall', trial)).evidence, [
    {
      phase: 'stall',
      witness: 'system',
      statement:
        '7,500 µs of CPU per settled operation in phase stall, compared with 1,000 µs per operation in the baseline.',
      value: 7.5,
      threshold: 3,
      unit: 'ratio',
      count: 400,
      operations: [],
    },
  ]);
});

test('CPU that burns while nothing settles is told', t => {
  const trial = trialWith({
    driver: {phases: [figuresOf(baseline, 400), figuresOf(fault, 400, {outcomes: {hung: 400}})]},
    phaseResources: [resourcesOf(baseline), resourcesOf(fault, busy)],
  });
  const [evidence] = presentOf(detectOne('event-loop-stall', trial)).evidence;
  t.is(
    evidence.statement,
    '3,000,000 µs of CPU with no operation settled in phase stall, compared with 1,000 µs per operation in the baseline.',
  );
  t.is(evidence.count, 0);
});

test('CPU without a baseline to compare with, or outside of a fault, is clear', t => {
  const clear = clearOf('event-loop-stall');
  t.deepEqual(detectOne('event-loop-stall', trialWith({phaseResources: [resourcesOf(fault, busy)]})), clear);
  t.deepEqual(
    detectOne(
      'event-loop-stall',
      trialWith({
        driver: {phases: [figuresOf(baseline, 0), figuresOf(fault, 400)]},
        phaseResources: [resourcesOf(baseline), resourcesOf(fault, busy)],
      }),
    ),
    clear,
  );
  t.deepEqual(
    detectOne(
      'event-loop-stall',
      trialWith({phaseResources: [resourcesOf(baseline), resourcesOf(recovery, busy)]}),
    ),
    clear,
  );
});

test('a process that stopped answering is a failure, in the phase of its last word', t => {
  const sample = {
    atMs: 6200.4,
    cpuMs: 1,
    rssBytes: 1,
    heapUsedBytes: 1,
    externalBytes: 1,
    loopDelayMaxMs: 1,
    loopUtilisationRatio: 1,
    gcMs: 0,
    gcCount: 0,
  };
  t.deepEqual(detectOne('event-loop-stall', trialWith({end: {kind: 'unresponsive'}, resources: [sample]})), {
    symptom: 'event-loop-stall',
    verdict: 'present',
    severity: 'fail',
    phase: 'stall',
    evidence: [
      {
        phase: 'stall',
        witness: 'system',
        statement:
          'The process stopped responding and had to be killed; its last message came 6.2 s into the trial.',
        value: 1,
        threshold: 0,
        unit: 'count',
        count: 1,
        operations: [],
      },
    ],
  });
});
