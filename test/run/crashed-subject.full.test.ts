// A subject that dies is a result: in the saved run, in the report, and with nothing left of it.
import test from 'ava';
import type {SymptomId} from '../../src/model/finding.ts';
import {frameName} from '../../src/model/profile.ts';
import {renderReport} from '../../src/report/report.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => runOnce(t, 'dying'));

type Death = {
  readonly variant: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly error: string | null;
  readonly symptom: SymptomId;
};

const deaths: readonly Death[] = [
  {variant: 'exit-code', exitCode: 7, signal: null, error: null, symptom: 'process-crash'},
  {
    variant: 'exception',
    exitCode: 1,
    signal: null,
    error: 'thrown out of a callback',
    symptom: 'process-crash',
  },
  {variant: 'rejection', exitCode: 1, signal: null, error: 'nobody caught this', symptom: 'process-crash'},
  {
    variant: 'error-event',
    exitCode: 1,
    signal: null,
    error: 'no listener for this',
    symptom: 'process-crash',
  },
  {variant: 'signal', exitCode: null, signal: 'SIGTERM', error: null, symptom: 'process-crash'},
  {variant: 'out-of-memory', exitCode: null, signal: 'SIGABRT', error: null, symptom: 'out-of-memory'},
];

const dies = test.macro({
  title: (_, death: Death) => `a subject that dies by ${death.variant} is a result`,
  exec(t, {variant, exitCode, signal, error, symptom}: Death) {
    const {trial, judgement} = ran().trial(variant);
    t.like(trial.end, {kind: 'crashed', exitCode, signal, outOfMemory: symptom === 'out-of-memory'});
    t.is(trial.end.kind === 'crashed' ? (trial.end.error?.message ?? null) : '', error);
    t.is(trial.exit?.killedFor, null);
    t.is(judgement.verdict, 'missed');
    const finding = judgement.findings.find(candidate => candidate.symptom === symptom);
    t.like(finding, {verdict: 'present', severity: 'fail', phase: 'slow'});
    t.deepEqual(judgement.gates, []);
    const [baseline] = judgement.phases;
    t.true(baseline!.outcomes.ok > 0, 'what happened before is known');
    t.true(ran().reportOf(variant).includes(`**${symptom}**`));
    if (error !== null) t.true(ran().reportOf(variant).includes(error));
  },
});

for (const death of deaths) test(dies, death);

test('what a dying process printed is in the report', t => {
  t.regex(ran().trial('exception').trial.exit!.stderrTail, /RangeError: thrown out of a callback/);
  t.regex(ran().trial('out-of-memory').trial.exit!.stderrTail, /JavaScript heap out of memory/);
  t.true(ran().reportOf('out-of-memory').includes('the process ran out of memory'));
});

test('a crash has the frames of its stack in the report and on the page', t => {
  const {end} = ran().trial('exception').trial;
  const [frame] = (end.kind === 'crashed' && end.error?.frames) || [];
  t.like(frame, {ownerKind: 'scenario'});
  const line = frameName(frame!);
  t.regex(line, /\(dying\.ts:\d+\)$/);
  t.true(ran().reportOf('exception').includes(`\n${line}`));
  t.true(
    renderReport(ran().run).files['report.html']!.includes(
      line.replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    ),
  );
});

test('the saved run tells the same', async t => {
  const reopened = await reopenRun(ran().folder);
  t.deepEqual(reopened.judgement, ran().run.judgement);
  t.is(ran().run.record.status, 'complete');
  t.is(ran().run.judgement.verdict, 'missed');
});

test('nothing is left of it', t => {
  t.true(ran().seenCount >= 6 + deaths.length, 'the watch saw the processes');
  t.deepEqual(ran().remains, {processes: [], ports: []});
  t.deepEqual(ran().temporaryFiles, []);
});
