// Only a run that is whole has a verdict.
import test from 'ava';
import type {Verdict} from '../../../src/model/goal.ts';
import type {RunRecord} from '../../../src/model/run.ts';
import {judgeWholeRun} from '../../../src/run/judge/whole-run.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

const {record, judgement} = judgedRun({trialsPerVariant: 2});

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
    t.deepEqual(judged, {...judgement, verdict: expected, trials});
  });
}
