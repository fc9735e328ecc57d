import test from 'ava';
import {areCycles, keepRising} from '../../src/stats/trend.ts';

const rises = test.macro({
  title: (_title, values: readonly number[], least: number, expected: boolean) =>
    `${values.join(', ')} ${expected ? 'keep' : 'do not keep'} rising by more than ${least}`,
  exec(t, values: readonly number[], least: number, expected: boolean) {
    t.is(keepRising(values, least), expected);
  },
});

test(rises, [1, 2, 3], 1, true);
test(rises, [1, 2, 3], 2, false);
test(rises, [1, 3, 2, 4, 6], 1, true);
test(rises, [1, 5, 5], 1, false);
test(rises, [1, 4, 5, 5, 5, 5], 1, false);
test(rises, [5, 4, 3], 0, false);

test('two values are too few to tell', t => {
  t.false(areCycles([1, 2]));
  t.true(areCycles([1, 2, 3]));
});
