// What a runtime reported within a phase.
import test from 'ava';
import {runtimeFigures} from '../../src/model/runtime-figures.ts';
import {isRuntimeMetric} from '../../src/model/runtime-sample.ts';
import {baseline, fault, trialWith} from '../helpers/trial-believable.ts';
import {programWith, reading} from '../helpers/trial-runtime.ts';

test('levels at their peak, and what grew from the first reading of the phase to its last', t => {
  const runtime = [
    reading(900, {heapUsedBytes: 999, gcPauseMs: 900, gcCount: 90}),
    reading(1500, {heapUsedBytes: 10, gcPauseMs: 700, gcCount: 7, fullGcCount: 5, cpuMs: 800}),
    reading(2500, {
      heapUsedBytes: 30,
      heapReservedBytes: 64,
      heapLimitBytes: 128,
      heapAfterGcBytes: 25,
      externalBytes: 3,
      gcPauseMs: 50,
      gcCount: 2,
      fullGcCount: 1,
      cpuMs: 300,
      threadCount: 40,
      threadStates: {waiting: 30, runnable: 10},
      taskCount: 7,
    }),
    reading(3500, {
      heapUsedBytes: 20,
      heapAfterGcBytes: 18,
      gcPauseMs: 150,
      gcCount: 3,
      fullGcCount: 0,
      cpuMs: 100,
    }),
    reading(5500, {heapUsedBytes: 888, gcPauseMs: 800}),
  ];
  t.deepEqual(runtimeFigures(trialWith(programWith(runtime)), baseline), {
    heapMaxBytes: 30,
    heapReservedMaxBytes: 64,
    heapLimitBytes: 128,
    heapAfterGcBytes: 18,
    externalMaxBytes: 3,
    gcShare: 0.1,
    gcCount: 5,
    fullGcCount: 1,
    cpuRatio: 0.2,
    threads: runtime[2]!,
    taskMaxCount: 7,
  });
});

test('of one reading what grew is not known', t => {
  const trial = trialWith(programWith([reading(6000, {heapUsedBytes: 5, gcPauseMs: 9, gcCount: 1})]));
  t.like(runtimeFigures(trial, fault), {heapMaxBytes: 5, gcShare: null, gcCount: null});
});

test('a pause that began before the first reading makes no more than all of the time', t => {
  const trial = trialWith(
    programWith([reading(6000, {gcPauseMs: 0}), reading(7000, {gcPauseMs: 1200, gcCount: 1})]),
  );
  t.is(runtimeFigures(trial, fault)?.gcShare, 1);
});

test('without a reading there are no figures', t => {
  t.is(runtimeFigures(trialWith(programWith([reading(500)])), baseline), null);
  t.is(runtimeFigures(trialWith(), baseline), null);
});

test('where the clock was set, nobody knows of which phase they are', t => {
  const trial = trialWith({
    ...programWith([reading(2000, {heapUsedBytes: 5})]),
    clockSteps: [{atMs: 1200, offsetMs: 800}],
  });
  t.is(runtimeFigures(trial, baseline), null);
});

for (const [name, isRuntimes] of [
  ['jvm.memory.used', true],
  ['go.goroutine.count', true],
  ['cpython.gc.collections', true],
  ['v8js.gc.duration', true],
  ['google.calls', false],
  ['db.client.connection.count', false],
] as const) {
  test(`${name} is ${isRuntimes ? '' : 'not '}a runtime's`, t => t.is(isRuntimeMetric(name), isRuntimes));
}
