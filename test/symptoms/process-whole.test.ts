// All that detectors of the process say: how grave it is, and each piece of evidence with its phase, witness, value, limit,
// unit, count, figures and examples. Of two phases the worse one comes first, although it came later.
import test from 'ava';
import type {Plan} from '../../src/model/plan.ts';
import {tells} from '../helpers/symptom-macro.ts';
import {
  baseline,
  booksOf,
  fault,
  figuresOf,
  recovery,
  resourcesOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';
import {sample, second, times, twice} from '../helpers/trial-twice.ts';

const busy = (phase: number, changes: object) => resourcesOf(phase, {...changes});
test(
  'delays of both phases',
  tells,
  'event-loop-stall',
  {
    ...twice(),
    phaseResources: [
      busy(warmUp, {loopDelayP99Ms: 900}),
      busy(fault, {loopDelayP99Ms: 101, loopDelayMaxMs: 150}),
      busy(recovery, {loopDelayP99Ms: 100}),
      busy(second, {loopDelayP99Ms: 202, loopDelayMaxMs: 250}),
    ],
  },
  [
    'warn stall',
    'stall: system 101 > 100 ms of 400; 99 101 150',
    'again: system 202 > 100 ms of 400; 99 202 250',
  ],
);
test(
  'CPU for nothing',
  tells,
  'event-loop-stall',
  {
    ...twice(),
    phaseResources: [
      busy(baseline, {cpuMs: 400}),
      busy(fault, {cpuMs: 2000}),
      busy(second, {cpuMs: 2001}),
      busy(recovery, {cpuMs: 4000}),
    ],
    driver: {phases: [figuresOf(baseline, 400), figuresOf(fault, 100), figuresOf(second, 0)]},
  },
  [
    'warn stall',
    'stall: system 20 > 3 ratio of 100; 20000 1000',
    'again: system 2001 > 3 ratio of 0; 2001000 1000',
  ],
);
test(
  'a little less CPU',
  tells,
  'event-loop-stall',
  {
    phaseResources: [busy(baseline, {cpuMs: 400}), busy(fault, {cpuMs: 1999})],
    driver: {phases: [figuresOf(baseline, 400), figuresOf(fault, 100)]},
  },
  ['clear'],
);
test(
  'where it was stuck',
  tells,
  'event-loop-stall',
  {end: {kind: 'unresponsive'}, resources: [sample(6000.4)]},
  ['fail stall', 'stall: system 1 > 0 count of 1; 6'],
);
test('nothing of itself', tells, 'event-loop-stall', {end: {kind: 'unresponsive'}}, [
  'fail warm-up',
  'warm-up: system 1 > 0 count of 1; 0',
]);
test(
  'a machine that pauses',
  tells,
  'event-loop-stall',
  {
    phaseResources: [
      busy(fault, {loopDelayP99Ms: 150}),
      busy(recovery, {loopDelayP99Ms: 160, durationMs: 990, loopDelayMaxMs: 170}),
    ],
    harness: [
      {
        process: 'target',
        phase: fault,
        durationMs: 1000,
        cpuMs: 1,
        loopDelayP99Ms: 75,
        loopDelayMaxMs: 9,
        tickCount: 300,
      },
    ],
  },
  ['inconclusive; 150 99 75'],
);
test(
  'both phases',
  tells,
  'gc-pressure',
  {
    ...twice(),
    phaseResources: [
      busy(warmUp, {gcMs: 3000}),
      busy(fault, {gcMs: 401}),
      busy(recovery, {gcMs: 400}),
      busy(second, {gcMs: 800}),
    ],
    resources: [sample(6000, {heapUsedBytes: 30 * 1024 ** 2, externalBytes: 4 * 1024 ** 2})],
  },
  [
    'warn again',
    'again: system 0.2 > 0.1 share of 4000; 20.0 10',
    'stall: system 0.1003 > 0.1 share of 4000; 10.0 10 30 4',
  ],
);
test(
  'both phases',
  tells,
  'cpu-bound',
  {
    ...twice(),
    phaseResources: [
      busy(warmUp, {cpuMs: 4000}),
      busy(baseline, {cpuMs: 3600}),
      busy(fault, {cpuMs: 3599}),
      busy(second, {cpuMs: 3900}),
    ],
    driver: {
      phases: [
        figuresOf(warmUp, 1),
        figuresOf(baseline, 400, {outcomes: {failed: 5}}),
        figuresOf(fault, 400, {outcomes: {failed: 400}}),
        figuresOf(second, 400, {outcomes: {failed: 100}}),
      ],
    },
  },
  [
    'warn again',
    'again: system 0.975 > 0.9 share of 400; 98 75.0 100.0',
    'baseline: system 0.9 > 0.9 share of 400; 90 98.8 100.0',
  ],
);
test(
  'what each operation takes',
  tells,
  'cpu-bound',
  {
    plan: {load: {model: 'closed', concurrency: 5}},
    phaseResources: [busy(baseline, {cpuMs: 3900}), busy(fault, {cpuMs: 3900})],
    driver: {phases: [figuresOf(baseline, 390), figuresOf(fault, 100)]},
  },
  [
    'warn baseline',
    'baseline: system 0.975 > 0.9 share of 390; 98 97.5 10.0',
    'stall: system 0.975 > 0.9 share of 100; 98 25.0 39.0',
  ],
);
test(
  'why it died',
  tells,
  'process-crash',
  {
    end: {
      kind: 'crashed',
      exitCode: 7,
      signal: null,
      outOfMemory: false,
      error: {name: 'E1', code: 'E2', message: 'e3', stack: [], causes: []},
    },
    exit: {...trialWith().exit!, atMs: 6000},
  },
  ['fail stall', 'stall: system 1 > 0 count of 1; 7 1 2 3'],
);
test(
  'by which signal',
  tells,
  'process-crash',
  {
    end: {kind: 'crashed', exitCode: null, signal: 'SIG11', outOfMemory: false, error: null},
    exit: null,
  },
  ['fail warm-up', 'warm-up: system 1 > 0 count of 1; 11'],
);
const short = {
  end: {kind: 'crashed', exitCode: null, signal: 'SIGABRT', outOfMemory: true, error: null},
} as const;
test(
  'how much was in use',
  tells,
  'out-of-memory',
  {
    ...short,
    variant: 'small',
    exit: {...trialWith().exit!, atMs: 6000},
    resources: [sample(1000), sample(5000, {heapUsedBytes: 60 * 1024 ** 2})],
  },
  ['fail stall', 'stall: system 62914560 > 67108864 bytes of 2; 8 60 64'],
);
test("V8's own limit", tells, 'out-of-memory', {...short, exit: null}, [
  'fail warm-up',
  'warm-up: system 0 > 0 bytes of 0; 8 0 8',
]);
const gone = {...short.end, outOfMemory: false} as const;
test('an end by SIGKILL', tells, 'out-of-memory', {end: {...gone, signal: 'SIGKILL'}}, ['inconclusive']);
test('an end by SIGABRT', tells, 'out-of-memory', {end: gone}, ['clear']);
test('a process that died before the load', tells, 'out-of-memory', {...short, edges: []}, ['inconclusive']);
test(
  'a process that died before the load',
  tells,
  'process-crash',
  {end: {...short.end, outOfMemory: false}, edges: []},
  ['inconclusive'],
);
test(
  'close and the time after it',
  tells,
  'close-hangs',
  {
    end: {kind: 'completed', close: 'hung', error: null},
    closing: {startMs: 21_000, durationMs: 5000.4},
    exit: {...trialWith().exit!, atMs: 31_000, killedFor: 'lingering'},
  },
  ['fail drain', 'drain: system 5000.4 > 5000 ms of 1; 5', 'drain: system 4999.6 > 5000 ms of 1; 5'],
);
test('5 s', tells, 'close-hangs', {closing: {startMs: 21_000, durationMs: 5000}}, ['clear']);
test('5.001 s', tells, 'close-hangs', {closing: {startMs: 21_000, durationMs: 5001}}, [
  'fail drain',
  'drain: system 5001 > 5000 ms of 1; 5',
]);
test(
  'the first of two',
  tells,
  'unhandled-rejection',
  {
    unhandledRejections: [6000, 12_000].map(atMs => ({
      atMs,
      error: {name: 'E1', code: 'E2', message: `e${atMs}`, stack: [], causes: []},
    })),
  },
  ['fail stall', 'stall: system 2 > 0 count of 2; 2 1 2 6000'],
);
const warnings = (...atMs: number[]) =>
  atMs.map(at => ({
    atMs: at,
    name: 'MaxListenersExceededWarning',
    message: '11 close listeners added to [Socket].',
  }));
test('two warnings', tells, 'listener-leak', {warnings: warnings(6000, 9000)}, [
  'fail stall',
  'stall: system 2 > 0 count of 2; 11',
]);
test(
  'warnings of as many as are under way',
  tells,
  'listener-leak',
  {
    warnings: warnings(6000, 9000),
    driver: {
      phases: [figuresOf(fault, 9, {inFlightMs: 44_000}), figuresOf(recovery, 9, {inFlightMs: 109_000})],
    },
  },
  ['fail recovery', 'recovery: system 1 > 0 count of 1; 11'],
);
const heap = (phase: number | null, heapUsedBytes: number) => ({
  atMs: 0,
  phase,
  heapUsedBytes,
  externalBytes: 1024 ** 2,
});
const mib = 1024 ** 2;
test(
  'how much it grew',
  tells,
  'memory-growth',
  {heaps: [heap(baseline, 29 * mib), heap(null, 35 * mib)], driver: {drained: null}},
  ['fail drain', 'drain: system 6291456 > 5242880 bytes of 0; 36 30'],
);
test('5 MiB', tells, 'memory-growth', {heaps: [heap(baseline, 29 * mib), heap(null, 34 * mib)]}, ['clear']);
test('a tenth', tells, 'memory-growth', {heaps: [heap(baseline, 99 * mib), heap(null, 109 * mib)]}, [
  'clear',
]);
const serving = (perBin: number): TrialChanges => ({
  ledger: {
    ...booksOf([{phase: baseline}]).ledger!,
    servingMsByBin: times(66, index => (index > 1 && index < 10 ? perBin : 9999)),
  },
  phaseResources: [busy(baseline, {cpuMs: 400})],
  driver: {phases: [figuresOf(baseline, 400, {inFlightMs: 40_000})]},
});
test('who waits in the client', tells, 'under-utilised', serving(1000), [
  'warn baseline',
  'baseline: target 0.8 > 0.5 share of 400; 10.0 2.0 10 100.0',
]);
test('at the limit', tells, 'under-utilised', serving(2500), ['clear']);

const cycle = trialWith().plan.phases.slice(2);
const grownOver = (...sizes: readonly number[]): TrialChanges => ({
  plan: {
    phases: [
      ...trialWith().plan.phases.slice(0, 2),
      ...sizes.flatMap(() => cycle),
    ] as unknown as Plan['phases'],
    goals: {recovery: {hungCount: {max: 0}}},
  },
  heaps: [
    heap(warmUp, 1),
    heap(baseline, 39 * mib),
    heap(baseline, 29 * mib),
    ...sizes.map((size, index) => heap(3 + 2 * index, size * mib)),
    heap(null, sizes.at(-1)! * mib),
  ],
});
test('how much it grew over the recoveries', tells, 'memory-growth', grownOver(31, 33, 36), [
  'fail drain',
  'drain: system 7340032 > 5242880 bytes of 3; 37 30 3',
]);
test('that it did not go on growing', tells, 'memory-growth', grownOver(36, 36, 36), ['inconclusive; 7 3']);
test('that two recoveries prove nothing', tells, 'memory-growth', grownOver(31, 36), [
  'warn drain',
  'drain: system 7340032 > 5242880 bytes of 2; 37 30',
]);
test(
  'that something is still under way',
  tells,
  'memory-growth',
  {...grownOver(31, 33, 36), driver: {drained: {atMs: 1, inFlight: 1}}},
  ['inconclusive'],
);
test(
  'as many warnings as are allowed',
  tells,
  'listener-leak',
  {warnings: warnings(6000, 9000), plan: {thresholds: {'listener-leak': {warningCount: 2}}}},
  ['clear'],
);
test(
  'as many rejections as are allowed',
  tells,
  'unhandled-rejection',
  {
    unhandledRejections: [6000].map(atMs => ({
      atMs,
      error: {name: 'E1', code: null, message: '', stack: [], causes: []},
    })),
    plan: {thresholds: {'unhandled-rejection': {rejectionCount: 1}}},
  },
  ['clear'],
);
const waitsFor = (inFlight: number, perBin: number, cpuMs = 400): TrialChanges => ({
  ...serving(perBin),
  phaseResources: [busy(baseline, {cpuMs})],
  driver: {phases: [figuresOf(baseline, 400, {inFlightMs: 4000 * inFlight})]},
});
test('8 that wait', tells, 'under-utilised', waitsFor(10, 1000), [
  'warn baseline',
  'baseline: target 0.8 > 0.5 share of 400; 10.0 2.0 10 100.0',
]);
test('fewer that wait', tells, 'under-utilised', waitsFor(9.99, 1000), ['clear']);
test('8 in all', tells, 'under-utilised', waitsFor(8, 0), [
  'warn baseline',
  'baseline: target 1 > 0.5 share of 400; 8.0 0.0 10 100.0',
]);
test('half of all', tells, 'under-utilised', waitsFor(16, 4000), [
  'warn baseline',
  'baseline: target 0.5 > 0.5 share of 400; 16.0 8.0 10 100.0',
]);
test('less than half of all', tells, 'under-utilised', waitsFor(20, 5001), ['clear']);
test('less than a third of a core', tells, 'under-utilised', waitsFor(10, 0, 1199), [
  'warn baseline',
  'baseline: target 1 > 0.5 share of 400; 10.0 0.0 30 100.0',
]);
test('a third of a core', tells, 'under-utilised', waitsFor(10, 0, 1200), ['clear']);
test('a target that does not tell', tells, 'under-utilised', {...waitsFor(10, 0), ledger: null}, [
  'inconclusive',
]);
test(
  'no baseline',
  tells,
  'under-utilised',
  {...waitsFor(10, 0), driver: {phases: [figuresOf(baseline, 0)]}},
  ['inconclusive'],
);

const taking = (cpuMs: number, settled: number, more: Partial<Plan> = {}): TrialChanges => ({
  plan: {load: {model: 'closed', concurrency: 5}, ...more},
  phaseResources: [busy(baseline, {cpuMs})],
  driver: {phases: [figuresOf(baseline, settled)]},
});
test('2 ms each', tells, 'cpu-bound', taking(4000, 2000), ['clear']);
test('more than 2 ms each', tells, 'cpu-bound', taking(4000, 1999), [
  'warn baseline',
  'baseline: system 1 > 0.9 share of 1999; 100 499.8 2.0',
]);
test('none that settled', tells, 'cpu-bound', taking(4000, 0), [
  'warn baseline',
  'baseline: system 1 > 0.9 share of 0; 100 0.0 4000.0',
]);
test('less than nine tenths', tells, 'cpu-bound', taking(3599, 1), ['clear']);
const offered = (ok: number): TrialChanges => ({
  phaseResources: [busy(baseline, {cpuMs: 4000})],
  driver: {phases: [figuresOf(baseline, 400, {outcomes: {failed: 400 - ok}})]},
});
test('99 of 100 of what was asked for', tells, 'cpu-bound', offered(396), ['clear']);
test('less than that', tells, 'cpu-bound', offered(395), [
  'warn baseline',
  'baseline: system 1 > 0.9 share of 400; 100 98.8 100.0',
]);
test(
  'what a goal asks for',
  tells,
  'cpu-bound',
  {...offered(400), plan: {goals: {baseline: {goodputPerSecond: {min: 150}}}}},
  ['warn baseline', 'baseline: system 1 > 0.9 share of 400; 100 100.0 150.0'],
);
test('no figures', tells, 'cpu-bound', {}, ['inconclusive']);
test('no figures', tells, 'gc-pressure', {}, ['inconclusive']);
test(
  '100 looks',
  tells,
  'event-loop-stall',
  {phaseResources: [busy(fault, {loopDelayP99Ms: 150, durationMs: 1000})]},
  ['warn stall', 'stall: system 150 > 100 ms of 100; 99 150 12'],
);
test(
  '99 looks',
  tells,
  'event-loop-stall',
  {phaseResources: [busy(fault, {loopDelayP99Ms: 150, durationMs: 994})]},
  ['inconclusive; 12 99'],
);
test(
  'a harness of other phases',
  tells,
  'event-loop-stall',
  {
    phaseResources: [busy(fault, {loopDelayP99Ms: 150})],
    harness: [
      {
        process: 'target',
        phase: recovery,
        durationMs: 1000,
        cpuMs: 1,
        loopDelayP99Ms: 75,
        loopDelayMaxMs: 9,
        tickCount: 300,
      },
    ],
  },
  ['warn stall', 'stall: system 150 > 100 ms of 400; 99 150 12'],
);
test(
  'a process that stopped answering before the load',
  tells,
  'event-loop-stall',
  {end: {kind: 'unresponsive'}, edges: []},
  ['inconclusive'],
);
test(
  'what blocked it before it was stuck',
  tells,
  'event-loop-stall',
  {
    end: {kind: 'unresponsive'},
    resources: [sample(6000)],
    phaseResources: [busy(baseline, {loopDelayP99Ms: 150})],
  },
  ['fail stall', 'stall: system 1 > 0 count of 1; 6', 'baseline: system 150 > 100 ms of 400; 99 150 12'],
);

test(
  'a baseline in which nothing settled',
  tells,
  'event-loop-stall',
  {
    phaseResources: [busy(baseline, {cpuMs: 1}), busy(fault, {cpuMs: 3000})],
    driver: {phases: [figuresOf(baseline, 0), figuresOf(fault, 100)]},
  },
  ['clear'],
);
