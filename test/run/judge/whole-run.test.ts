// Only a run that is whole has a verdict.

import test from 'ava';
import type {Verdict} from '../../../src/model/goal.ts';
import type {JudgedRun, RunRecord} from '../../../src/model/run.ts';
import {renderTerminalSummary} from '../../../src/report/formats/terminal-summary.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgeWholeRun} from '../../../src/run/judge/whole-run.ts';
import {judgedRun} from '../../helpers/judged-run.ts';
import {reportText} from '../../helpers/report-text.ts';

const run = judgedRun({trialsPerVariant: 2});
const {record, judgement} = run;

type Row = readonly [RunRecord['status'], trialCount: number, Verdict, expected: Verdict];

const rows: readonly Row[] = [
  ['complete', 4, 'met', 'met'],
  ['complete', 4, 'missed', 'missed'],
  ['complete', 4, 'inconclusive', 'inconclusive'],
  ['complete', 3, 'met', 'inconclusive'],
  ['complete', 3, 'missed', 'inconclusive'],
  ['complete', 0, 'met', 'inconclusive'],
  ['running', 4, 'met', 'inconclusive'],
  ['failed', 4, 'met', 'inconclusive'],
  ['failed', 3, 'missed', 'inconclusive'],
  ['interrupted', 4, 'met', 'inconclusive'],
];

for (const [status, trialCount, verdict, expected] of rows) {
  test(`${status} with ${trialCount} of 4 trials that are ${verdict}: ${expected}`, t => {
    const trials = judgement.trials.slice(0, trialCount);
    const judged = judgeWholeRun({...record, status}, {...judgement, verdict, trials});
    t.like(judged, {verdict: expected});
    t.deepEqual(judged.trials, trials);
    t.is(judged.gates.length, status === 'complete' && trialCount < 4 ? 1 : 0);
  });
}

const lacking = (...ids: readonly string[]): JudgedRun => {
  const isThere = ({trialId}: {readonly trialId: string}): boolean => !ids.includes(trialId);
  const trials = judgement.trials.filter(isThere);
  return {...run, judgement: judgeWholeRun(record, {...judgement, verdict: 'met', trials})};
};

test('a complete record with trials missing says which, in its gate, its headline and its summary', t => {
  const {judgement: judged} = lacking('bounded-2');
  t.is(judged.gates[0]!.reason, '1 of 4 planned trials is missing: bounded-2.');
  const told = lacking('defaults-1', 'bounded-2');
  const statement = '2 of 4 planned trials are missing: defaults-1, bounded-2';
  t.true(reportText(renderReport(told)).startsWith(`# undici-stall: inconclusive: ${statement}\n`));
  t.true(reportText(renderReport(told)).includes(`Inconclusive: **trials-missing**. ${statement}.`));
  t.true(
    renderTerminalSummary(told, 'report.md').startsWith(
      `Inconclusive  undici-stall\n  ${statement}.\n  Run the scenario again.\n`,
    ),
  );
});

const shard = {index: 2, count: 2, rounds: [2]};

test('a shard is whole with the trials that were dealt to it', t => {
  const judgedWith = (...ids: readonly string[]) =>
    judgeWholeRun(
      {...record, shard},
      {...judgement, trials: judgement.trials.filter(({trialId}) => ids.includes(trialId))},
    );
  t.deepEqual(judgedWith('bounded-2', 'defaults-2').gates, []);
  t.is(judgedWith('bounded-2').gates[0]!.reason, '1 of 2 planned trials is missing: defaults-2.');
});

test('a shard says in its report, its headline and its summary which one it is, and how to repeat it', t => {
  const own = {...run, record: {...record, shard}};
  const text = reportText(renderReport(own));
  t.regex(text, /^# undici-stall \(shard 2 of 2\): /);
  t.regex(text, /1 of 2 trials per variant/);
  t.regex(
    text,
    /This is shard 2 of 2: trial 2 of 2 per variant\. Without `--shard` the command makes the whole run/,
  );
  t.regex(text, /its verdict is about trial 2 of each variant\. The whole run has 2 trials per variant\./);
  const summary = renderTerminalSummary(own, 'report.md');
  t.regex(summary, /^\w+ {2}undici-stall \(shard 2 of 2\): /);
  t.regex(summary, /\nRepeat: npx foulweather run undici-stall --seed 42 --trials 2 --shard 2\/2\n$/);
});

test('trials that are missing because one had no load are told by what that one failed of', t => {
  const gate = {
    name: 'open-failed',
    reason: 'open() failed: Error: no.',
    advice: 'Fix open() in the scenario.',
  };
  const [first] = judgement.trials;
  const stopped = (variant: string) =>
    judgeWholeRun(record, {...judgement, trials: [{...first!, variant, gates: [gate]}]});
  t.deepEqual(stopped('defaults').gates, [{...gate, reason: `defaults: ${gate.reason}`}]);
  t.deepEqual(stopped('bounded').gates, [gate]);
});
