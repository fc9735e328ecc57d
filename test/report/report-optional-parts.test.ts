// What a report says only when there is something to say.

import test from 'ava';
import type {Json} from '../../src/model/json.ts';
import type {JudgedRun} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {renderTerminalSummary} from '../../src/report/formats/terminal-summary.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgedRun} from '../helpers/judged-run.ts';
import {rendered} from '../helpers/rendered.ts';
import {reportText} from '../helpers/report-text.ts';

const plain = (text: string | undefined): string => (text ?? '').replaceAll('\u00A0', ' ');
const reportOf = (run: JudgedRun): string => plain(reportText(renderReport(run)));
/** Of a run with nothing to say. */
const usual = (): string => plain(reportText(rendered()));

const withTrials = (change: (trial: Trial) => Partial<Trial>): JudgedRun => {
  const run = judgedRun();
  return {...run, trials: run.trials.map(trial => ({...trial, ...change(trial)}))};
};

const withOptions = (before: Json, after: Json): JudgedRun => {
  const run = judgedRun();
  const {plan} = run.record;
  const [first, second] = plan.variants;
  const variants = [
    {...first, options: before},
    {...second!, options: after},
  ] as const;
  return {...run, record: {...run.record, plan: {...plan, variants}}};
};

test('failures in no class are said under the table of classes', t => {
  t.notRegex(usual(), /further failure/);
  const run = withTrials(({driver, variant}) => ({
    driver: {...driver, uncountedFailures: variant === 'bounded' ? 30 : 0},
  }));
  t.is(reportOf(run).match(/further failure/g)?.length, 1);
  t.true(reportOf(run).includes('`bounded`: 30 further failures beyond the classes that are kept'));
});

test('requests without an operation are said with the target', t => {
  t.notRegex(usual(), /without an operation/);
  const run = withTrials(({ledger}) => ({ledger: ledger && {...ledger, unattributedCount: 7}}));
  t.true(reportOf(run).includes('7 requests without an operation ID in the whole trial'));
});

test('the library’s counts come with what they count, and only where it was heard', t => {
  const note = /the requests in its metrics in the one in which they ended/g;
  t.is(usual().match(note)?.length, 1);
  t.notRegex(reportOf(withTrials(() => ({telemetry: null}))), note);
});

test('an option that becomes an object is shown by its parts', t => {
  const report = reportOf(withOptions({retry: null, keep: {}}, {retry: {times: 2}, keep: {}}));
  t.true(report.includes('| `retry.times` | not set | `2` |\n'));
  t.false(report.includes('| `retry` |'));
  t.false(report.includes('`keep`'));
});

test('options that are none have no row of their own', t => {
  t.false(reportOf(withOptions(null, {times: 2})).includes('| `options` |'));
});

test('a recovery in the first bin is within its length', t => {
  const run = judgedRun();
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    timeToRecoverMs: 0,
    goals: trial.goals.map(goal =>
      goal.metric === 'timeToRecoverMs' ? {...goal, limit: {max: 0}, value: 0} : goal,
    ),
  }));
  const fast = {...run, judgement: {...run.judgement, trials}};
  t.regex(renderTerminalSummary(fast, 'report.md'), /^ {2}recovered in +< 0\.5 s +< 0\.5 s$/m);
  t.true(reportOf(fast).includes('| at most 0 ms | within 0.5 s | within 0.5 s |'));
});

test('a run without a verdict names the goals that were not evaluated, broken at the width of the terminal', t => {
  const run = judgedRun();
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    goals: trial.goals.map(goal =>
      goal.metric === 'timeToRecoverMs' && trial.variant === 'bounded'
        ? {...goal, verdict: 'inconclusive' as const, reason: 'the machine may be the cause'}
        : goal,
    ),
  }));
  const open: JudgedRun = {...run, judgement: {...run.judgement, verdict: 'inconclusive', trials}};
  const named = 'Goal not evaluated for bounded (recovery): timeToRecoverMs: the machine may be the cause\n';
  t.true(renderTerminalSummary(open, 'report.md').includes(`\n\n${named}\n`));
  t.true(
    renderTerminalSummary(open, 'report.md', {width: 80}).includes(
      named.replace(' the cause', '\n  the cause'),
    ),
  );
});

test('a phase that fails before and after is among what did not get better, unless it is much better', t => {
  const run = judgedRun();
  const share = (before: number, after: number): string => {
    const trials = run.judgement.trials.map(trial => ({
      ...trial,
      phases: trial.phases.map(phase => ({
        ...phase,
        successRatio: phase.phase === 'stall' ? (trial.variant === 'bounded' ? after : before) : 1,
      })),
    }));
    return reportOf({...run, judgement: {...run.judgement, trials}});
  };
  t.true(share(0, 0).includes('- **stall**: 0% succeeded before and after.'));
  t.true(share(0.2, 0.25).includes('- **stall**: 20.0% succeeded before, 25.0% after.'));
  t.notRegex(share(0.1, 0.4), /\*\*stall\*\*:/);
  t.notRegex(share(0.4, 0.6), /\*\*stall\*\*:/);
});
