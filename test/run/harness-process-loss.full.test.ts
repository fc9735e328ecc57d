// A process of the harness that dies in the middle of a run: the run is saved, says so, and is not trusted.
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {dataFolder, RunFolder} from '../../src/store/run-folder.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {runOnce} from '../helpers/run-once.ts';

test('a run whose injector dies breaks off with exit code 70, is saved, and can be told', async t => {
  const place = await openPlace(t);
  const baseDir = join(place.cwd, 'data');
  await mkdir(baseDir);
  const broken = await t.throwsAsync<FoulweatherError>(
    runOnce(t, 'calm', {
      baseDir,
      onEdge(trialId, phase, watch) {
        if (trialId === 'many-1' && phase === 0) watch.killOne(/faults\/server\/main/);
      },
    }),
    {instanceOf: FoulweatherError, code: 'FW_RUN_BROKEN'},
  );
  t.is(broken.exitCode, 70);
  t.regex(broken.message, /^The run broke off: Cannot reach the injector at http:/);
  t.regex(broken.hint, /is saved: foulweather report \S+-calm$/);

  const {record, trials, judgement} = await reopenRun(await RunFolder.open(dataFolder(baseDir), 'latest'));
  t.is(record.status, 'failed');
  t.deepEqual(
    trials.map(({id, end}) => ({id, end: end.kind})),
    [
      {id: 'one-1', end: 'completed'},
      {id: 'many-1', end: 'interrupted'},
    ],
  );
  t.is(judgement.verdict, 'inconclusive');
  t.true(judgement.trials[1]!.gates.some(({name}) => name === 'harness-trial'));
  t.false(judgement.trials[1]!.findings.some(({verdict}) => verdict === 'present'));

  const told = await place.call(['report', 'latest'], {cwd: baseDir});
  t.is(told.code, 0, told.stderr);
  t.regex(told.stdout, /^Inconclusive/);
});

/** Until the first subject is there: from then on, the calibration included, the run is its processes' to lose. */
const loses = test.macro({
  title: (_title, what: string, _command: RegExp, code: number) =>
    `foulweather run that loses its ${what} ends with ${code}, and foulweather report tells it`,
  async exec(t, _what: string, command: RegExp, code: number) {
    const place = await openPlace(t);
    await place.bring('calm');
    place.watch.start();
    const running = place.call(['run', './calm.ts', '--variant', 'one', '--quiet']);
    await place.watch.untilSeen(/subject-main/);
    place.watch.killOne(command);
    const ended = await running;
    t.is(ended.code, code, ended.stderr);
    const told = await place.call(['report', 'latest']);
    t.is(told.code, 0, told.stderr);
    t.regex(told.stdout, /^Inconclusive/);
    t.deepEqual(await place.watch.remains(), {processes: [], ports: []});
  },
});

test(loses, 'injector', /faults\/server\/main/, 70);
test(loses, 'target', /target-main/, 2);
test(loses, 'telemetry receiver', /telemetry\/main/, 2);

test('a run whose target dies goes on, and is inconclusive for want of a ledger', async t => {
  const ran = await runOnce(t, 'calm', {
    variants: ['one'],
    onEdge(_trialId, phase, watch) {
      if (phase === 1) watch.killOne(/target-main/);
    },
  });
  const {trial, judgement} = ran.trial('one');
  t.is(trial.end.kind, 'completed');
  t.is(trial.ledger, null);
  t.regex(
    trial.troubles.find(({what}) => what === 'ledger')!.message,
    /^The target failed: the process was killed by SIGKILL/,
  );
  t.is(judgement.verdict, 'inconclusive');
  t.is(ran.run.record.status, 'complete');
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

test('a subject that is killed from outside has crashed', async t => {
  const ran = await runOnce(t, 'calm', {
    variants: ['one'],
    onEdge(_trialId, phase, watch) {
      if (phase === 1) watch.killOne(/subject-main/);
    },
  });
  const {trial, judgement} = ran.trial('one');
  t.like(trial.end, {kind: 'crashed', signal: 'SIGKILL', outOfMemory: false});
  t.is(judgement.verdict, 'missed');
});

test('a run that is interrupted before its first trial has none, and a report', async t => {
  const interruption = new AbortController();
  const ran = await runOnce(t, 'calm', {
    signal: interruption.signal,
    observer: {runStarted: () => interruption.abort()},
  });
  t.like(ran.run.record, {status: 'interrupted', trialIds: [], calibration: null});
  t.is(ran.run.judgement.verdict, 'inconclusive');
  t.true(ran.reportOf('one').length > 0);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

test('a run that is interrupted in its calibration has a trial without load, and a report', async t => {
  const interruption = new AbortController();
  const ran = await runOnce(t, 'calm', {
    signal: interruption.signal,
    observer: {trialEvent: (_trialId, {kind}) => kind === 'loaded' && interruption.abort()},
  });
  t.like(ran.run.record, {status: 'interrupted', trialIds: ['one-1'], calibration: null});
  t.is(ran.run.judgement.verdict, 'inconclusive');
  t.is(ran.trial('one').trial.end.kind, 'interrupted');
  t.true(ran.reportOf('one').length > 0);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
