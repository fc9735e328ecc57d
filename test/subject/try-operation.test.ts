import test from 'ava';
import type {Settlement} from '../../src/load/settlement.ts';
import {ApplicationError} from '../../src/model/application-error.ts';
import {tryOperation} from '../../src/subject/try-operation.ts';

const failed: Settlement = {status: 'unknown', error: new TypeError('client.foo is not a function')};

const trying = async (settlements: readonly (Settlement | 'never')[], limitMs = 5000) => {
  const numbers: number[] = [];
  const first = await tryOperation({
    perform(number) {
      numbers.push(number);
      const settlement = settlements[number] ?? failed;
      return settlement === 'never' ? new Promise(() => {}) : Promise.resolve(settlement);
    },
    deadlineMs: 1000,
    limitMs,
    now: () => performance.now(),
    settledLate() {},
  });
  return {first, numbers};
};

test('an operation that works is tried once', async t => {
  const {first, numbers} = await trying([{status: 'ok'}]);
  t.like(first, {status: 'answered', triedCount: 1});
  t.deepEqual(numbers, [0]);
});

test('a client that is not connected yet is tried again', async t => {
  const {first, numbers} = await trying([failed, failed, {status: 'ok', echoed: true}]);
  t.like(first, {status: 'answered', triedCount: 3});
  t.deepEqual(numbers, [0, 1, 2]);
});

test('one that fails three times fails, with the stack of the last error', async t => {
  const {first} = await trying([]);
  t.like(first, {
    status: 'failed',
    triedCount: 3,
    error: {name: 'TypeError', message: 'client.foo is not a function'},
  });
  t.true(first.status === 'failed' && first.error.stack[0]!.includes('try-operation.test.ts'));
});

test('an answer is an answer, also a wrong one and one that says that the application failed', async t => {
  for (const settlement of [
    {status: 'wrong', error: new Error('asked as a, answered as b')},
    {status: 'failed', error: new ApplicationError('no such order')},
  ] as const) {
    t.like((await trying([settlement])).first, {status: 'answered', triedCount: 1});
  }
});

test('one that takes its time is not waited for, and has not failed', async t => {
  const {first, numbers} = await trying([failed, 'never'], 20);
  t.like(first, {status: 'unsettled', triedCount: 2});
  t.deepEqual(numbers, [0, 1]);
});

test('that it settles after all is told', async t => {
  const {promise, resolve} = Promise.withResolvers<Settlement>();
  const late = Promise.withResolvers<void>();
  const first = await tryOperation({
    perform: () => promise,
    deadlineMs: 1000,
    limitMs: 20,
    now: () => performance.now(),
    settledLate: late.resolve,
  });
  t.like(first, {status: 'unsettled', triedCount: 1});
  resolve({status: 'ok'});
  await t.notThrowsAsync(late.promise);
});
