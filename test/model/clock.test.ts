import test from 'ava';
import {shareEpoch, steadyEpochMs, wallEpochMs, wholeEpochMs, zeroEpochMs} from '../../src/model/clock.ts';

test('a process tells times as the one whose epoch it shares, whatever the wall clock said when it began', t => {
  const ownZeroMs = zeroEpochMs();
  const hourMs = 3_600_000;
  shareEpoch(ownZeroMs - hourMs);
  t.teardown(() => shareEpoch(ownZeroMs));
  t.true(Math.abs(zeroEpochMs() - (ownZeroMs - hourMs)) < 1);
  t.true(Math.abs(steadyEpochMs() - (wallEpochMs() - hourMs)) < 50);
  t.true(Number.isInteger(wholeEpochMs()));
  t.true(steadyEpochMs() - wholeEpochMs() < 50);
});
