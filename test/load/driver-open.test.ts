import {setImmediate as nextTurn} from 'node:timers/promises';
import test from 'ava';
import {decodeHistogram, percentileMs} from '../../src/stats/histogram.ts';
import {calmPhase, driverBench, recoveryPhase} from '../helpers/driver-bench.ts';
import {sumsHold} from '../helpers/driver-fold.ts';

test.serial('starts come at the rate, the first at once', async t => {
  const bench = driverBench(t);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  t.is(bench.driver.inFlight, 1);
  await bench.advance(9);
  t.is(bench.driver.inFlight, 1);
  await bench.advance(1);
  t.is(bench.driver.inFlight, 2);
  await bench.advance(990);
  t.is(bench.driver.inFlight, 101);
});

test.serial('what is due within half a millisecond starts now, and is waited for from then on', async t => {
  const bench = driverBench(t, {load: {model: 'open', ratePerSecond: 5000, maxInFlight: 100}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  // Due at 0, 0.2 and 0.4 ms, and not at 0.6.
  t.is(bench.driver.inFlight, 3);
  await bench.settle(2);
  await bench.advance(1);
  t.is(bench.driver.inFlight, 7);
  await bench.settle(1);
  const {slowest, phases} = bench.booked();
  t.like(
    slowest.find(({index}) => index === 1),
    {startMs: 0.2, startedMs: 0, durationMs: 1},
  );
  t.like(
    slowest.find(({index}) => index === 2),
    {startMs: 0.4, startedMs: 0, durationMs: 0},
  );
  const lag = decodeHistogram(phases[0]!.startLagUs);
  t.is(percentileMs(lag, 100), 0.4, 'that of 0.6 ms is the latest');
  t.is(percentileMs(lag, 75), 0, 'what starts early is not late');
  await bench.advance(99);
  bench.driver.stopLoad();
  t.is(bench.booked(true).phases[0]?.offered, 503, 'the rate is what it was');
});

test.serial('every operation is accounted for, whatever becomes of it', async t => {
  const bench = driverBench(t, {load: {model: 'open', ratePerSecond: 100, maxInFlight: 30}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(195);
  await bench.settle(0);
  for (const [index, status] of (['failed', 'unknown', 'rejected', 'wrong'] as const).entries()) {
    await bench.settle(index + 1, {status, error: new Error(status)});
  }
  await bench.advance(200);
  bench.driver.stopLoad();
  const [figures] = bench.booked(true).phases;
  t.is(figures?.offered, 40);
  t.is(figures?.started, 35);
  t.is(figures?.dropped, 5);
  t.deepEqual(figures?.outcomes, {ok: 1, failed: 1, unknown: 1, rejected: 1, wrong: 1, hung: 0});
  t.is(bench.driver.inFlight, 30);
  sumsHold(t, bench.booked(true));
});

test.serial('what finds no room is dropped, and the load goes on when there is room again', async t => {
  const bench = driverBench(t, {load: {model: 'open', ratePerSecond: 100, maxInFlight: 3}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(95);
  t.is(bench.driver.inFlight, 3);
  await bench.settle(0);
  await bench.advance(10);
  t.is(bench.driver.inFlight, 3);
  const booked = bench.booked(true);
  t.like(booked.phases[0], {offered: 11, started: 4, dropped: 7});
  sumsHold(t, booked);
});

test.serial(
  'after a blocked event loop all that was due starts, late, with its own intended start',
  async t => {
    const bench = driverBench(t, {perform: async () => ({status: 'ok'})});
    bench.driver.enterPhase(0);
    bench.driver.startLoad();
    await bench.advance(95);
    t.is(bench.booked().phases[0]?.late, 0);
    await bench.block(405);
    const [figures] = bench.booked().phases;
    // Starts were due at 100, 110 … 500 ms; that of 500 ms was in time.
    t.is(figures?.started, 51);
    t.is(figures?.late, 40);
    const response = decodeHistogram(figures!.responseOkUs);
    const service = decodeHistogram(figures!.serviceOkUs);
    t.true(Math.abs(percentileMs(response, 100)! - 400) < 1);
    t.is(percentileMs(service, 100), 0);
    t.true(Math.abs(percentileMs(decodeHistogram(figures!.startLagUs), 100)! - 400) < 1);
  },
);

test.serial('a start counts as late from more than 5 ms on', async t => {
  const bench = driverBench(t, {perform: async () => ({status: 'ok'})});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(15);
  t.is(bench.booked().phases[0]?.late, 0);
  await bench.advance(4);
  await bench.block(7);
  t.is(bench.booked().phases[0]?.late, 1);
});

test.serial('the deadline runs from the intended start', async t => {
  const deadlines: number[] = [];
  const bench = driverBench(t, {
    async perform(_, deadlineAtMs) {
      deadlines.push(deadlineAtMs);
      return {status: 'ok'};
    },
  });
  await bench.advance(3);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(25);
  t.deepEqual(deadlines, [203, 213, 223]);
});

test.serial('nothing starts after the load has stopped', async t => {
  const bench = driverBench(t);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(50);
  bench.driver.stopLoad();
  await bench.advance(500);
  t.is(bench.driver.inFlight, 6);
  t.is(bench.booked(true).phases[0]?.offered, 6);
});

const waitsFor = test.macro({
  title: (_title, ratePerSecond: number) => `at ${ratePerSecond} per second no timer overflows`,
  async exec(t, ratePerSecond: number) {
    const bench = driverBench(t, {load: {model: 'open', ratePerSecond, maxInFlight: 5}});
    const delaysMs: number[] = [];
    const mockedSetTimeout = globalThis.setTimeout;
    globalThis.setTimeout = ((callback: () => void, delayMs: number) => {
      delaysMs.push(delayMs);
      return mockedSetTimeout(callback, delayMs);
    }) as typeof setTimeout;
    bench.driver.enterPhase(0);
    bench.driver.startLoad();
    t.true(delaysMs.every(delayMs => delayMs < 2 ** 31));
    await bench.block(delaysMs[0]! + 1);
    t.is(delaysMs.length, 2);
    t.is(bench.driver.inFlight, ratePerSecond === 0 ? 0 : 1);
  },
});

test.serial(waitsFor, 0);
test.serial(waitsFor, 1e-9);

test.serial('what is overdue starts in turns, so that it need not all be in flight at once', async t => {
  let most = 0;
  const bench = driverBench(t, {
    load: {model: 'open', ratePerSecond: 10_000, maxInFlight: 20_000},
    perform: async () => {
      most = Math.max(most, bench.driver.inFlight);
      return {status: 'ok'};
    },
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(1000);
  while ((bench.booked().phases[0]?.started ?? 0) < 10_000) await nextTurn();
  t.true(most <= 64, `${most} in flight`);
  sumsHold(t, bench.booked(true));
});

test.serial('what was due and could not start before the load ended is dropped, not forgotten', async t => {
  const bench = driverBench(t, {
    load: {model: 'open', ratePerSecond: 10_000, maxInFlight: 20_000},
    perform: async () => ({status: 'ok'}),
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(1000);
  const startedBefore = bench.booked().phases[0]!.started;
  bench.driver.stopLoad();
  const booked = bench.booked(true);
  t.is(booked.phases[0]!.offered, 10_001);
  t.is(booked.phases[0]!.started, startedBefore + 64);
  sumsHold(t, booked);
});

test.serial('what was due before another load begins belongs to the phase before', async t => {
  const bench = driverBench(t, {
    load: {model: 'open', ratePerSecond: 10_000, maxInFlight: 20_000},
    phases: [calmPhase, {...recoveryPhase, load: {model: 'open', ratePerSecond: 100, maxInFlight: 100}}],
    perform: async () => ({status: 'ok'}),
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(500);
  bench.driver.enterPhase(1);
  await bench.block(95);
  const {phases} = bench.booked(true);
  t.is(phases[0]!.offered, 5001);
  t.is(phases[1]!.offered, 10);
});
