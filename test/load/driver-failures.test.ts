// A library that fails at once, 100,000 times: all are counted, few are kept, and the rest of the process has its turns.
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import test from 'ava';
import {Driver} from '../../src/load/driver.ts';
import {calmPhase} from '../helpers/driver-bench.ts';
import {DriverFold, sumsHold} from '../helpers/driver-fold.ts';

const wanted = 100_000;

test('100,000 failures at once are counted, told in little, and kept in little memory', async t => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  let started = 0;
  const driver = new Driver({
    load: {model: 'closed', concurrency: 64},
    operation: {deadlineMs: 60_000, idempotent: true},
    phases: [calmPhase],
    // Each with a code and a long message of its own.
    perform: async index => {
      started++;
      const error = Object.assign(new Error(`${index} ${'x'.repeat(2000)}`), {code: `E_${index % 1000}`});
      return {status: 'unknown', error};
    },
    idOf: index => `trial-${index}`,
    now: () => performance.now(),
  });
  t.teardown(() => driver.stop());
  const beforeBytes = heapBytes();
  driver.enterPhase(0);
  driver.startLoad();
  let turns = 0;
  while (started < wanted) {
    await new Promise(resolve => setImmediate(resolve));
    turns++;
  }
  driver.stopLoad();
  t.is(await driver.drain(10_000), 0);
  const grownBytes = heapBytes() - beforeBytes;
  t.true(grownBytes < 4_000_000, `${grownBytes} bytes`);
  t.true(turns >= wanted / 64, `${turns} turns of the event loop`);

  const events = driver.collect(true);
  const changedBytes = JSON.stringify(events).length;
  t.true(changedBytes < 3_000_000, `${changedBytes} bytes`);
  const fold = new DriverFold();
  for (const event of events) fold.add(event);
  const booked = fold.booked();
  t.is(booked.phases[0]!.outcomes.unknown, started);
  t.is(booked.failures.length, 100);
  t.true(booked.failures.every(({examples, error}) => examples.length <= 5 && error.message.length <= 500));
  t.is(
    booked.failures.reduce((sum, {count}) => sum + count, booked.uncounted),
    started,
  );
  sumsHold(t, booked);
});
