// A duration in one byte.
import test from 'ava';
import {durationCode, durationsOf} from '../../src/model/duration-code.ts';

test('a duration lies where its code says', t => {
  for (let ms = 0.001; ms < 10_000_000; ms *= 1.013) {
    const [fromMs, toMs] = durationsOf(durationCode(ms));
    t.true(ms >= fromMs * 0.999_999 && ms <= toMs * 1.000_001, `${ms}: ${fromMs} to ${toMs}`);
  }
});

test('the codes fill a byte, and 0 is left for what is not known', t => {
  t.is(durationCode(0), 1);
  t.is(durationCode(Number.POSITIVE_INFINITY), 255);
  t.true(durationsOf(254)[1] > 3_600_000);
});
