// For GitHub Actions: escaping, limits, and what is worth an annotation.
import test from 'ava';
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

test('a goal that was missed is an error', t => {
  t.deepEqual(toAnnotations([missing(1)]), [
    '::error title=undici-stall%3A goal hungCount of whole run%3A at most 0::1, goal at most 0',
  ]);
});

test('no more than ten of a kind, the rest in the last one', t => {
  const lines = toAnnotations([missing(12)]);
  t.is(lines.length, 10);
  t.regex(
    lines[9]!,
    /^::error title=foulweather%3A 3 more::undici-stall: goal .*%0Aundici-stall: goal .*%0A/,
  );
  t.is(toAnnotations([missing(10)]).length, 10);
});

test('what GitHub would read as its own is escaped', t => {
  const [line] = toAnnotations([missing(1, 'a,b:c%\r\n::error::d')]);
  t.true(
    line!.startsWith('::error title=undici-stall%3A goal hungCount of a%2Cb%3Ac%25%0D%0A%3A%3Aerror%3A%3Ad'),
  );
  t.false(line!.includes('\n'));
});

test('a run that meets everything has no annotation', t => {
  t.deepEqual(toAnnotations([missing(0)]), []);
});

test('the summary of a step has a table of each run, and ends where GitHub takes no more', t => {
  const summary = toStepSummary([storyWith(), storyWith({trialsPerVariant: 5})]);
  t.is(summary.match(/^## undici-stall/gm)?.length, 2);
  const many = toStepSummary(new Array<RunStory>(600).fill(storyWith()));
  t.true(Buffer.byteLength(many) < 1024 * 1024);
  t.regex(many, /\d+ more runs do not fit here/);
});
