import test from 'ava';
import {bursts, constantRate, type Pacer, rampRate} from '../../src/load/pacing.ts';
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

const rampIsDue = test.macro({
  title: (_title, from: number, to: number, elapsedMs: number, due: number) =>
    `from ${from} to ${to} per second within 10 s, ${due} are due by ${elapsedMs} ms`,
  exec(t, from: number, to: number, elapsedMs: number, due: number) {
    t.is(rampRate(from, to, 10_000).dueBy(elapsedMs), due);
  },
});

test(rampIsDue, 0, 100, 0, 1);
test(rampIsDue, 0, 100, 5000, 126);
test(rampIsDue, 0, 100, 10_000, 501);
test(rampIsDue, 0, 100, 11_000, 601);
test(rampIsDue, 100, 0, 5000, 376);
test(rampIsDue, 100, 0, 10_000, 501);
test(rampIsDue, 100, 0, hoursMs, 501);
test(rampIsDue, 50, 50, 1000, 51);
test(rampIsDue, 50, 50, 20_000, 1001);
test(rampIsDue, 0, 0, 20_000, 0);
test(rampIsDue, 10, 20, -1, 0);

const burstIsDue = test.macro({
  title: (_title, size: number, everyMs: number, elapsedMs: number, due: number) =>
    `in bursts of ${size} every ${everyMs} ms, ${due} are due by ${elapsedMs} ms`,
  exec(t, size: number, everyMs: number, elapsedMs: number, due: number) {
    t.is(bursts(size, everyMs).dueBy(elapsedMs), due);
  },
});

test(burstIsDue, 50, 1000, 0, 50);
test(burstIsDue, 50, 1000, 999.9, 50);
test(burstIsDue, 50, 1000, 1000, 100);
test(burstIsDue, 1, 10, hoursMs, 109_951_162_778);
test(burstIsDue, 50, 1000, -1, 0);

const invariant = test.macro({
  title: (_title, name: string) => `${name}: what is due has its start behind it, and the next one before it`,
  exec(t, _name: string, pacer: Pacer, digits: number) {
    const random = seededRandom(digits);
    const check = (elapsedMs: number): boolean => {
      const due = pacer.dueBy(elapsedMs);
      return Number.isInteger(due) && pacer.startOf(due - 1) <= elapsedMs && elapsedMs < pacer.startOf(due);
    };
    for (let round = 0; round < 20_000; round++) {
      const elapsedMs = random() * 10 ** (random() * digits);
      if (!check(elapsedMs)) return t.fail(`not at ${elapsedMs} ms`);
      const startMs = pacer.startOf(Math.floor(random() * 10 ** (random() * (digits - 3))));
      if (Number.isFinite(startMs) && !check(startMs))
        return t.fail(`not at ${startMs} ms, which is a start`);
    }
    t.pass();
  },
});

for (const ratePerSecond of [1, 3, 7, 200, 333.33, 5000, 99_999]) {
  test(invariant, `${ratePerSecond} per second`, constantRate(ratePerSecond), 12);
}
test(invariant, 'a ramp up', rampRate(0, 1000, 60_000), 8);
test(invariant, 'a ramp down', rampRate(1000, 1, 60_000), 8);
test(invariant, 'a ramp to nothing', rampRate(1000, 0, 60_000), 8);
test(invariant, 'an almost level ramp', rampRate(200, 200.000_001, 60_000), 8);
test(invariant, 'bursts', bursts(37, 250), 9);

const refuses = test.macro({
  title: (_title, what: string) => `refuses ${what}`,
  exec(t, _what: string, make: () => unknown) {
    t.throws(make, {instanceOf: RangeError});
  },
});

test(refuses, 'a ramp from a negative rate', () => rampRate(-1, 5, 1000));
test(refuses, 'a ramp to no number', () => rampRate(1, Number.NaN, 1000));
test(refuses, 'a ramp that takes no time', () => rampRate(1, 5, 0));
test(refuses, 'bursts of nothing', () => bursts(0, 1000));
test(refuses, 'bursts of a half', () => bursts(1.5, 1000));
test(refuses, 'bursts that are not apart', () => bursts(5, 0));
test(refuses, 'a time that is none', () => bursts(5, 10).dueBy(Number.POSITIVE_INFINITY));

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
