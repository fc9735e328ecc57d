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

test('the memory of dead buffers is not in it either', t => {
  const before = heapAfterCollection();
  for (let time = 0; time < 3; time++) {
    let buffers: Buffer[] = [];
    for (let count = 0; count < 20; count++) buffers.push(Buffer.alloc(8 * 2 ** 20));
    t.is(buffers.length, 20);
    buffers = [];
    t.true(heapAfterCollection().externalBytes - before.externalBytes < 8 * 2 ** 20);
  }
});
