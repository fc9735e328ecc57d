import {mock} from 'node:test';
import test from 'ava';
import {driverBench} from '../helpers/driver-bench.ts';
import {sumsHold} from '../helpers/driver-fold.ts';

const slow = {load: {model: 'open', ratePerSecond: 10, maxInFlight: 100}} as const;

test.serial('an operation counts in the bin in which it was meant to start', async t => {
  const bench = driverBench(t, {...slow, operation: {deadlineMs: 2000, idempotent: true}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(1250);
  await bench.settle(0);
  await bench.settle(12);
  const {bins} = bench.booked(true);
  t.deepEqual(
    bins.map(({index, startMs, started}) => [index, startMs, started]),
    [
      [0, 0, 5],
      [1, 500, 5],
      [2, 1000, 3],
    ],
  );
  t.is(bins[0]?.outcomes.ok, 1);
  t.is(bins[2]?.outcomes.ok, 1);
  t.true(Math.abs(bins[0]!.maxMs! - 1250) < 15);
  t.is(bins[1]?.p99Ms, null);
});

test.serial('a bin is told when its time is over, and again when one of its operations settles', async t => {
  const bench = driverBench(t, slow);
  const indexesTold = (): number[] =>
    bench.driver
      .collect()
      .flatMap(event => (event.kind === 'bins' ? event.bins.map(({index}) => index) : []));
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(499);
  t.deepEqual(indexesTold(), []);
  await bench.advance(1);
  t.deepEqual(indexesTold(), [0]);
  t.deepEqual(indexesTold(), []);
  await bench.advance(100);
  await bench.settle(4);
  t.deepEqual(indexesTold(), [0]);
  await bench.advance(1500);
  t.deepEqual(indexesTold(), [0, 1, 2, 3]);
});

test.serial('a bin is not over as long as starts that belong to it may come', async t => {
  const bench = driverBench(t, slow);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(350);
  // The timer for the start of 400 ms has not had its turn when the driver is asked.
  mock.timers.setTime(510);
  t.is(bench.booked().bins.length, 0);
  await bench.advance(1);
  t.is(bench.booked().bins[0]?.started, 5);
});

test.serial('at the very end the last bin is told before its time is over', async t => {
  const bench = driverBench(t, slow);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(150);
  bench.driver.stopLoad();
  t.is(bench.booked().bins.length, 0);
  const booked = bench.booked(true);
  t.is(booked.bins[0]?.started, 2);
  sumsHold(t, booked);
  // What settles between the drain and the close is told too.
  await bench.settle(0);
  t.is(bench.booked(true).bins[0]?.outcomes.ok, 1);
});

test.serial('a bin whose operations were all dropped is told', async t => {
  const bench = driverBench(t, {load: {model: 'open', ratePerSecond: 10, maxInFlight: 1}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(1001);
  t.like(bench.booked().bins[1], {started: 0, dropped: 5, p50Ms: null});
});

test.serial('outcome bytes are told in the range that changed', async t => {
  const bench = driverBench(t);
  const ranges = (): number[][] =>
    bench.driver
      .collect()
      .flatMap(event =>
        event.kind === 'operations' ? [[event.fromIndex, Buffer.from(event.outcomes, 'base64').length]] : [],
      );
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(95);
  t.deepEqual(ranges(), [[0, 10]]);
  t.deepEqual(ranges(), []);
  await bench.settle(6);
  await bench.settle(3);
  t.deepEqual(ranges(), [[3, 4]]);
});

test.serial('the slowest five of each phase are kept, the slowest first', async t => {
  const bench = driverBench(t);
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(100);
  for (const index of [9, 0, 8, 1, 7, 2, 6]) await bench.settle(index);
  const {slowest} = bench.booked();
  t.deepEqual(
    slowest.map(({id, durationMs}) => [id, durationMs]),
    [
      ['trial-0', 100],
      ['trial-1', 90],
      ['trial-2', 80],
      ['trial-6', 40],
      ['trial-7', 30],
    ],
  );
  t.like(slowest[0], {index: 0, phase: 0, startMs: 0, startedMs: 0, status: 'ok'});
});

test.serial(
  'an operation that is told of has its intended start, its real one and its settlement',
  async t => {
    const bench = driverBench(t, {load: {model: 'open', ratePerSecond: 10, maxInFlight: 10}});
    bench.driver.enterPhase(0);
    bench.driver.startLoad();
    await bench.advance(50);
    await bench.block(70);
    await bench.advance(30);
    await bench.settle(1, {status: 'failed', error: new Error('no')});
    const {slowest, failures} = bench.booked();
    const told = {index: 1, startMs: 100, startedMs: 120, durationMs: 50, status: 'failed'};
    t.like(failures[0]?.examples[0], told);
    t.like(
      slowest.find(({index}) => index === 1),
      told,
    );
  },
);
