// Two results held against each other: what is better, what is worse, and what a handful of trials cannot tell.
import test from 'ava';
import type {Verdict} from '../../../src/model/goal.ts';
import {type GoalStory, runStory} from '../../../src/report/case-study/run-story.ts';
import {
  type Change,
  compareSides,
  goalsGotWorse,
  type Side,
} from '../../../src/report/comparison/run-diff.ts';
import {comparisonLines, comparisonMarkdown} from '../../../src/report/comparison/run-diff-text.ts';
import {type ResultVariant, resultOf} from '../../../src/report/formats/result.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

const result = resultOf(runStory(redactRun(judgedRun({trialsPerVariant: 5}))));
const candidate = result.variants.at(-1)!;

const sideWith = (title: string, variant: Partial<ResultVariant> = {}): Side => ({
  title,
  result,
  variant: {...candidate, ...variant},
});

const goalWith = (
  verdict: Verdict,
  {
    metCount,
    trialCount = 5,
    limit = {min: 0.99},
  }: {metCount?: number; trialCount?: number; limit?: object} = {},
): GoalStory => ({
  phase: 'recovery',
  metric: 'successRatio',
  limit,
  verdict,
  // The median over the trials.
  value: verdict === 'met' || (metCount ?? 0) > trialCount / 2 ? 1 : 0.5,
  count: 100,
  metCount: metCount ?? (verdict === 'met' ? trialCount : 0),
  trialCount,
  reasons: verdict === 'inconclusive' ? ['too few samples'] : [],
});

const goalIs = test.macro<[GoalStory | null, GoalStory, Change]>({
  title: (what = '') => `a goal: ${what}`,
  exec(t, before, after, expected) {
    const comparison = compareSides(
      sideWith('old', {goals: before ? [before] : [], phases: []}),
      sideWith('new', {goals: [after], phases: []}),
    );
    t.is(comparison.goals[0]?.change, expected, comparison.goals[0]?.reason);
    t.is(goalsGotWorse(comparison), expected === 'worse');
  },
});

test('met in all trials, then in none', goalIs, goalWith('met'), goalWith('missed'), 'worse');
test('met in none, then in all', goalIs, goalWith('missed'), goalWith('met'), 'better');
test('met in both', goalIs, goalWith('met'), goalWith('met'), 'same');
test('missed in one of five', goalIs, goalWith('met'), goalWith('missed', {metCount: 4}), 'inconclusive');
const single = {trialCount: 1};
const never = {trialCount: 1, limit: {max: 0}};
test(
  'one trial a side, 50 of 100 operations worse',
  goalIs,
  goalWith('met', single),
  goalWith('missed', single),
  'worse',
);
test(
  'one trial a side, 2 of 100 operations worse',
  goalIs,
  goalWith('met', single),
  {...goalWith('missed', single), value: 0.98},
  'inconclusive',
);
const ofTime = {metric: 'responseP99Ms', limit: {max: 100}} as const;
test(
  'one trial a side, of a time',
  goalIs,
  {...goalWith('met', single), ...ofTime, value: 90},
  {...goalWith('missed', single), ...ofTime, value: 190},
  'inconclusive',
);
test(
  'fewer hang than before, in one trial',
  goalIs,
  {...goalWith('missed', never), metric: 'hungCount', value: 344, count: 953},
  {...goalWith('met', never), metric: 'hungCount', value: 0, count: 910},
  'better',
);
test('what may never happen, once', goalIs, goalWith('met', never), goalWith('missed', never), 'worse');
test('inconclusive before', goalIs, goalWith('inconclusive'), goalWith('missed'), 'inconclusive');
test('not there before', goalIs, null, goalWith('missed', never), 'inconclusive');
test('another limit', goalIs, goalWith('met', {limit: {min: 0.5}}), goalWith('missed'), 'inconclusive');

/** Trials whose goodput in one phase is what is given. */
const withGoodput = (title: string, goodputs: readonly number[]): Side => {
  const phase = candidate.phases.find(({role}) => role === 'baseline')!;
  const [trial] = candidate.trials;
  return sideWith(title, {
    goals: [],
    phases: [{...phase, goodputPerSecond: goodputs[Math.floor(goodputs.length / 2)]!}],
    trials: goodputs.map((goodputPerSecond, index) => ({
      ...trial!,
      number: index + 1,
      phases: [{...phase, goodputPerSecond}],
    })),
  });
};

const slow = [100, 101, 102, 103, 104];
const fast = [200, 201, 202, 203, 204];

const goodputIs = test.macro<[readonly number[], readonly number[], Change]>({
  title: (what = '') => `goodput: ${what}`,
  exec(t, before, after, expected) {
    const {figures} = compareSides(withGoodput('old', before), withGoodput('new', after));
    const goodput = figures.find(({figure}) => figure === 'goodput');
    t.is(goodput?.change, expected);
    t.is(goodput?.interval === null, Math.min(before.length, after.length) < 5);
  },
});

test('twice as much in all trials', goodputIs, slow, fast, 'better');
test('half as much in all trials', goodputIs, fast, slow, 'worse');
test('the same', goodputIs, slow, slow, 'inconclusive');
test('four trials on a side', goodputIs, slow.slice(1), fast, 'inconclusive');
test('one trial that got lucky', goodputIs, slow, [101, 102, 102, 103, 900], 'inconclusive');

test('a comment stays under 64 KB, and says what has no room', t => {
  const many = Array.from({length: 400}, (_, index) => ({
    ...candidate.phases[0]!,
    role: 'baseline' as const,
    phase: `phase-with-a-rather-long-name-${index}`,
  }));
  // One trial a side has no intervals, which would take most of the time of these 2,000 figures.
  const variant = {
    phases: many,
    trials: candidate.trials.slice(0, 1).map(trial => ({...trial, phases: many})),
  };
  const text = comparisonMarkdown(compareSides(sideWith('old', variant), sideWith('new', variant)));
  t.true(Buffer.byteLength(text) < 65_536);
  t.regex(text, /figures not shown/);
});

test('what changed is told in words', t => {
  const comparison = compareSides(withGoodput('old', slow), withGoodput('new', fast));
  t.regex(
    comparisonLines(comparison),
    /^undici-stall: from old to new, no goal got better or worse and 1 figure better\n\n {2}figure +phase +before +after +change\n {2}goodput +baseline +102\/s +202\/s +better +1\.98× \(1\.9\d–2\.0\d\)\n {2}response p99 +baseline +4\.23 ms +4\.23 ms +inconclusive/,
  );
  const text = comparisonMarkdown(comparison);
  t.regex(
    text,
    /\| baseline \| goodput +\| 102\/s \| 202\/s \| 1\.98×\s\(1\.9\d–2\.0\d\) \| 0\.008 \| \*\*better\*\*/u,
  );
});
