// When a run has trials enough: the interval of its goodput ratio, the limit, or no ratio at all.
import test from 'ava';
import {goodputOf, goodputPairs, livedGoodputPairs} from '../../src/model/goodput.ts';
import type {PrecisionEnd} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {judgeRun} from '../../src/run/judge/judge.ts';
import {firstTrials, precisionEnd} from '../../src/run/precision.ts';
import {plan, type Story, trialOf} from '../helpers/run-journal.ts';

/** Successes of the baseline and of the candidate in the phase `slow`; in `calm` there are 100 of each. */
type PairOf = readonly [before: number, after: number];

const trialsOf = (pairs: readonly PairOf[]): Trial[] =>
  pairs.flatMap(([before, after], index) => {
    const story = (variant: string, ok: number): Story => ({
      variant,
      number: index + 1,
      slow: {outcomes: {ok, unknown: 400 - ok}},
    });
    return [trialOf(story('before', before)), trialOf(story('after', after))];
  });

const steady: readonly PairOf[] = Array(5).fill([100, 300]);
const wild: readonly PairOf[] = [
  [100, 10],
  [20, 390],
  [200, 200],
  [50, 300],
  [390, 100],
];

const rows: readonly (readonly [
  title: string,
  pairs: readonly PairOf[],
  mostTrials: number,
  kind: PrecisionEnd['kind'] | undefined,
])[] = [
  ['four pairs have no interval: one more', steady.slice(1), 20, undefined],
  ['five that agree are precise', steady, 20, 'precise'],
  ['five that do not want one more', wild, 6, undefined],
  ['at the limit the adding ends', wild, 5, 'limit'],
];

for (const [title, pairs, mostTrials, kind] of rows) {
  test(title, t => {
    const goal = {halfWidthRatio: 0.1, mostTrials};
    const state = {seed: 1, trialsPerVariant: pairs.length};
    t.is(precisionEnd(goal, plan, trialsOf(pairs), state)?.kind, kind);
  });
}

test('what was reached is said with its number', t => {
  const goal = {halfWidthRatio: 0.1, mostTrials: 5};
  const state = {seed: 1, trialsPerVariant: 5};
  t.deepEqual(precisionEnd(goal, plan, trialsOf(steady), state), {kind: 'precise', halfWidthRatio: 0});
  t.true(precisionEnd(goal, plan, trialsOf(wild), state)!.halfWidthRatio! > 0.1);
});

test('a baseline without any success has no ratio, and more trials would not give it one', t => {
  const dead = trialOf({
    variant: 'before',
    calm: {outcomes: {ok: 0, unknown: 100}},
    slow: {outcomes: {ok: 0, unknown: 9}},
  });
  const goal = {halfWidthRatio: 0.1, mostTrials: 20};
  t.deepEqual(precisionEnd(goal, plan, [dead, trialOf()], {seed: 1, trialsPerVariant: 1}), {
    kind: 'no-ratio',
    halfWidthRatio: null,
  });
});

test('a run begins with five trials, or with as many as were asked for', t => {
  const goal = {halfWidthRatio: 0.1, mostTrials: 20};
  t.deepEqual([firstTrials(1, null), firstTrials(1, goal), firstTrials(7, goal)], [1, 5, 7]);
});

const judged = (trials: readonly Trial[]) => ({
  record: {plan},
  trials,
  judgement: judgeRun(trials, ['before', 'after']),
});

test('goodput is of the planned length, also where the process died early', t => {
  const [whole, dead] = judged([trialOf(), trialOf({cutAt: 'load-ended', exit: {exitCode: 1, atMs: 1100}})])
    .judgement.trials;
  // 200 successes in two seconds, which the edge between them made no longer than planned.
  t.is(goodputOf(plan, whole!), 100);
  t.is(goodputOf(plan, dead!), 100);
  t.is(goodputOf(plan, {...whole!, phases: []}), null);
});

test('goodput while both lived is of the time that each of them was there', t => {
  const dead = trialOf({variant: 'before', cutAt: 'load-ended', exit: {exitCode: 1, atMs: 1100}});
  const run = judged([dead, trialOf()]);
  const [pair] = livedGoodputPairs(run);
  const phasesOf = (variant: string) =>
    run.judgement.trials
      .find(trial => trial.variant === variant)!
      .phases.filter(({role}) => role !== 'warm-up');
  const [before, after] = [phasesOf('before'), phasesOf('after')];
  const rateOf = (phases: typeof before): number =>
    phases.reduce((sum, {outcomes}) => sum + outcomes.ok, 0) /
    (phases.reduce((sum, {durationMs}) => sum + durationMs, 0) / 1000);
  const shared = after.filter(({phase}) => before.some(seen => seen.phase === phase));
  t.is(pair?.before.toFixed(6), rateOf(before).toFixed(6));
  t.is(pair?.after.toFixed(6), rateOf(shared).toFixed(6));
});

test('a trial that was cut short, or never begun, makes no pair', t => {
  const before = trialOf({variant: 'before'});
  t.is(goodputPairs(judged([before, trialOf()])).length, 1);
  t.is(goodputPairs(judged([before, trialOf({cutAt: 'load-ended'})])).length, 0);
  t.is(goodputPairs(judged([before])).length, 0);
});
