import {mock} from 'node:test';
import test from 'ava';
import {decodeHistogram, percentileMs} from '../../src/stats/histogram.ts';
import {type Bench, driverBench} from '../helpers/driver-bench.ts';
import {sumsHold} from '../helpers/driver-fold.ts';

const once = {load: {model: 'open', ratePerSecond: 0.0001, maxInFlight: 1}} as const;

const startOne = (bench: Bench): void => {
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
};

const hangsAfter = test.macro({
  title: (_title, deadlineMs: number, hungAfterMs: number) =>
    `with a deadline of ${deadlineMs} ms an operation hangs from ${hungAfterMs} ms on`,
  async exec(t, deadlineMs: number, hungAfterMs: number) {
    const bench = driverBench(t, {...once, operation: {deadlineMs, idempotent: true}});
    startOne(bench);
    await bench.block(hungAfterMs - 1);
    t.is(bench.booked().phases[0]?.outcomes.hung, 0);
    // Looked for every 100 ms.
    await bench.advance(101);
    const booked = bench.booked(true);
    t.is(booked.phases[0]?.outcomes.hung, 1);
    t.is(bench.driver.inFlight, 1);
    sumsHold(t, booked);
  },
});

test.serial(hangsAfter, 10, 1010);
test.serial(hangsAfter, 2000, 3000);
test.serial(hangsAfter, 30_000, 33_000);

test.serial('what settles after it was counted as hung stays hung, and is told', async t => {
  const bench = driverBench(t, once);
  startOne(bench);
  await bench.advance(1400);
  await bench.settle(0, {status: 'unknown', error: new Error('late')});
  const booked = bench.booked(true);
  t.like(booked.phases[0], {settledAfterHung: 1, overrun: 0, responseOkUs: ''});
  const settledMs = percentileMs(decodeHistogram(booked.phases[0]!.responseNotOkUs), 100)!;
  t.true(Math.abs(settledMs - 1400) <= 1.4, `it settled after ${settledMs} ms`);
  t.deepEqual(booked.operations, [{status: 'hung', phase: 0}]);
  t.like(booked.failures[0], {status: 'hung', count: 1});
  // Told once, with the time it really took, and not with its age when it was found hung.
  t.deepEqual(
    booked.slowest.map(({index, durationMs}) => ({index, durationMs})),
    [{index: 0, durationMs: 1400}],
  );
  t.is(bench.driver.inFlight, 0);
  sumsHold(t, booked);
});

test.serial('what settles too late is hung, even where no sweep came before', async t => {
  const bench = driverBench(t, once);
  startOne(bench);
  mock.timers.setTime(1300);
  await bench.settle(0);
  const booked = bench.booked(true);
  t.is(booked.phases[0]?.outcomes.hung, 1);
  t.is(booked.phases[0]?.outcomes.ok, 0);
  t.is(booked.phases[0]?.settledAfterHung, 1);
  sumsHold(t, booked);
});

const overruns = test.macro({
  title: (_title, settledMs: number, overrun: number) =>
    `settled ${settledMs} ms after the start, with a deadline of 200 ms: ${overrun} overrun`,
  async exec(t, settledMs: number, overrun: number) {
    const bench = driverBench(t, once);
    startOne(bench);
    await bench.block(settledMs);
    await bench.settle(0);
    t.like(bench.booked().phases[0], {overrun, settledAfterHung: 0});
  },
});

test.serial(overruns, 200, 0);
test.serial(overruns, 270, 0);
test.serial(overruns, 271, 1);
test.serial(overruns, 1199, 1);

test.serial('drain resolves at once when nothing is in flight', async t => {
  const bench = driverBench(t, {...once, perform: async () => ({status: 'ok'})});
  startOne(bench);
  await bench.advance(1);
  bench.driver.stopLoad();
  t.is(await bench.driver.drain(60_000), 0);
});

test.serial('drain resolves when the last operation settles', async t => {
  const bench = driverBench(t);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(15);
  bench.driver.stopLoad();
  let left: number | undefined;
  const drained = bench.driver.drain(60_000).then(inFlight => {
    left = inFlight;
  });
  await bench.settle(0);
  t.is(left, undefined);
  await bench.settle(1);
  await drained;
  t.is(left, 0);
});

test.serial('drain gives up at its limit, and counts what hangs by then', async t => {
  const bench = driverBench(t);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(25);
  bench.driver.stopLoad();
  const drained = bench.driver.drain(1190);
  await bench.block(1190);
  t.is(await drained, 3);
  const booked = bench.booked(true);
  // Started at 0, 10 and 20 ms; at 1215 ms the first two are older than 200 + 1000 ms.
  t.is(booked.phases[0]?.outcomes.hung, 2);
  sumsHold(t, booked);
});

test.serial('nothing is booked any more after the driver has stopped', async t => {
  const bench = driverBench(t);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(15);
  const before = bench.booked(true);
  bench.driver.stop();
  await bench.settle(0);
  await bench.settle(1, {status: 'failed', error: new Error('too late')});
  await bench.advance(3000);
  t.deepEqual(bench.booked(true), before);
});
