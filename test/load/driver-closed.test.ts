// Closed load on the real event loop: whether that one gets its turn is what is to be shown.
import test, {type ExecutionContext} from 'ava';
import {Driver, type DriverOptions} from '../../src/load/driver.ts';
import type {Settlement} from '../../src/load/settlement.ts';
import {calmPhase} from '../helpers/driver-bench.ts';
import {DriverFold, sumsHold} from '../helpers/driver-fold.ts';

const closedDriver = (
  t: ExecutionContext,
  concurrency: number,
  perform: DriverOptions['perform'],
): Driver => {
  const driver = new Driver({
    load: {model: 'closed', concurrency},
    operation: {deadlineMs: 60_000, idempotent: true},
    phases: [calmPhase],
    perform,
    idOf: index => `trial-${index}`,
    now: () => performance.now(),
  });
  t.teardown(() => driver.stop());
  return driver;
};

const foldOf = (driver: Driver): DriverFold => {
  const fold = new DriverFold();
  for (const event of driver.collect(true)) fold.add(event);
  return fold;
};

const turnOfEventLoop = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

test('as many operations as asked for are in flight, and a settled one makes room for the next', async t => {
  const waiting: ((settlement: Settlement) => void)[] = [];
  const driver = closedDriver(t, 3, () => new Promise(resolve => waiting.push(resolve)));
  driver.enterPhase(0);
  driver.startLoad();
  t.is(driver.inFlight, 3);
  waiting[1]!({status: 'ok'});
  await turnOfEventLoop();
  t.is(waiting.length, 4);
  t.is(driver.inFlight, 3);
  driver.stopLoad();
  waiting[0]!({status: 'failed', error: new Error('refused')});
  await turnOfEventLoop();
  t.is(waiting.length, 4);
  t.is(driver.inFlight, 2);
  const booked = foldOf(driver).booked();
  t.like(booked.phases[0], {offered: 4, started: 4, dropped: 0, late: 0});
  sumsHold(t, booked);
});

const startsAll = test.macro({
  title: (_title, concurrency: number) => `${concurrency} workers are all started`,
  async exec(t, concurrency: number) {
    const driver = closedDriver(t, concurrency, () => new Promise(() => {}));
    driver.enterPhase(0);
    driver.startLoad();
    for (let turn = 0; driver.inFlight < concurrency && turn < concurrency; turn++) await turnOfEventLoop();
    t.is(driver.inFlight, concurrency);
  },
});

for (const concurrency of [1, 63, 64, 65, 1000]) test(startsAll, concurrency);

const leavesTurns = test.macro({
  title: (_title, concurrency: number) =>
    `${concurrency} workers of a library that answers at once leave the event loop its turns`,
  async exec(t, concurrency: number) {
    const driver = closedDriver(t, concurrency, async () => ({status: 'ok'}));
    driver.enterPhase(0);
    driver.startLoad();
    for (let turn = 0; turn < 10; turn++) {
      await turnOfEventLoop();
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    driver.stopLoad();
    t.is(await driver.drain(1000), 0);
    const booked = foldOf(driver).booked();
    t.true(booked.phases[0]!.started >= 640);
    sumsHold(t, booked);
  },
});

for (const concurrency of [1, 10, 200]) test(leavesTurns, concurrency);
