import test from 'ava';
import type {Variant} from '../../src/model/plan.ts';
import {roundOf, roundsOfShard} from '../../src/run/rounds.ts';

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

const dealt = test.macro<[trialsPerVariant: number, count: number, expected: readonly (readonly number[])[]]>(
  {
    title: (_, trialsPerVariant, count) => `${trialsPerVariant} rounds dealt to ${count} shards`,
    exec(t, trialsPerVariant, count, expected) {
      const shards = Array.from({length: count}, (_, index) =>
        roundsOfShard({index: index + 1, count}, {trialsPerVariant, scenario: 'a'}),
      );
      t.deepEqual(shards, expected);
    },
  },
);

test(dealt, 4, 1, [[1, 2, 3, 4]]);
test(dealt, 4, 4, [[1], [2], [3], [4]]);
test(dealt, 4, 2, [
  [1, 2],
  [3, 4],
]);
test(dealt, 10, 4, [
  [1, 2, 3],
  [4, 5],
  [6, 7, 8],
  [9, 10],
]);
test(dealt, 1, 3, [[1], [], []]);
test(dealt, 2, 3, [[1], [2], []]);

test('each round of each scenario of a series is made by one shard, and a shard makes neighbours', t => {
  const series = ['a', 'b', 'c', 'd', 'e'];
  for (const trialsPerVariant of [1, 2, 3, 7, 12]) {
    for (const count of [1, 2, 3, 4, 5, 8]) {
      for (const scenario of series) {
        const shards = Array.from({length: count}, (_, index) =>
          roundsOfShard({index: index + 1, count, series}, {trialsPerVariant, scenario}),
        );
        const rounds = shards.flat().sort((a, b) => a - b);
        t.deepEqual(
          rounds,
          Array.from({length: trialsPerVariant}, (_, index) => index + 1),
        );
        for (const own of shards) t.is((own.at(-1) ?? 0) - (own[0] ?? 1) + 1, own.length);
        const sizes = shards.map(({length}) => length);
        t.true(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }
    }
  }
});

test('scenarios of one round each are dealt out in turn', t => {
  const series = ['a', 'b', 'c', 'd', 'e'];
  const of = (index: number): string[] =>
    series.filter(
      scenario => roundsOfShard({index, count: 2, series}, {trialsPerVariant: 1, scenario}).length > 0,
    );
  t.deepEqual(
    [of(1), of(2)],
    [
      ['a', 'c', 'e'],
      ['b', 'd'],
    ],
  );
});
