// Programs that are sent SIGTERM in an outage: how they end, how long that takes, and what is said of one that does not.
import test, {type ExecutionContext} from 'ava';
import type {GoalResult} from '../../src/model/goal.ts';
import type {Trial} from '../../src/model/trial.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

const limits = {answerSlackMs: 20_000, lingerMs: 2000, calibrationMs: 100};

type Expected = {
  readonly sigterm: NonNullable<Trial['closing']>['sigterm'];
  readonly close: 'resolved' | 'failed' | 'hung';
  readonly goal: GoalResult['verdict'];
  readonly hangs: boolean;
  readonly report: RegExp;
};

const expected: {readonly [act: string]: Expected} = {
  'shuts-down': {
    sigterm: {exitCode: 0, signal: null},
    close: 'resolved',
    goal: 'met',
    hangs: false,
    report: /the program ended [\d.]+\sm?s after SIGTERM, with exit code 0/,
  },
  well: {
    sigterm: {exitCode: null, signal: 'SIGTERM'},
    close: 'resolved',
    goal: 'met',
    hangs: false,
    report: /after SIGTERM, by signal SIGTERM/,
  },
  'ignores-sigterm': {
    sigterm: null,
    close: 'hung',
    goal: 'missed',
    hangs: true,
    report: /had not ended \d+(?:\.\d+)?\ss after SIGTERM, and was killed/,
  },
  stumbles: {
    sigterm: {exitCode: 3, signal: null},
    close: 'failed',
    goal: 'met',
    hangs: false,
    report: /after SIGTERM, with exit code 3/,
  },
};

const isSeen = (t: ExecutionContext, ran: RunOnce, act: string, of: Expected): void => {
  const {trial, judgement} = ran.trial(act);
  t.like(trial.end, {kind: 'completed', close: of.close}, act);
  t.deepEqual(trial.closing?.sigterm, of.sigterm, act);
  t.like(judgement.goals[0], {metric: 'timeToExitMs', verdict: of.goal}, act);
  const found = judgement.findings.flatMap(finding =>
    finding.verdict === 'present' ? [[finding.symptom, finding.phase]] : [],
  );
  t.deepEqual(
    found.filter(([symptom]) => symptom === 'close-hangs' || symptom === 'process-crash'),
    of.hangs ? [['close-hangs', 'outage']] : [],
    act,
  );
  t.deepEqual(
    judgement.gates.filter(({name}) => name === 'accounting-mismatch' || name === 'protocol-broken'),
    [],
    act,
  );
  t.regex(ran.reportOf(act), of.report);
};

test('programs that are sent SIGTERM', async t => {
  t.timeout(120_000);
  const ran = await runOnce(t, 'program-sigterm', {limits});
  for (const [act, of] of Object.entries(expected)) isSeen(t, ran, act, of);
  const {exit} = ran.trial('stumbles').trial;
  t.like(exit, {exitCode: 3, killedFor: null});
  t.like(ran.trial('well').trial.exit, {signal: 'SIGTERM', killedFor: null});
  t.regex(ran.reportOf('well'), /connections refused, live ones cut; SIGTERM sent at its end/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
