// For GitHub Actions: escaping, limits, and what is worth an annotation.
import test from 'ava';
import type {Verdict} from '../../../src/model/goal.ts';
import {type GoalStory, type RunStory, runStory} from '../../../src/report/case-study/run-story.ts';
import {toAnnotations, toStepSummary} from '../../../src/report/formats/github.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {judgedRun, type Options} from '../../helpers/judged-run.ts';

const storyWith = (options: Options = {}): RunStory => runStory(redactRun(judgedRun(options)));

/** One whose candidate missed so many goals and shows nothing else. */
const missing = (count: number, phase = 'run'): RunStory => {
  const story = storyWith();
  const goals = Array.from(
    {length: count},
    (_, index): GoalStory => ({
      phase,
      metric: 'hungCount',
      limit: {max: index},
      verdict: 'missed',
      value: index + 1,
      count: 100,
      metCount: 0,
      trialCount: 1,
      reasons: [],
    }),
  );
  return {...story, judged: {...story.judged, goals, symptoms: [], trials: []}};
};

const withVerdict = (story: RunStory, verdict: Verdict): RunStory => ({
  ...story,
  run: {...story.run, judgement: {...story.run.judgement, verdict}},
});

/** Without the verdict, which every run has. */
const annotationsOf = (story: RunStory): string[] =>
  toAnnotations([story]).filter(line => !/ title=undici-stall%3A (?:met|missed|inconclusive)::/.test(line));

for (const [verdict, kind] of [
  ['met', 'notice'],
  ['missed', 'error'],
  ['inconclusive', 'warning'],
] as const) {
  test(`a run that is ${verdict} is a ${kind}`, t => {
    const [line, ...others] = toAnnotations([withVerdict(missing(0), verdict)]);
    t.true(line!.startsWith(`::${kind} title=undici-stall%3A ${verdict}::undici-stall: `), line);
    t.deepEqual(others, []);
  });
}

test('a run that is inconclusive says why, with advice, and fails nothing', t => {
  const story = withVerdict(missing(1), 'inconclusive');
  const gate = {name: 'no-hits', reason: 'The fault hit nothing.', advice: 'Raise the load.'};
  const gated = {...story, run: {...story.run, judgement: {...story.run.judgement, gates: [gate]}}};
  const lines = toAnnotations([gated]);
  t.is(lines[0], '::warning title=undici-stall%3A inconclusive::The fault hit nothing. Raise the load.');
  t.true(lines[1]!.startsWith('::warning title=undici-stall%3A goal hungCount'));
  t.is(lines.length, 2);
});

test('a goal that was missed is an error, and a warning where it is only to warn', t => {
  const story = missing(1);
  t.deepEqual(annotationsOf(story), [
    '::error title=undici-stall%3A goal hungCount of whole run%3A at most 0::hungCount is 1, must be at most 0',
  ]);
  const goals = story.judged.goals.map(goal => ({
    ...goal,
    limit: {...goal.limit, severity: 'warn' as const},
  }));
  const [line] = annotationsOf({...story, judged: {...story.judged, goals}});
  t.true(line!.startsWith('::warning title=undici-stall%3A goal hungCount'));
});

test('no more than ten of a kind, the rest in the last one', t => {
  const lines = annotationsOf(missing(12));
  t.is(lines.length, 10);
  t.regex(
    lines[9]!,
    /^::error title=foulweather%3A 3 more::undici-stall: goal .*%0Aundici-stall: goal .*%0A/,
  );
  t.is(annotationsOf(missing(10)).length, 10);
});

test('what GitHub would read as its own is escaped', t => {
  const [line] = annotationsOf(missing(1, 'a,b:c%\r\n::error::d'));
  t.true(
    line!.startsWith('::error title=undici-stall%3A goal hungCount of a%2Cb%3Ac%25%0D%0A%3A%3Aerror%3A%3Ad'),
  );
  t.false(line!.includes('\n'));
});

test('a run that meets everything has no annotation but its verdict', t => {
  t.deepEqual(annotationsOf(missing(0)), []);
});

test('the summary of a step has a table of each run, and ends where GitHub takes no more', t => {
  const summary = toStepSummary([storyWith(), storyWith({trialsPerVariant: 5})]);
  t.is(summary.match(/^## undici-stall/gm)?.length, 2);
  const many = toStepSummary(new Array<RunStory>(600).fill(storyWith()));
  t.true(Buffer.byteLength(many) < 1024 * 1024);
  t.regex(many, /\d+ more runs do not fit here/);
});
