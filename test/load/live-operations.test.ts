// The operations in flight, as a chain.
import test from 'ava';
import {LiveOperations} from '../../src/load/live-operations.ts';

const indexes = (live: LiveOperations): number[] => [...live].map(({index}) => index);

test('they are walked from the oldest on, whichever were taken out', t => {
  const live = new LiveOperations();
  const all = [0, 1, 2, 3, 4].map(index => live.add(index, index, index, 0));
  t.deepEqual(indexes(live), [0, 1, 2, 3, 4]);
  for (const [taken, rest] of [
    [2, [0, 1, 3, 4]],
    [0, [1, 3, 4]],
    [4, [1, 3]],
  ] as const) {
    t.true(live.remove(all[taken]!));
    t.false(live.remove(all[taken]!), 'it is gone already');
    t.deepEqual(indexes(live), rest);
    t.is(live.size, rest.length);
  }
  live.add(5, 5, 5, 0);
  t.deepEqual(indexes(live), [1, 3, 5]);
  live.clear();
  t.deepEqual(indexes(live), []);
  t.is(live.size, 0);
  t.false(live.remove(all[1]!));
  live.add(6, 6, 6, 0);
  t.deepEqual(indexes(live), [6]);
});
