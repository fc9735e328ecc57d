// Ids of single messages and of those of a batch, and how often an operation happened that consists of several.
import test from 'ava';
import {MessageCounts} from '../../src/model/message-counts.ts';
import {messageIds, readMessageId} from '../../src/model/message-id.ts';

test('a single message has the id of its operation, and those of a batch say which of how many they are', t => {
  t.deepEqual(messageIds('pool-1-7', 1), ['pool-1-7']);
  t.deepEqual(messageIds('pool-1-7', 3), ['pool-1-7.1of3', 'pool-1-7.2of3', 'pool-1-7.3of3']);
});

test('what is written is read again', t => {
  t.deepEqual(readMessageId('pool-1', 'pool-1-7'), {index: 7, number: 1, count: 1});
  t.deepEqual(
    messageIds('pool-1-7', 2).map(id => readMessageId('pool-1', id)),
    [
      {index: 7, number: 1, count: 2},
      {index: 7, number: 2, count: 2},
    ],
  );
});

for (const id of [
  'pool-2-7',
  'pool-1-',
  'pool-1-7.',
  'pool-1-7.0of2',
  'pool-1-7.3of2',
  'pool-1-7.1of99999',
]) {
  test(`"${id}" is no message of the trial`, t => t.is(readMessageId('pool-1', id), null));
}

/** What an operation's count is after each of these messages. */
const countsAfter = (count: number, numbers: readonly number[]): number[] => {
  const counts = new MessageCounts();
  let current = 0;
  return numbers.map(number => {
    current = counts.with({index: 7, number, count}, current);
    return current;
  });
};

const counts = test.macro({
  title: (_title, what: string) => `a batch: ${what}`,
  exec(t, _what: string, count: number, numbers: readonly number[], expected: readonly number[]) {
    t.deepEqual(countsAfter(count, numbers), expected);
  },
});

test(counts, 'a single message counts each time', 1, [1, 1, 1], [1, 2, 3]);
test(counts, 'it happened with the last of its messages', 3, [2, 1, 3], [0, 0, 1]);
test(counts, 'a message twice does not stand for one that is missing', 3, [1, 1, 2], [0, 0, 0]);
test(counts, 'a message that came twice before it was whole counts with the last', 2, [1, 1, 2], [0, 0, 2]);
test(counts, 'one message again is twice', 2, [1, 2, 2], [0, 1, 2]);
test(counts, 'all of it again is twice, and not more', 2, [1, 2, 2, 1, 1], [0, 1, 2, 2, 3]);

test('batches of different operations are apart', t => {
  const counts = new MessageCounts();
  t.is(counts.with({index: 1, number: 1, count: 2}, 0), 0);
  t.is(counts.with({index: 2, number: 2, count: 2}, 0), 0);
  t.is(counts.with({index: 1, number: 2, count: 2}, 0), 1);
});

test('255 stands for 255 or more', t => {
  t.is(new MessageCounts().with({index: 0, number: 1, count: 1}, 255), 255);
});
