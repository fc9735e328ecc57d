import test from 'ava';
import {triedId} from '../../src/model/message-id.ts';
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
  title: (_title, id: string) => `"${id}" is no operation of the trial`,
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
      attemptTimes: [],
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

test('attempts have their times, the first eight of each operation', t => {
  const clock = {nowMs: 1000};
  const ledger = ledgerAt(clock);
  for (let time = 0; time < 10; time++) {
    clock.nowMs = 1000 + time * 100.26;
    ledger.attempt(`${trialId}-1`);
  }
  ledger.attempt(`${trialId}-0`);
  t.deepEqual(ledger.observation().attemptTimes, [
    [0, 902.3],
    [1, 0, 100.3, 200.5, 300.8, 401, 501.3, 601.6, 701.8],
  ]);
});

test('times are kept of the latest operations with one attempt, and of the first with several', t => {
  const ledger = ledgerAt({nowMs: 0});
  for (let index = 0; index < 20_010; index++) ledger.attempt(`${trialId}-${index}`);
  const once = ledger.observation().attemptTimes!;
  t.deepEqual([once.length, once[0]], [20_000, [10, 0]]);
  for (let index = 10; index < 20_010; index++) ledger.attempt(`${trialId}-${index}`);
  ledger.attempt(`${trialId}-30000`);
  ledger.attempt(`${trialId}-30000`);
  const often = ledger.observation().attemptTimes!;
  t.deepEqual([often.length, often.at(-1)], [20_001, [30_000, 0]]);
  t.true(often.slice(0, -1).every(row => row.length === 3));
});

test('the work of the target is the sum of the times of its attempts', t => {
  const clock = {nowMs: 0};
  const ledger = ledgerAt(clock);
  const at = (nowMs: number, step: () => void): void => {
    clock.nowMs = nowMs;
    step();
  };
  at(400, () => ledger.attempt(`${trialId}-0`));
  at(450, () => ledger.attempt(`${trialId}-1`));
  at(600, () => ledger.answered(`${trialId}-0`));
  at(650, () => ledger.answered('somebody-else'));
  at(1700, () => ledger.answered(`${trialId}-1`));
  at(9000, () => ledger.attempt('somebody-else'));
  t.deepEqual(ledger.observation().servingMsByBin, [150, 600, 500, 200]);
});

test('a target that does not tell when it is done has no work to show', t => {
  const ledger = ledgerAt({nowMs: 0});
  ledger.attempt(`${trialId}-0`);
  t.false('servingMsByBin' in ledger.observation());
});

test('the effect of a batch is there with the last of its messages, and its attempts are those at the first', t => {
  const ledger = ledgerAt({nowMs: 0});
  for (const end of ['0.1of3', '0.2of3', '0.3of3', '1.1of2', '1.1of2']) {
    ledger.attempt(`${trialId}-${end}`);
    ledger.effect(`${trialId}-${end}`);
    ledger.answered(`${trialId}-${end}`);
  }
  const {attempts, effects, unattributedCount} = ledger.observation();
  t.deepEqual(bytesOf(attempts), [1, 2]);
  t.deepEqual(bytesOf(effects), [1, 0]);
  t.is(unattributedCount, 0);
});

test('what is tried before the load is in none of its counts', t => {
  const ledger = new Ledger(() => 0);
  ledger.begin('defaults-1', 0);
  for (const id of [triedId('defaults-1', 0), `${triedId('defaults-1', 1)}.2of3`]) {
    ledger.attempt(id);
    ledger.effect(id);
    ledger.answered(id);
  }
  ledger.attempt('defaults-1-0');
  ledger.attempt('another');
  const {attempts, effects, unattributedCount, attemptsByBin} = ledger.observation();
  t.deepEqual([...Buffer.from(attempts, 'base64')], [1]);
  t.is(effects, '');
  t.is(unattributedCount, 1);
  t.deepEqual(attemptsByBin, [1]);
});
