import test from 'ava';
import {heapAfterCollection} from '../../src/subject/heap.ts';

test('garbage is not in the size of the heap, what is held is', t => {
  const held: object[] = [];
  const before = heapAfterCollection();
  for (let count = 0; count < 100_000; count++) held.push({count});
  for (let count = 0; count < 100_000; count++) void {count, garbage: [count]};
  const during = heapAfterCollection();
  t.true(during.heapUsedBytes - before.heapUsedBytes > 2_000_000);
  t.is(held.length, 100_000);
  held.length = 0;
  const after = heapAfterCollection();
  t.true(after.heapUsedBytes - before.heapUsedBytes < 1_500_000);
});
