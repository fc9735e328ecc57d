import test from 'ava';
import type {Variant} from '../../src/model/plan.ts';
import {roundOf} from '../../src/run/rounds.ts';

const variant = (name: string): Variant => ({name, options: {}, change: null, process: {env: {}}});
const variants = ['a', 'b'].map(variant);

test('variants take turns: A B, B A, A B', t => {
  const ids = [1, 2, 3].flatMap(number => roundOf(variants, number).map(({trialId}) => trialId));
  t.deepEqual(ids, ['a-1', 'b-1', 'b-2', 'a-2', 'a-3', 'b-3']);
});

test('positions go on from round to round', t => {
  const positions = [1, 2].flatMap(number => roundOf(variants, number).map(({position}) => position));
  t.deepEqual(positions, [1, 2, 3, 4]);
});
