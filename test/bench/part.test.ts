// What a row of the benchmark is made of: medians, spreads, ratios and verdicts.
import test from 'ava';
import {figureOf, inTurns, limitText, ratioOf, type Verdict, verdictOf, wantedOf} from '../../bench/part.ts';

for (const [value, limit, slack, verdict] of [
  [1, {atMost: 1}, 0, 'met'],
  [1.2, {atMost: 1}, 0, 'not met'],
  [1.2, {atMost: 1}, 0.5, 'not met, within the spread'],
  [1.6, {atMost: 1}, 0.5, 'not met'],
  [95, {atLeast: 95}, 0, 'met'],
  [94, {atLeast: 95}, 0, 'not met'],
  [94, {atLeast: 95}, 2, 'not met, within the spread'],
  [Number.NaN, {atMost: 1}, 1, 'not met'],
] as const satisfies readonly (readonly [number, object, number, Verdict])[]) {
  test(`${value}, wanted ${limitText(limit, '')} with a slack of ${slack}: ${verdict}`, t => {
    t.is(verdictOf(value, limit, slack), verdict);
  });
}

test('a figure is the median of its rounds with their median absolute deviation, of which a single round has none', t => {
  t.deepEqual(figureOf('x', [1, 9, 2]), {median: 2, spread: 1, rounds: [1, 9, 2]});
  t.deepEqual(figureOf('x', [7]), {median: 7, spread: null, rounds: [7]});
});

test('a round without a figure is an error that names the row', t => {
  t.throws(() => figureOf('engine: CPU', [1, Number.NaN]), {
    message: '"engine: CPU" has a round without a figure: 1, NaN',
  });
  t.throws(() => figureOf('engine: CPU', []), {
    message: /"engine: CPU" has a round without a figure: no rounds/,
  });
});

test('ratios are of the same round', t => {
  // The machine was twice as fast in the second round, for both.
  const ratio = ratioOf(figureOf('ours', [10, 22, 12]), figureOf('theirs', [10, 20, 10]));
  t.deepEqual(ratio, {median: 1.1, low: 1.05, high: 1.15});
  t.is(ratioOf(figureOf('ours', [1, 2]), figureOf('theirs', [0, 2])), null);
  t.is(ratioOf(figureOf('ours', [1, 2]), figureOf('theirs', [1])), null);
});

test('a limit is shown with its unit', t => {
  t.deepEqual(
    [limitText({atMost: 300}, 'µs'), limitText({atLeast: 20_000}, '/s'), limitText({atLeast: 95}, '%')],
    ['≤ 300 µs', '≥ 20,000/s', '≥ 95%'],
  );
  t.deepEqual(wantedOf(figureOf('x', [1, 2, 3]), {atMost: 1.5}, '×'), {text: '≤ 1.5×', verdict: 'not met'});
});

test('what is compared is measured there and back again', async t => {
  const order: string[] = [];
  await inTurns(['a', 'b', 'c'], 3, async (name, round) => void order.push(`${name}${round}`));
  t.deepEqual(order, ['a0', 'b0', 'c0', 'c1', 'b1', 'a1', 'a2', 'b2', 'c2']);
});
