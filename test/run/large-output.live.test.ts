// Output without end, and functions of the scenario that throw.
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const mib = 1024 * 1024;

const ran = sharedRun(t => runOnce(t, 'noisy'));

test('60 MiB on stdout and stderr are counted, and 8 KiB of them kept', async t => {
  const {trial} = ran().trial('flooding');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.is(trial.exit!.stdoutBytes, 30 * mib, JSON.stringify(trial.exit));
  t.is(trial.exit!.stderrBytes, 30 * mib, JSON.stringify(trial.exit));
  t.is(Buffer.byteLength(trial.exit!.stderrTail), 8192);
  const journal = await stat(join(ran().folder.path, 'trials', 'flooding-1', 'events.ndjson'));
  t.true(journal.size < mib);
  t.true(ran().reportOf('flooding').length < 100_000);
});

test('a flooded subject still does all of its operations', t => {
  const [baseline] = ran().trial('flooding').judgement.phases;
  // The last of the floods comes with the 35th.
  t.true(baseline!.started >= 35);
  t.is(baseline!.outcomes.ok, baseline!.started);
});

test('an open() that throws has failed, with its error in the report', t => {
  const {trial, judgement} = ran().trial('open-throws');
  t.like(trial.end, {
    kind: 'open-failed',
    error: {name: 'TypeError', message: 'the pool size must be positive'},
  });
  t.like(trial.exit, {exitCode: 0, killedFor: null});
  t.is(judgement.verdict, 'inconclusive');
  t.true(ran().reportOf('open-throws').includes('the pool size must be positive'));
});

test('a close() that rejects is told, after all operations have counted', t => {
  const {trial, judgement} = ran().trial('close-rejects');
  t.like(trial.end, {kind: 'completed', close: 'failed', error: {message: 'the pool is busy'}});
  t.is(judgement.phases[0]!.successRatio, 1);
  t.true(ran().reportOf('close-rejects').includes('the pool is busy'));
});

test('nothing is left of it', t => {
  t.deepEqual(ran().remains, {processes: [], ports: []});
  t.deepEqual(ran().temporaryFiles, []);
});
