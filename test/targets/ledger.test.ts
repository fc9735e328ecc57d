import test from 'ava';
import {Ledger} from '../../src/targets/ledger.ts';

const trialId = 'pool-defaults-1';

const ledgerAt = (clock: {nowMs: number}): Ledger => {
  const ledger = new Ledger(() => clock.nowMs);
  ledger.begin(trialId, clock.nowMs);
  return ledger;
};

const bytesOf = (base64: string): number[] => [...Buffer.from(base64, 'base64')];

test('attempts and effects are counted by operation', t => {
  const ledger = ledgerAt({nowMs: 0});
  ledger.attempt(`${trialId}-0`);
  ledger.attempt(`${trialId}-2`);
  ledger.attempt(`${trialId}-2`);
  ledger.effect(`${trialId}-1`);
  const {attempts, effects, unattributedCount} = ledger.observation();
  t.deepEqual(bytesOf(attempts), [1, 0, 2]);
  t.deepEqual(bytesOf(effects), [0, 1]);
  t.is(unattributedCount, 0);
});

test('a byte stays at 255', t => {
  const ledger = ledgerAt({nowMs: 0});
  for (let time = 0; time < 300; time++) ledger.attempt(`${trialId}-0`);
  t.deepEqual(bytesOf(ledger.observation().attempts), [255]);
});

test('it grows with the number of operations', t => {
  const ledger = ledgerAt({nowMs: 0});
  for (let index = 0; index < 10_000; index += 3) ledger.attempt(`${trialId}-${index}`);
  const attempts = bytesOf(ledger.observation().attempts);
  t.is(attempts.length, 10_000);
  t.true(attempts.every((count, index) => count === (index % 3 === 0 ? 1 : 0)));
});

const isForeign = test.macro({
  title: (_title, id: string) => `«${id}» is no operation of the trial`,
  exec(t, id: string) {
    const ledger = ledgerAt({nowMs: 0});
    ledger.attempt(id);
    ledger.effect(id);
    t.deepEqual(ledger.observation(), {
      attempts: '',
      effects: '',
      unattributedCount: 1,
      binMs: 500,
      attemptsByBin: [],
    });
  },
});

for (const end of [
  '',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  ' 1',
  '2147483648',
  'NaN',
  '1-2',
  '99999999999999999999',
]) {
  test(isForeign, `${trialId}-${end}`);
}
for (const id of ['', trialId, '7', 'pool-defaults-2-7', 'favicon.ico']) test(isForeign, id);

test('arrivals are counted by half seconds from the origin of the trial', t => {
  const clock = {nowMs: 10_000};
  const ledger = ledgerAt(clock);
  for (const nowMs of [9_990, 10_000, 10_499, 10_500, 12_100]) {
    clock.nowMs = nowMs;
    ledger.attempt(`${trialId}-0`);
  }
  t.deepEqual(ledger.observation().attemptsByBin, [3, 1, 0, 0, 1]);
});

test('a new trial begins with an empty book, and late arrivals of the one before are not of it', t => {
  const ledger = ledgerAt({nowMs: 0});
  ledger.attempt(`${trialId}-0`);
  ledger.begin('pool-bounded-1', 0);
  ledger.attempt(`${trialId}-1`);
  ledger.attempt('pool-bounded-1-1');
  const {attempts, unattributedCount} = ledger.observation();
  t.deepEqual(bytesOf(attempts), [0, 1]);
  t.is(unattributedCount, 1);
});
