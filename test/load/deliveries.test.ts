// What the consumer got, told in the ranges that changed.
import test from 'ava';
import {Deliveries} from '../../src/load/deliveries.ts';

const told = (deliveries: Deliveries): [fromIndex: number, counts: number[]][] =>
  deliveries
    .collect()
    .flatMap(event =>
      event.kind === 'deliveries' ? [[event.fromIndex, [...Buffer.from(event.counts, 'base64')]]] : [],
    );

test('what came is told once, and again when it comes again', t => {
  const deliveries = new Deliveries('pool-1', () => 1200);
  t.deepEqual(told(deliveries), [], 'nothing, where nothing came');
  for (const index of [3, 1, 3]) deliveries.add(`pool-1-${index}`);
  t.deepEqual(told(deliveries), [[1, [1, 0, 2]]]);
  t.deepEqual(told(deliveries), []);
  deliveries.add('pool-1-1');
  t.deepEqual(told(deliveries), [[1, [2]]]);
});

test('a batch is told when it is whole', t => {
  const deliveries = new Deliveries('pool-1', () => 1200);
  deliveries.add('pool-1-0.1of2');
  t.deepEqual(told(deliveries), []);
  deliveries.add('pool-1-0.2of2');
  t.deepEqual(told(deliveries), [[0, [1]]]);
});

test('what is of another trial is left out, and an operation of long ago is told alone', t => {
  const deliveries = new Deliveries('pool-1', () => 1200);
  for (const id of ['pool-2-0', 'pool-1-x', '']) deliveries.add(id);
  t.deepEqual(told(deliveries), []);
  for (const index of [1_000_000, 7]) deliveries.add(`pool-1-${index}`);
  t.deepEqual(told(deliveries), [
    [1_000_000, [1]],
    [7, [1]],
  ]);
});
