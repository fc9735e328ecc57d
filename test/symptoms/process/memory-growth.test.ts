// The heap of a program in another language, after full collections that its runtime reports.
import test from 'ava';
import type {Plan} from '../../../src/model/plan.ts';
import type {RuntimeSample} from '../../../src/model/runtime-sample.ts';
import {presentOf, type TrialChanges, trialWith} from '../../helpers/trial-believable.ts';
import {isJudged, judgedFinding, jvmReadings, programWith} from '../../helpers/trial-runtime.ts';

const mib = 1024 ** 2;

const full = (sizeMib: number): Partial<RuntimeSample> => ({
  gcPauseMs: 5,
  gcCount: 1,
  fullGcCount: 1,
  heapAfterGcBytes: sizeMib * mib,
});

const grown = (before: number, after: number, changes: TrialChanges = {}): TrialChanges =>
  programWith(jvmReadings(500, 18_500, {3500: full(before), 17500: full(after)}), changes);

test('6 MiB more', isJudged, 'memory-growth', grown(30, 36), {value: 6 * mib, phase: 'recovery'});
test('4 MiB more', isJudged, 'memory-growth', grown(30, 34), 'clear');
test('9 MiB of 100 more', isJudged, 'memory-growth', grown(100, 109), 'clear');
test(
  'without a full collection in the baseline',
  isJudged,
  'memory-growth',
  programWith(jvmReadings(500, 18_500, {500: full(30), 17500: full(90)})),
  /after a full garbage collection in the baseline$/,
);
test(
  'without one in the recovery',
  isJudged,
  'memory-growth',
  programWith(jvmReadings(500, 18_500, {3500: full(30), 6500: full(90)})),
  /after a full garbage collection in the last recovery/,
);
test(
  'more operations under way than in the baseline hold more',
  isJudged,
  'memory-growth',
  grown(30, 90, {
    inFlight: [
      {atMs: 2000, count: 10},
      {atMs: 12_000, count: 21},
    ],
  }),
  /while about as few operations were in flight as in the baseline$/,
);
test(
  'a few more do not',
  isJudged,
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
  isJudged,
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
  programWith(
    jvmReadings(500, 46_500, {
      3500: full(30),
      17500: full(sizes[0]),
      31500: full(sizes[1]),
      45500: full(sizes[2]),
    }),
    {plan: threeFaults, loadEndedMs: 47_000},
  );
test('more with each fault', isJudged, 'memory-growth', cycles(35, 40, 46), {
  value: 16 * mib,
  phase: 'recovery',
});
test(
  'a cache that fills once',
  isJudged,
  'memory-growth',
  cycles(46, 46, 46),
  /no steady rise over 3 recoveries/,
);

test('growth: it says when the heap was how large', t => {
  t.is(
    presentOf(judgedFinding('memory-growth', grown(30, 90))).evidence[0].statement,
    'After a full garbage collection the heap was 90 MiB in phase recovery, up from 30 MiB in the baseline.',
  );
});
