// Garbage collection and heap of a program in another language, by the metrics of its runtime: what they prove, and what they do not.
import test from 'ava';
import type {Plan} from '../../../src/model/plan.ts';
import type {RuntimeSample} from '../../../src/model/runtime-sample.ts';
import type {SymptomId} from '../../../src/model/symptoms.ts';
import {detect} from '../../../src/symptoms/detect.ts';
import type {Answered} from '../../helpers/symptom-macro.ts';
import {presentOf, type TrialChanges, trialWith} from '../../helpers/trial-believable.ts';
import {jvmReadings, programWith, reading} from '../../helpers/trial-runtime.ts';

const mib = 1024 ** 2;

const findingOf = (symptom: SymptomId, changes: TrialChanges) =>
  detect(trialWith(changes)).find(finding => finding.symptom === symptom)!;

/** With what is needed to call a trial clear; a pattern is for a reason. */
const answers = test.macro({
  title: (title, symptom: SymptomId) => `${symptom}: ${title}`,
  exec(t, symptom: SymptomId, changes: TrialChanges, expected: Answered) {
    const finding = findingOf(symptom, changes);
    if (expected instanceof RegExp) t.regex(finding.verdict === 'inconclusive' ? finding.reason : finding.verdict, expected);
    else if (typeof expected === 'string') t.is(finding.verdict, expected, JSON.stringify(finding));
    else {
      const {evidence, phase} = presentOf(finding);
      t.true(Math.abs(evidence[0].value - expected.value) < 1e-6, `${evidence[0].value}`);
      if (expected.phase !== undefined) t.is(phase, expected.phase);
    }
  },
});

/** CPU time by the operating system, at 80% of a core. */
const system: TrialChanges['system'] = Array.from({length: 39}, (_, index) => ({
  atMs: 500 * index,
  cpuMs: 400 * index,
  rssBytes: 300 * mib,
  threadCount: 30,
  fileDescriptorCount: null,
  socketCount: null,
}));

const program = (runtime: readonly RuntimeSample[], changes: TrialChanges = {}): TrialChanges =>
  programWith(runtime, {system, ...changes});

const collecting = (ms: number): Partial<RuntimeSample> => ({gcPauseMs: ms, gcCount: 5, heapUsedBytes: 90 * mib});

test('calm', answers, 'gc-pressure', program(jvmReadings(500, 18_500, {2500: collecting(20)})), 'clear');
test(
  'more than a tenth of a phase',
  answers,
  'gc-pressure',
  program(jvmReadings(500, 18_500, {6500: collecting(400), 7500: collecting(500)})),
  {value: 0.3, phase: 'stall'},
);
test(
  'what the first reading of a phase adds may be of the phase before',
  answers,
  'gc-pressure',
  program(jvmReadings(500, 18_500, {1500: collecting(900), 5500: collecting(900)})),
  'clear',
);
test(
  'a phase with a single reading leaves it open',
  answers,
  'gc-pressure',
  program(jvmReadings(500, 18_500).filter(({atMs}) => atMs < 5000 || atMs > 8000)),
  /fewer than two readings of its metrics in phase stall/,
);
test(
  'a runtime that does not report how long it takes leaves it open',
  answers,
  'gc-pressure',
  program(jvmReadings(500, 18_500).map(sample => ({...sample, gcPauseMs: null}))),
  /not how long that stopped the program/,
);
test(
  'a runtime that reports no collections leaves it open',
  answers,
  'gc-pressure',
  program([reading(1500, {threadCount: 9})]),
  /^the runtime reported no garbage collection over OTLP$/,
);
test('no metrics at all leave it open', answers, 'gc-pressure', program([]), /^the runtime reported no garbage collection/);
test(
  'times of a clock that was set leave it open',
  answers,
  'gc-pressure',
  program(jvmReadings(500, 18_500, {6500: collecting(900)}), {clockSteps: [{atMs: 900, offsetMs: 70}]}),
  /wall clock/,
);
test(
  'a program that did not live to the end is not clear',
  answers,
  'gc-pressure',
  program(jvmReadings(500, 6500), {edges: trialWith().edges.slice(0, 3), loadEndedMs: null}),
  'inconclusive',
);

test('collection: it says how much, at what CPU, with what heap, and by whose word', t => {
  const {evidence} = presentOf(
    findingOf('gc-pressure', program(jvmReadings(500, 18_500, {2500: collecting(600)}))),
  );
  t.like(evidence[0], {
    witness: 'telemetry',
    statement:
      'Garbage collection paused the process for 20.0% of phase baseline, at 80% of a core; peak 90 MiB on the heap.',
    threshold: 0.1,
  });
});

const full = (sizeMib: number): Partial<RuntimeSample> => ({
  gcPauseMs: 5,
  gcCount: 1,
  fullGcCount: 1,
  heapAfterGcBytes: sizeMib * mib,
});

const grown = (before: number, after: number, changes: TrialChanges = {}): TrialChanges =>
  program(jvmReadings(500, 18_500, {3500: full(before), 17_500: full(after)}), changes);

test('6 MiB more', answers, 'memory-growth', grown(30, 36), {value: 6 * mib, phase: 'recovery'});
test('4 MiB more', answers, 'memory-growth', grown(30, 34), 'clear');
test('9 MiB of 100 more', answers, 'memory-growth', grown(100, 109), 'clear');
test(
  'without a full collection in the baseline',
  answers,
  'memory-growth',
  program(jvmReadings(500, 18_500, {500: full(30), 17_500: full(90)})),
  /after a full garbage collection in the baseline$/,
);
test(
  'without one in the recovery',
  answers,
  'memory-growth',
  program(jvmReadings(500, 18_500, {3500: full(30), 6500: full(90)})),
  /after a full garbage collection in the last recovery/,
);
test(
  'more operations under way than in the baseline hold more',
  answers,
  'memory-growth',
  grown(30, 90, {
    inFlight: [
      {atMs: 2000, count: 10},
      {atMs: 12_000, count: 21},
    ],
  }),
  /with no more operations in flight than in the baseline$/,
);
test(
  'a few more do not',
  answers,
  'memory-growth',
  grown(30, 90, {
    inFlight: [
      {atMs: 2000, count: 10},
      {atMs: 12_000, count: 20},
    ],
  }),
  {value: 60 * mib},
);
test(
  'what never settles holds memory',
  answers,
  'memory-growth',
  grown(30, 90, {driver: {drained: {atMs: 19_500, inFlight: 3}}}),
  /not settled still hold memory/,
);

const cycle = trialWith().plan.phases.slice(2);
/** Two more of them, from 19,000 to 33,000 and to 47,000 ms. */
const threeFaults: Partial<Plan> = {
  phases: [...trialWith().plan.phases, ...cycle, ...cycle] as unknown as Plan['phases'],
};
const cycles = (...sizes: readonly [number, number, number]): TrialChanges =>
  program(
    jvmReadings(500, 46_500, {
      3500: full(30),
      17_500: full(sizes[0]),
      31_500: full(sizes[1]),
      45_500: full(sizes[2]),
    }),
    {plan: threeFaults, loadEndedMs: 47_000},
  );
test('more with each fault', answers, 'memory-growth', cycles(35, 40, 46), {value: 16 * mib, phase: 'recovery'});
test('a cache that fills once', answers, 'memory-growth', cycles(46, 46, 46), /no steady rise over 3 recoveries/);

test('growth: it says when the heap was how large', t => {
  t.is(
    presentOf(findingOf('memory-growth', grown(30, 90))).evidence[0].statement,
    'After a full garbage collection the heap was 90 MiB in phase recovery, up from 30 MiB in the baseline.',
  );
});
