import test from 'ava';
import {constantRate} from '../../src/load/pacing.ts';
import {seededRandom} from '../helpers/driver-random.ts';

const isDue = test.macro({
  title: (_title, ratePerSecond: number, elapsedMs: number, due: number) =>
    `at ${ratePerSecond} per second, ${due} are due by ${elapsedMs} ms`,
  exec(t, ratePerSecond: number, elapsedMs: number, due: number) {
    t.is(constantRate(ratePerSecond).dueBy(elapsedMs), due);
  },
});

const hoursMs = 2 ** 40;

test(isDue, 1, 0, 1);
test(isDue, 1, 999.999, 1);
test(isDue, 1, 1000, 2);
test(isDue, 1, hoursMs, 1_099_511_628);
test(isDue, 3, 333, 1);
test(isDue, 3, 333.4, 2);
test(isDue, 3, 1000, 4);
test(isDue, 3, hoursMs, 3_298_534_884);
test(isDue, 200, 4.999, 1);
test(isDue, 200, 5, 2);
test(isDue, 200, 1000, 201);
test(isDue, 200, hoursMs, 219_902_325_556);
test(isDue, 5000, 0.2, 2);
test(isDue, 5000, 60_000, 300_001);
test(isDue, 5000, hoursMs, 5_497_558_138_881);
test(isDue, 99_999, 0.01, 1);
test(isDue, 99_999, 1000, 100_000);
test(isDue, 99_999, hoursMs, 109_950_063_265_973);
test(isDue, 0.001, 999_999, 1);
test(isDue, 0.001, 1_000_000, 2);
test(isDue, 0, 0, 0);
test(isDue, 0, hoursMs, 0);
test(isDue, 200, -0.001, 0);
test(isDue, 200, -hoursMs, 0);

test('starts are evenly spaced from 0 on', t => {
  const {startOf} = constantRate(200);
  t.deepEqual([0, 1, 2, 200].map(startOf), [0, 5, 10, 1000]);
});

test('a rate of 0 never starts', t => {
  t.is(constantRate(0).startOf(0), Number.POSITIVE_INFINITY);
});

const holdsItsInvariant = test.macro({
  title: (_title, ratePerSecond: number) =>
    `at ${ratePerSecond} per second, what is due has its start behind it, and the next one before it`,
  exec(t, ratePerSecond: number) {
    const pacer = constantRate(ratePerSecond);
    const random = seededRandom(ratePerSecond);
    const check = (elapsedMs: number): boolean => {
      const due = pacer.dueBy(elapsedMs);
      return Number.isInteger(due) && pacer.startOf(due - 1) <= elapsedMs && elapsedMs < pacer.startOf(due);
    };
    for (let round = 0; round < 20_000; round++) {
      const elapsedMs = random() * 10 ** (random() * 12);
      if (!check(elapsedMs)) return t.fail(`not at ${elapsedMs} ms`);
      const startMs = pacer.startOf(Math.floor(random() * 10 ** (random() * 9)));
      if (!check(startMs)) return t.fail(`not at ${startMs} ms, which is a start`);
    }
    t.pass();
  },
});

for (const ratePerSecond of [1, 3, 7, 200, 333.33, 5000, 99_999]) test(holdsItsInvariant, ratePerSecond);

const refusesRate = test.macro({
  title: (_title, rate: number) => `a rate of ${rate} is refused`,
  exec(t, rate: number) {
    const error = t.throws(() => constantRate(rate), {instanceOf: RangeError});
    t.is(error?.message, `a rate must be a finite number of at least 0 per second, not ${rate}`);
  },
});

for (const rate of [Number.NaN, Number.POSITIVE_INFINITY, -1]) test(refusesRate, rate);

const refusesTime = test.macro({
  title: (_title, elapsedMs: number) => `an elapsed time of ${elapsedMs} is refused`,
  exec(t, elapsedMs: number) {
    for (const rate of [0, 200]) {
      t.throws(() => constantRate(rate).dueBy(elapsedMs), {
        instanceOf: RangeError,
        message: `a time must be finite, not ${elapsedMs} ms`,
      });
    }
  },
});

for (const elapsedMs of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
  test(refusesTime, elapsedMs);
}
