import test from 'ava';
import {shareEpoch, steadyEpochMs, wallEpochMs, wholeEpochMs, zeroEpochMs} from '../../src/model/clock.ts';

test('a process tells times as the one whose epoch it shares, whatever the wall clock said when it began', t => {
  // A pause between two readings moves what is made of them: one of five is without.
  const fiveOf = <T>(read: () => T): T[] => Array.from({length: 5}, () => read());
  const ownZeroMs = Math.max(...fiveOf(zeroEpochMs));
  const hourMs = 3_600_000;
  t.teardown(() => shareEpoch(ownZeroMs));
  const isShared = (): boolean => {
    shareEpoch(ownZeroMs - hourMs);
    return (
      Math.abs(zeroEpochMs() - (ownZeroMs - hourMs)) < 1 &&
      Math.abs(steadyEpochMs() - (wallEpochMs() - hourMs)) < 50
    );
  };
  t.true(fiveOf(isShared).includes(true));
  t.true(Number.isInteger(wholeEpochMs()));
  t.true(steadyEpochMs() - wholeEpochMs() < 50);
});
