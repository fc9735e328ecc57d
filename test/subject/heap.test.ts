import test from 'ava';
import {latencyHistogram} from '../../src/load/histogram.ts';
import {OperationBytes} from '../../src/load/operation-bytes.ts';
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

test('what the driver keeps is not in it', t => {
  const sizeOf = ({heapUsedBytes, externalBytes}: ReturnType<typeof heapAfterCollection>): number =>
    heapUsedBytes + externalBytes;
  const before = sizeOf(heapAfterCollection());
  const externalBefore = process.memoryUsage().external;
  const histograms = Array.from({length: 100}, () => latencyHistogram(3));
  const bytes = new OperationBytes();
  for (let index = 0; index < 1_000_000; index++) bytes.set(index, 0, 1);
  const during = sizeOf(heapAfterCollection());
  t.true(process.memoryUsage().external - externalBefore > 11_000_000);
  t.true(during - before < 250_000, `${during - before} bytes`);
  for (let index = 0; index < 1_000_000; index++) bytes.set(index, 1, 1);
  bytes.collect();
  const after = sizeOf(heapAfterCollection());
  t.true(Math.abs(after - before) < 250_000, `${after - before} bytes`);
  t.is(histograms.length, 100);
});

test('compiled code is not in it', t => {
  const before = {reported: heapAfterCollection().heapUsedBytes, used: process.memoryUsage().heapUsed};
  const sum = new Function('a', `return ${'a.b + '.repeat(200_000)}a.b;`) as (a: {b: number}) => number;
  t.is(sum({b: 1}), 200_001);
  const after = {reported: heapAfterCollection().heapUsedBytes, used: process.memoryUsage().heapUsed};
  const compiledBytes = after.used - before.used - (after.reported - before.reported);
  t.true(compiledBytes > 500_000, `${compiledBytes} bytes`);
  t.is(sum({b: 2}), 400_002);
});
