// The process of this test, as it is seen from inside.
import {once} from 'node:events';
import {PerformanceObserver} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import test, {type ExecutionContext} from 'ava';
import {Resources} from '../../src/subject/resources.ts';

const watch = (t: ExecutionContext): Resources => {
  const resources = new Resources(() => performance.now());
  t.teardown(() => resources.stop());
  return resources;
};

const burn = (durationMs: number): void => {
  const untilMs = performance.now() + durationMs;
  while (performance.now() < untilMs);
};

test.serial('a blocked event loop is seen as delay, utilisation and CPU', async t => {
  const resources = watch(t);
  await sleep(30);
  burn(200);
  await sleep(30);
  const sample = resources.sample();
  const phase = resources.endPhase(3);
  t.is(phase.phase, 3);
  t.true(phase.durationMs >= 250 && phase.durationMs < 5000);
  for (const figures of [sample, phase]) {
    t.true(figures.loopDelayMaxMs >= 150, `${figures.loopDelayMaxMs}`);
    t.true(figures.loopUtilisationRatio > 0.1 && figures.loopUtilisationRatio <= 1);
  }
  t.true(phase.cpuMs > 50 && phase.cpuMs < phase.durationMs * 8);
  t.true(sample.heapUsedBytes > 1e6 && sample.rssBytes > sample.heapUsedBytes);
  t.true(sample.heapTotalBytes! >= sample.heapUsedBytes && sample.heapLimitBytes! > sample.heapTotalBytes!);
  t.true(sample.arrayBuffersBytes! <= sample.externalBytes);
});

test.serial('each phase and each sample has its own figures', async t => {
  const resources = watch(t);
  burn(200);
  await sleep(30);
  resources.sample();
  resources.endPhase(0);
  await sleep(60);
  const phase = resources.endPhase(1);
  t.true(phase.durationMs < 5000);
  t.true(phase.loopDelayMaxMs < 150, `${phase.loopDelayMaxMs}`);
  t.true(resources.sample().loopDelayMaxMs < 150);
});

test.serial('without a moment to measure, delay is 0', t => {
  const resources = watch(t);
  t.like(resources.sample(), {loopDelayMaxMs: 0, gcCount: 0, gcMs: 0});
  t.like(resources.endPhase(0), {loopDelayP50Ms: 0, loopDelayP99Ms: 0, loopDelayMaxMs: 0});
});

test.serial('garbage collections are counted', async t => {
  const resources = watch(t);
  setFlagsFromString('--expose-gc');
  const seen = new Promise<void>(resolve => {
    const observer = new PerformanceObserver(() => {
      observer.disconnect();
      resolve();
    });
    observer.observe({entryTypes: ['gc']});
  });
  (runInNewContext('gc') as () => void)();
  await seen;
  const sample = resources.sample();
  t.true(sample.gcCount >= 1);
  t.true(sample.gcMs > 0);
  t.true(sample.gcKinds!.major!.count >= 1);
  t.is(resources.endPhase(0).gcCount, sample.gcCount);
});

test.serial('it holds no process open', async t => {
  const {fork} = await import('node:child_process');
  const child = fork(new URL('../fixtures/resources.ts', import.meta.url), {execArgv: []});
  const [code] = await once(child, 'exit');
  t.is(code, 0);
});

test.serial('what keeps the event loop alive is counted by its kind', t => {
  const resources = watch(t);
  const timers = [1, 2, 3].map(() => setTimeout(() => {}, 60_000));
  t.teardown(() => timers.forEach(clearTimeout));
  t.true(resources.sample().activeResources!['Timeout']! >= 3);
});

test.serial('what the harness itself keeps alive is taken off', t => {
  const resources = watch(t);
  const timers = [1, 2, 3].map(() => setTimeout(() => {}, 60_000));
  t.teardown(() => timers.forEach(clearTimeout));
  const all = resources.sample().activeResources!['Timeout']!;
  t.is(resources.sample({Timeout: 2, PipeWrap: 1}).activeResources!['Timeout'], all - 2);
  t.false('Timeout' in resources.sample({Timeout: all}).activeResources!);
});
