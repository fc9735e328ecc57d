import test from 'ava';
import {representativeOf} from '../../../src/report/case-study/representative.ts';
import {runStory} from '../../../src/report/case-study/run-story.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgedRun} from '../../helpers/judged-run.ts';
import {reportText} from '../../helpers/report-text.ts';

const chosen = test.macro({
  title: (_, goodputs: readonly number[]) => `of trials with goodputs ${goodputs.join(', ')}`,
  exec(t, goodputs: readonly number[], number: number) {
    const run = judgedRun({trialsPerVariant: goodputs.length, oneVariant: true});
    const trials = run.judgement.trials.map((trial, index) => ({
      ...trial,
      phases: trial.phases.map(phase => ({
        ...phase,
        goodputPerSecond: goodputs[index] ?? 0,
      })),
    }));
    const story = runStory(redactRun({...run, judgement: {...run.judgement, trials}}));
    t.is(representativeOf(story.baseline)?.trial.number, number);
  },
});

test(chosen, [7], 1);
test(chosen, [30, 10, 20], 3);
test(chosen, [40, 10, 30, 20], 4);
test(chosen, [20, 20, 20], 1);
test(chosen, [10, 20, 30, 20, 20], 2);

test('which trial is shown, and why, is said where there was a choice', t => {
  const said =
    /^The chart shows defaults, trial \d of 5 and bounded, trial \d of 5\. Of several trials, the one with the median goodput is shown\.$/m;
  t.regex(reportText(renderReport(judgedRun({trialsPerVariant: 5}))), said);
  t.notRegex(reportText(renderReport(judgedRun())), /The chart shows/);
});
