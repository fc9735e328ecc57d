import test from 'ava';
import {encodeHistogram, latencyHistogram, quantileMs, recordMs} from '../../src/load/histogram.ts';
import {countsBetween, decodeHistogram, mergeHistograms, percentileMs} from '../../src/stats/histogram.ts';

const encoded = (...durationsMs: number[]): string => {
  const histogram = latencyHistogram(3);
  for (const durationMs of durationsMs) recordMs(histogram, durationMs);
  return encodeHistogram(histogram);
};

const isKept = test.macro({
  title: (_title, durationMs: number, keptMs: number) =>
    `${durationMs} ms is kept as ${keptMs} ms within 0.1 %`,
  exec(t, durationMs: number, keptMs: number) {
    const valueMs = percentileMs(decodeHistogram(encoded(durationMs)), 100)!;
    t.true(Math.abs(valueMs - keptMs) <= keptMs / 1000, `${valueMs}`);
  },
});

test(isKept, 0, 0);
test(isKept, -3, 0);
test(isKept, 0.0004, 0);
test(isKept, 0.001, 0.001);
test(isKept, 1.5, 1.5);
test(isKept, 2047.9, 2047.9);
test(isKept, 3_000_000, 3_000_000);
test(isKept, 3_600_000, 3_600_000);
test(isKept, 99_999_999, 3_600_000);

test('an empty histogram is an empty text, and has no quantiles', t => {
  t.is(encoded(), '');
  t.is(encodeHistogram(null), '');
  t.is(decodeHistogram(''), null);
  t.is(percentileMs(null, 50), null);
  t.is(percentileMs(latencyHistogram(2), 50), null);
  t.is(quantileMs(latencyHistogram(2), 50), null);
});

test('histograms merge without loss, empty ones among them', t => {
  const durationsMs = Array.from({length: 3000}, (_, index) => (index * 7919) % 5000);
  const parts = [0, 1, 2].map(part => encoded(...durationsMs.filter((_, index) => index % 3 === part)));
  const merged = mergeHistograms(['', ...parts, '']);
  const whole = decodeHistogram(encoded(...durationsMs));
  t.is(merged?.totalCount, 3000);
  for (const percentile of [0, 1, 50, 90, 99, 99.9, 100]) {
    t.is(percentileMs(merged, percentile), percentileMs(whole, percentile), `p${percentile}`);
  }
});

test('merging leaves its parts as they are', t => {
  const [one, other] = [encoded(1), encoded(2)];
  t.is(mergeHistograms([one, other])?.totalCount, 2);
  t.is(mergeHistograms([one, other])?.totalCount, 2);
});

test('nothing to merge is null', t => {
  t.is(mergeHistograms([]), null);
  t.is(mergeHistograms(['', '']), null);
});

test('a damaged histogram is an error, not an empty one', t => {
  t.throws(() => decodeHistogram('damaged'));
});

test('values are counted between edges, and those outside in the first and the last count', t => {
  const histogram = decodeHistogram(encoded(0.5, 1.5, 2, 20, 99, 5000));
  t.deepEqual(countsBetween(histogram, [1, 10, 100, 1000]), [3, 2, 1]);
  t.deepEqual(countsBetween(null, [1, 10]), [0]);
  // Asked twice it says the same.
  t.deepEqual(countsBetween(histogram, [1, 10, 100, 1000]), [3, 2, 1]);
});
