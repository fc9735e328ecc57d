import test from 'ava';
import {messageIds} from '../../src/model/message-id.ts';
import {countApplied} from '../../src/subject/verified.ts';

const ids = (...indexes: number[]): string[] => indexes.map(index => `pool-1-${index}`);
const bytes = (base64: string): number[] => [...Buffer.from(base64, 'base64')];

test('what is there is counted by operation, over all lists', t => {
  const {applied, reordered} = countApplied('pool-1', {applied: [ids(0, 2), ids(2, 5)]});
  t.deepEqual(bytes(applied), [1, 0, 2, 0, 0, 1]);
  t.is(reordered, null);
});

test('ids of other trials and nonsense are left out', t => {
  const {applied} = countApplied('pool-1', {
    applied: [['pool-2-0', 'pool-1-x', 'pool-1-99999999999', '', 'pool-1-1']],
  });
  t.deepEqual(bytes(applied), [0, 1]);
});

test('nothing at all', t => {
  t.deepEqual(countApplied('pool-1', {applied: []}), {applied: '', reordered: null});
});

test('in each list what comes after a later one is out of order, a second time is not', t => {
  const {reordered} = countApplied('pool-1', {
    applied: [ids(0, 3, 1, 2, 4), ids(5, 7, 5), ids(8)],
    isOrdered: true,
  });
  t.deepEqual(reordered, {count: 2, first: [1, 2]});
});

test('only the first are named', t => {
  const late = Array.from({length: 30}, (_, index) => 30 - index);
  const {reordered} = countApplied('pool-1', {applied: [ids(...late)], isOrdered: true});
  t.is(reordered?.count, 29);
  t.is(reordered?.first.length, 20);
});

test('a batch is there when each of its messages is, and as often as the one that is there most often', t => {
  const batches = [
    messageIds('pool-1-0', 2),
    messageIds('pool-1-1', 2).slice(1),
    ['pool-1-2.1of2', ...messageIds('pool-1-2', 2)],
  ];
  const {applied} = countApplied('pool-1', {applied: batches});
  t.deepEqual(bytes(applied), [1, 0, 2]);
});

test('the consumer must have got what it was to get, and what is not in its queue any more', t => {
  const {owed} = countApplied('pool-1', {
    applied: [],
    consumer: {expects: ids(0, 1, 3), queued: ['pool-1-1', 'pool-1-9', 'pool-1-3.2of3']},
  });
  t.deepEqual(bytes(owed!), [1, 0, 0, 0]);
});
