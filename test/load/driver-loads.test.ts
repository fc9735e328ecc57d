// A phase may have a load of its own.
import test from 'ava';
import {calmPhase, driverBench, faultPhase, recoveryPhase} from '../helpers/driver-bench.ts';
import {sumsHold} from '../helpers/driver-fold.ts';

const ok = async () => ({status: 'ok'}) as const;

test.serial("each phase has its load: open, bursts, closed, a ramp, and the scenario's again", async t => {
  const bench = driverBench(t, {
    phases: [
      calmPhase,
      {...faultPhase, name: 'bursts', load: {model: 'bursts', burstSize: 7, everyMs: 100, maxInFlight: 1000}},
      {
        ...recoveryPhase,
        name: 'ramp',
        load: {model: 'ramp', fromPerSecond: 0, toPerSecond: 100, maxInFlight: 1000},
      },
      {...recoveryPhase, name: 'again'},
    ],
    perform: ok,
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(999);
  bench.driver.enterPhase(1);
  await bench.advance(999);
  bench.driver.enterPhase(2);
  await bench.advance(999);
  bench.driver.enterPhase(3);
  await bench.advance(999);
  bench.driver.stopLoad();
  const booked = bench.booked(true);
  t.deepEqual(
    booked.phases.map(phase => phase?.started),
    [100, 70, 50, 100],
  );
  sumsHold(t, booked);
});

test.serial('a load that goes on stays evenly spaced across the edge', async t => {
  const starts: number[] = [];
  const bench = driverBench(t, {
    load: {model: 'open', ratePerSecond: 20, maxInFlight: 10},
    perform: async () => {
      starts.push(bench.nowMs());
      return {status: 'ok'};
    },
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(120);
  bench.driver.enterPhase(1);
  await bench.advance(130);
  t.deepEqual(starts, [0, 50, 100, 150, 200, 250]);
});

test.serial('a closed phase counts what an open one has left in flight', async t => {
  const bench = driverBench(t, {
    phases: [calmPhase, {...recoveryPhase, load: {model: 'closed', concurrency: 5}}],
  });
  bench.driver.enterPhase(0);
  bench.driver.startLoad();
  await bench.advance(25);
  t.is(bench.driver.inFlight, 3);
  bench.driver.enterPhase(1);
  t.is(bench.driver.inFlight, 5);
  await bench.settle(0);
  t.is(bench.driver.inFlight, 5);
  const booked = bench.booked(true);
  t.is(booked.phases[1]?.started, 3);
  sumsHold(t, booked);
});
