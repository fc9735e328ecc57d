import test from 'ava';
import {nonEmpty} from '../../src/model/non-empty.ts';

test('a list with something in it stays what it is', t => {
  t.deepEqual([...nonEmpty(['a', 'b'], 'variants')], ['a', 'b']);
});

test('an empty one is a defect', t => {
  t.throws(() => nonEmpty([], 'variants'), {message: 'there are no variants'});
});
