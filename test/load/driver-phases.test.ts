import test from 'ava';
import {latency} from '../../src/model/fault.ts';
import {decodeHistogram, percentileMs} from '../../src/stats/histogram.ts';
import {calmPhase, driverBench, faultPhase, recoveryPhase} from '../helpers/driver-bench.ts';
import {sumsHold} from '../helpers/driver-fold.ts';

test.serial(
  'operations in flight move to a fault phase with its begin, and the books of both say so',
  async t => {
    const bench = driverBench(t);
    bench.driver.enterPhase(0);
    bench.driver.startLoad();
    await bench.advance(35);
    await bench.settle(0);
    t.is(bench.booked().phases[0]?.started, 4);
    bench.driver.enterPhase(1);
    const moved = bench.booked();
    t.like(moved.phases[0], {started: 1, offered: 1});
    t.like(moved.phases[1], {started: 3, offered: 3});
    t.deepEqual(moved.operations, [
      {status: 'ok', phase: 0},
      {status: 'in-flight', phase: 1},
      {status: 'in-flight', phase: 1},
      {status: 'in-flight', phase: 1},
    ]);
    await bench.settle(1);
    sumsHold(t, bench.booked(true));
  },
);

test.serial('operations that a fault only made slow move to the next fault phase', async t => {
  const slow = {...faultPhase, name: 'slow', faults: [latency({latencyMs: 100})]};
  const bench = driverBench(t, {phases: [slow, {...faultPhase, name: 'stall'}]});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(15);
  bench.driver.enterPhase(1);
  const booked = bench.booked();
  t.deepEqual(
    booked.operations.map(operation => operation.phase),
    [1, 1],
  );
});

test.serial(
  'operations in flight stay in their fault phase, also when another fault phase begins',
  async t => {
    const bench = driverBench(t, {phases: [faultPhase, {...faultPhase, name: 'reset'}, recoveryPhase]});
    bench.driver.enterPhase(0);
    bench.driver.startLoad();
    await bench.advance(15);
    bench.driver.enterPhase(1);
    await bench.advance(10);
    bench.driver.enterPhase(2);
    await bench.advance(10);
    for (const index of [0, 1, 2, 3]) await bench.settle(index);
    const booked = bench.booked(true);
    t.deepEqual(
      booked.operations.map(operation => operation.phase),
      [0, 0, 1, 2],
    );
    sumsHold(t, booked);
  },
);

test.serial('hung operations do not move', async t => {
  const bench = driverBench(t, {load: {model: 'open', ratePerSecond: 0.5, maxInFlight: 10}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(1350);
  bench.driver.enterPhase(1);
  const booked = bench.booked(true);
  t.deepEqual(booked.operations, [{status: 'hung', phase: 0}]);
  t.like(booked.phases[0], {started: 1});
  sumsHold(t, booked);
});

test.serial('what hangs in a recovery stays there when the next fault comes', async t => {
  const bench = driverBench(t, {
    phases: [recoveryPhase, faultPhase],
    load: {model: 'open', ratePerSecond: 10, maxInFlight: 100},
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(5);
  await bench.settle(0);
  // The others are answered no more: the first of them for 400 ms, which is far more than 5, and not yet hung.
  await bench.advance(500);
  bench.driver.enterPhase(1);
  const booked = bench.booked(true);
  t.deepEqual(
    booked.operations.map(({phase}) => phase),
    [0, 0, 0, 0, 1, 1],
  );
  sumsHold(t, booked);
});

test.serial('operations that take long on a calm network, too, are not stuck', async t => {
  const bench = driverBench(t, {
    phases: [calmPhase, faultPhase],
    load: {model: 'open', ratePerSecond: 10, maxInFlight: 100},
    operation: {deadlineMs: 5000, idempotent: true},
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(400);
  await bench.settle(0);
  await bench.advance(400);
  bench.driver.enterPhase(1);
  t.deepEqual(
    bench.booked().operations.map(({phase}) => phase),
    [0, 1, 1, 1, 1, 1, 1, 1, 1],
  );
});

test.serial('a pause of the process before the edge makes no operation look stuck', async t => {
  const bench = driverBench(t, {phases: [calmPhase, faultPhase]});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(15);
  const calledMs = bench.nowMs();
  await bench.block(900);
  bench.driver.enterPhase(1, calledMs);
  t.true(bench.booked().operations.every(({phase}) => phase === 1));
});

test.serial('each phase has histograms of its own, successes apart from the rest', async t => {
  const bench = driverBench(t, {phases: [calmPhase, recoveryPhase]});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.block(5);
  await bench.settle(0);
  await bench.advance(5);
  bench.driver.enterPhase(1);
  await bench.advance(10);
  await bench.block(4);
  await bench.settle(1, {status: 'failed', error: new Error('refused')});
  await bench.settle(2);
  const [calm, recovery] = bench.booked().phases;
  const worstMs = (base64: string): number => Math.round(percentileMs(decodeHistogram(base64), 100)!);
  t.is(worstMs(calm!.responseOkUs), 5);
  t.is(worstMs(calm!.responseNotOkUs), 14);
  t.is(recovery!.responseNotOkUs, '');
  t.is(worstMs(recovery!.responseOkUs), 4);
  t.is(decodeHistogram(recovery!.serviceOkUs)?.totalCount, 1);
});

test.serial('a phase is told again only when it has changed', async t => {
  const bench = driverBench(t, {phases: [calmPhase, recoveryPhase]});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(5);
  bench.driver.enterPhase(1);
  await bench.advance(10);
  const phasesTold = (): number[] =>
    bench.driver
      .collect()
      .flatMap(event => (event.kind === 'phases' ? event.phases.map(({phase}) => phase) : []));
  t.deepEqual(phasesTold(), [0, 1]);
  t.deepEqual(phasesTold(), []);
  await bench.settle(0);
  // The success is of an operation of the one, and came in the other.
  t.deepEqual(phasesTold(), [0, 1]);
  t.deepEqual(phasesTold(), []);
});

test.serial(
  'a success counts in the phase that lasts while it comes, whichever phase its operation is of',
  async t => {
    const bench = driverBench(t, {load: {model: 'closed', concurrency: 3}});
    bench.driver.enterPhase(0);
    bench.driver.startLoad();
    await bench.advance(50);
    await bench.settle(0);
    // All three move to the fault's phase; two of them succeed in it, one when it is over.
    bench.driver.enterPhase(1);
    await bench.advance(20);
    await bench.settle(1);
    await bench.settle(2);
    bench.driver.enterPhase(2);
    await bench.advance(10);
    await bench.settle(3);
    bench.driver.stopLoad();
    await bench.advance(10);
    await bench.settle(4);
    const {phases} = bench.booked(true);
    t.deepEqual(
      phases.map(({okWithin}) => okWithin),
      [1, 2, 1],
    );
    t.deepEqual(
      phases.map(({inFlightMs}) => inFlightMs),
      [150, 60, 30],
    );
    t.deepEqual(
      phases.map(({inFlightMax}) => inFlightMax),
      [3, 3, 3],
    );
    t.is(
      phases.reduce((sum, {outcomes}) => sum + outcomes.ok, 0),
      5,
    );
  },
);

test.serial('of the hung operations those that had begun before the phase are told apart', async t => {
  const bench = driverBench(t, {load: {model: 'closed', concurrency: 2}});
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(10);
  bench.driver.enterPhase(1);
  await bench.settle(0);
  await bench.advance(1400);
  t.like(bench.booked(true).phases[1], {outcomes: {hung: 2}, hungMoved: 1});
});
