// Garbage collection of a program in another language, by the metrics of its runtime: what they prove, and what they do not.
import test from 'ava';
import type {RuntimeSample} from '../../../src/model/runtime-sample.ts';
import {presentOf, trialWith} from '../../helpers/trial-believable.ts';
import {isJudged, judgedFinding, jvmReadings, programWith, reading} from '../../helpers/trial-runtime.ts';

const mib = 1024 ** 2;

const collecting = (ms: number): Partial<RuntimeSample> => ({
  gcPauseMs: ms,
  gcCount: 5,
  heapUsedBytes: 90 * mib,
});

test('calm', isJudged, 'gc-pressure', programWith(jvmReadings(500, 18_500, {2500: collecting(20)})), 'clear');
test(
  'more than a tenth of a phase',
  isJudged,
  'gc-pressure',
  programWith(jvmReadings(500, 18_500, {6500: collecting(400), 7500: collecting(500)})),
  {value: 0.3, phase: 'stall'},
);
test(
  'what the first reading of a phase adds may be of the phase before',
  isJudged,
  'gc-pressure',
  programWith(jvmReadings(500, 18_500, {1500: collecting(900), 5500: collecting(900)})),
  'clear',
);
test(
  'a phase with a single reading leaves it open',
  isJudged,
  'gc-pressure',
  programWith(jvmReadings(500, 18_500).filter(({atMs}) => atMs < 5000 || atMs > 8000)),
  /fewer than two readings of its metrics in phase stall/,
);
test(
  'a runtime that does not report how long it takes leaves it open',
  isJudged,
  'gc-pressure',
  programWith(jvmReadings(500, 18_500).map(sample => ({...sample, gcPauseMs: null}))),
  /not how long the pauses were/,
);
test(
  'a runtime that reports no collections leaves it open',
  isJudged,
  'gc-pressure',
  programWith([reading(1500, {threadCount: 9})]),
  /^the runtime reported no garbage collection over OTLP$/,
);
test(
  'no metrics at all leave it open',
  isJudged,
  'gc-pressure',
  programWith([]),
  /^the runtime reported no garbage collection/,
);
test(
  'times of a clock that was set leave it open',
  isJudged,
  'gc-pressure',
  programWith(jvmReadings(500, 18_500, {6500: collecting(900)}), {clockSteps: [{atMs: 900, offsetMs: 70}]}),
  /wall clock/,
);
test(
  'a program that did not live to the end is not clear',
  isJudged,
  'gc-pressure',
  programWith(jvmReadings(500, 6500), {edges: trialWith().edges.slice(0, 3), loadEndedMs: null}),
  'inconclusive',
);

test('collection: it says how much, at what CPU, with what heap, and by whose word', t => {
  const {evidence} = presentOf(
    judgedFinding('gc-pressure', programWith(jvmReadings(500, 18_500, {2500: collecting(600)}))),
  );
  t.like(evidence[0], {
    witness: 'telemetry',
    statement:
      'Garbage collection paused the process for 20.0% of phase baseline, at 80% of a core; peak 90 MiB on the heap.',
    threshold: 0.1,
  });
});
