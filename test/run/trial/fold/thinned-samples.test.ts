// However long a trial is, so many samples are kept of it, and what is read from them stays true.
import test from 'ava';
import {measureConnections} from '../../../../src/measures/measure.ts';
import {measureProcess, residentMaxBytes} from '../../../../src/measures/process-measure.ts';
import type {TrialEvent} from '../../../../src/model/event.ts';
import type {Plan} from '../../../../src/model/plan.ts';
import type {ResourceSample, SystemSample} from '../../../../src/model/process-witness.ts';
import type {ProxyWitness} from '../../../../src/model/proxy-witness.ts';
import {mergeInjector, mergeResources, mergeSystem} from '../../../../src/run/trial/fold/merge-samples.ts';
import {ThinnedSamples} from '../../../../src/run/trial/fold/thinned-samples.ts';
import {foldOf, journalOf, plan, witnessOf} from '../../../helpers/run-journal.ts';

const resource = (atMs: number, change: Partial<ResourceSample> = {}): ResourceSample => ({
  atMs,
  cpuMs: atMs / 10,
  rssBytes: 100,
  heapUsedBytes: 50,
  externalBytes: 5,
  loopDelayMaxMs: 1,
  loopUtilisationRatio: 0.25,
  gcMs: 2,
  gcCount: 1,
  inFlightCount: 3,
  gcKinds: {minor: {count: 1, ms: 2}},
  ...change,
});

const system = (atMs: number, change: Partial<SystemSample> = {}): SystemSample => ({
  atMs,
  cpuMs: atMs / 10,
  rssBytes: 100,
  threadCount: 11,
  fileDescriptorCount: 30,
  socketCount: null,
  ...change,
});

test('two samples of the process are one with the greatest of the gauges and the sums of the rest', t => {
  const early = resource(1000, {heapUsedBytes: 90, loopUtilisationRatio: 0.9, loopDelayMaxMs: 40});
  const late = resource(4000, {
    rssBytes: 200,
    loopUtilisationRatio: 0.1,
    gcKinds: {minor: {count: 2, ms: 1}, major: {count: 1, ms: 7}},
    activeResources: {Timeout: 2},
  });
  t.deepEqual(mergeResources(early, late, 0.25), {
    ...late,
    heapUsedBytes: 90,
    loopDelayMaxMs: 40,
    loopUtilisationRatio: 0.25 * 0.9 + 0.75 * 0.1,
    gcMs: 4,
    gcCount: 2,
    gcKinds: {minor: {count: 3, ms: 3}, major: {count: 1, ms: 7}},
  });
});

test('what a sample of old does not know, the one of two does not know either', t => {
  const {inFlightCount: _, gcKinds: __, ...old} = resource(1000);
  const merged = mergeResources(old, {...old, atMs: 2000}, 0.5);
  t.false('inFlightCount' in merged);
  t.false('gcKinds' in merged);
  t.false('heapLimitBytes' in merged);
});

test('of threads of one name the moment with more of them is kept, with the CPU time that they had in the end', t => {
  const group = {name: 'pool', count: 2, runningCount: 0, blockedCount: 0, cpuMs: 50};
  const merged = mergeSystem(
    system(1000, {
      threadCount: 14,
      threads: [
        {...group, count: 5, runningCount: 4, cpuMs: 40},
        {...group, name: 'gone', cpuMs: 3},
      ],
    }),
    system(2000, {threads: [group, {...group, name: 'new'}]}),
    0.5,
  );
  t.is(merged.atMs, 2000);
  t.is(merged.threadCount, 14);
  t.is(merged.socketCount, null);
  t.deepEqual(merged.threads, [
    {...group, count: 5, runningCount: 4},
    {...group, name: 'new'},
    {...group, name: 'gone', cpuMs: 3},
  ]);
});

test('the injector has as many open connections as at most, and its counters as they are in the end', t => {
  const early = {...witnessOf(7), openConnections: 9};
  const late = {...witnessOf(20), openedConnections: 30};
  t.deepEqual(mergeInjector({atMs: 1, witness: early}, {atMs: 2, witness: late}, 0.5), {
    atMs: 2,
    witness: {...late, openConnections: 9},
  });
});

test('with too many samples neighbours become one, but for the first and the last of each phase and the newest', t => {
  const samples = new ThinnedSamples<{readonly atMs: number; readonly of: number}>(
    (a, b) => ({atMs: b.atMs, of: a.of + b.of}),
    1000,
  );
  samples.bound(100.5);
  for (let atMs = 1; atMs <= 1001; atMs++) samples.add({atMs, of: 1});
  const kept = samples.all();
  t.is(
    kept.reduce((sum, {of}) => sum + of, 0),
    1001,
  );
  t.deepEqual(
    kept
      .filter(({of}) => of === 1)
      .map(({atMs}) => atMs)
      .filter(atMs => atMs <= 901),
    [1, 100, 101],
  );
  t.true(kept.filter(({atMs}) => atMs > 901).every(({of}) => of === 1));
});

test('where every sample is the first or the last of its phase none is lost', t => {
  const samples = new ThinnedSamples<{readonly atMs: number}>((_, b) => b, 300);
  for (let atMs = 0; atMs < 2000; atMs++) {
    if (atMs % 2 === 0) samples.bound(atMs - 0.5);
    samples.add({atMs});
  }
  t.is(samples.all().length, 2000);
});

/** A soak of twelve hours, looked at every second: calm, a fault that takes 7 hours, calm. */
const hourMs = 3_600_000;
const soakPlan: Plan = {
  ...plan,
  phases: [
    {...plan.phases[0]!, durationMs: hourMs},
    {...plan.phases[1]!, durationMs: 7 * hourMs},
    {...plan.phases[0]!, name: 'after', role: 'recovery', durationMs: 4 * hourMs},
  ],
};

const witness = (openConnections: number, atMs: number): ProxyWitness => ({
  ...witnessOf(0),
  openConnections,
  openedConnections: atMs / 1000,
});

const soak = function* (): Generator<TrialEvent> {
  yield journalOf()[0]!;
  const edgesMs = [0, hourMs, 8 * hourMs];
  for (let atMs = 0; atMs < 12 * hourMs; atMs += 1000) {
    const phase = edgesMs.indexOf(atMs);
    if (phase >= 0) {
      yield {kind: 'injector', atMs, witness: witness(phase === 2 ? 50 : 2, atMs)};
      yield {kind: 'edge', edge: {phase, beforeMs: atMs, afterMs: atMs + 3}};
    }
    const isWorst = atMs === 5 * hourMs;
    const faulty = atMs > hourMs && atMs < 8 * hourMs;
    const openConnections = isWorst ? 500 : faulty ? 50 : 2;
    const memory = {rssBytes: isWorst ? 9e9 : faulty ? 500 : 100, heapUsedBytes: isWorst ? 8e9 : 50};
    yield {kind: 'injector', atMs: atMs + 7, witness: witness(openConnections, atMs)};
    yield {kind: 'resources', sample: resource(atMs + 7, {...memory, cpuMs: atMs / 10})};
    yield {kind: 'system', sample: system(atMs + 7, {rssBytes: memory.rssBytes})};
  }
  yield {kind: 'load-ended', atMs: 12 * hourMs};
};

test('a soak of twelve hours keeps ten thousand samples, and its phases what was greatest in them', t => {
  const trial = foldOf([...soak()], soakPlan)!;
  for (const samples of [trial.resources, trial.system, trial.injector]) {
    t.true(samples.length <= 10_000 && samples.length > 3000, `${samples.length} samples`);
    t.deepEqual(
      samples.map(({atMs}) => atMs),
      samples.map(({atMs}) => atMs).sort((a, b) => a - b),
    );
  }
  t.deepEqual(
    [0, 1, 2].map(phase => residentMaxBytes(trial, phase)),
    [100, 9e9, 100],
  );
  t.deepEqual(
    [0, 1, 2].map(phase => measureConnections(trial, phase)),
    [
      {opened: 3600, openMax: 2},
      {opened: 7 * 3600, openMax: 500},
      {opened: 4 * 3600 - 1, openMax: 50},
    ],
  );
  const measured = measureProcess(trial, 1)!;
  t.is(measured.heapMaxBytes, 8e9);
  t.true(Math.abs(measured.cpuRatio - 0.1) < 1e-4, `${measured.cpuRatio}`);
  // Every one of 25,200 samples has 2 ms of it, but for the first.
  t.true(Math.abs(measured.gcShare! - 0.002) < 1e-5, `${measured.gcShare}`);
});
