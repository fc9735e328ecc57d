// A world that is against the harness: failures by the ten thousand, a clock that jumps, errors that nobody may look at.
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {reopenRun} from '../../src/run/reopen.ts';
import {otherGates} from '../helpers/machine-doubt.ts';
import {runOnce} from '../helpers/run-once.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => runOnce(t, 'hostile'));

test('failures by the ten thousand cost a bounded journal and bounded memory', async t => {
  const {trial} = ran().trial('flood');
  t.is(trial.end.kind, 'completed');
  const failed = trial.driver.failures.reduce((sum, {count}) => sum + count, 0);
  t.log(`${failed} failures`);
  t.true(failed > 1000, `${failed} failures`);
  t.true(trial.driver.failures.length <= 100);
  t.true(trial.driver.failures.every(({examples}) => examples.length <= 5));
  const journal = await stat(join(ran().folder.path, 'trials', trial.id, 'events.ndjson'));
  t.true(journal.size < 20_000_000, `${journal.size} bytes`);
  const counted = trial.driver.phases.reduce((sum, phase) => sum + phase.outcomes.unknown, 0);
  t.is(counted, failed);
});

test('a wall clock that jumps by hours changes no figure', t => {
  const {trial, judgement} = ran().trial('clock');
  t.is(trial.end.kind, 'completed');
  t.deepEqual(
    judgement.goals.map(({verdict}) => verdict),
    ['met'],
  );
  for (const {phase, durationMs, responseP99Ms} of judgement.phases) {
    t.true(durationMs > 500 && durationMs < 60_000, `${phase} took ${durationMs} ms`);
    t.true(responseP99Ms !== null && responseP99Ms >= 0 && responseP99Ms < 60_000);
  }
  t.deepEqual(
    otherGates(t, judgement.gates).map(({name}) => name),
    [],
  );
  t.true(trial.harness.every(({loopDelayMaxMs}) => loopDelayMaxMs < 60_000));
  t.true(trial.driver.bins.every(({startMs}) => startMs >= 0 && startMs < 600_000));
});

test('errors that throw when they are looked at are failures of the library, and end nothing', t => {
  const {trial, judgement} = ran().trial('errors');
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  const failed = trial.driver.failures.reduce((sum, {count}) => sum + count, 0);
  t.true(failed > 100, `${failed} failures`);
  t.is(
    trial.driver.phases.reduce((sum, phase) => sum + phase.outcomes.unknown, 0),
    failed,
  );
  const names = trial.driver.failures.map(({error}) => error.name);
  for (const name of ['Error', 'object', 'symbol', 'undefined', 'bigint', 'refuse'])
    t.true(names.includes(name), `${name} is not among ${names.join(', ')}`);
  t.deepEqual(trial.troubles, []);
  t.deepEqual(
    judgement.gates.map(({name}) => name).filter(name => /^(?:harness|accounts)/.test(name)),
    [],
  );
});

test('a rejection with such an error that nobody handles is a crash like any other', t => {
  const {trial, judgement} = ran().trial('unhandled');
  t.like(trial.end, {kind: 'crashed', signal: null, outOfMemory: false});
  t.is(judgement.verdict, 'missed');
});

test('the saved run tells the same, and nothing is left', async t => {
  t.deepEqual((await reopenRun(ran().folder)).judgement, ran().run.judgement);
  t.deepEqual(ran().remains, {processes: [], ports: []});
});
