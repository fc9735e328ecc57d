// Two bytes per operation, told in the ranges that changed.
import test from 'ava';
import {OperationBytes} from '../../src/load/operation-bytes.ts';
import type {SubjectEvent} from '../../src/model/event.ts';
import {heapAfterCollection} from '../../src/subject/heap.ts';

const told = (events: readonly SubjectEvent[]): [fromIndex: number, outcomes: number[], phases: number[]][] =>
  events.flatMap(event =>
    event.kind === 'operations'
      ? [
          [
            event.fromIndex,
            [...Buffer.from(event.outcomes, 'base64')],
            [...Buffer.from(event.phases, 'base64')],
          ],
        ]
      : [],
  );

test('what changed is told once, as one range', t => {
  const bytes = new OperationBytes();
  t.deepEqual(bytes.collect(), []);
  for (const index of [0, 1, 2, 3]) bytes.set(index, 0, 1);
  bytes.set(2, 1, 1);
  t.deepEqual(told(bytes.collect()), [[0, [0, 0, 1, 0], [1, 1, 1, 1]]]);
  t.deepEqual(bytes.collect(), []);
  bytes.set(3, 6, 2);
  bytes.set(1, 1, 1);
  t.deepEqual(told(bytes.collect()), [[1, [1, 1, 6], [1, 1, 2]]]);
});

test('an operation that settles at last is told without all that came since', t => {
  const bytes = new OperationBytes();
  const count = 1_000_000;
  for (let index = 0; index < count; index++) bytes.set(index, index === 7 ? 0 : 1, 0);
  t.is(
    told(bytes.collect()).reduce((sum, [, outcomes]) => sum + outcomes.length, 0),
    count,
  );
  bytes.set(7, 6, 0);
  bytes.set(count, 0, 0);
  t.deepEqual(told(bytes.collect()), [
    [7, [6], [0]],
    [count, [0], [0]],
  ]);
});

test('what has been told of settled operations is kept no longer', t => {
  const bytes = new OperationBytes();
  const settle = (fromIndex: number, count: number): void => {
    for (let index = fromIndex; index < fromIndex + count; index++) {
      bytes.set(index, 0, 0);
      bytes.set(index, 1, 0);
      if (index % 50_000 === 0) bytes.collect();
    }
    bytes.collect();
  };
  settle(0, 100_000);
  const before = heapAfterCollection();
  settle(100_000, 4_000_000);
  const after = heapAfterCollection();
  const grownBytes = after.externalBytes + after.heapUsedBytes - before.externalBytes - before.heapUsedBytes;
  t.true(grownBytes < 2_000_000, `8 MB were told, ${grownBytes} bytes are kept`);
});
