// A hundred thousand failures at once, and errors that nobody may look at, as a user of the command line meets them.
import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {isOfTheMachine} from '../../scripts/trial-mistakes.ts';
import type {TrialJudgement} from '../../src/model/run.ts';
import type {Trial} from '../../src/model/trial.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {dataFolder, RunFolder} from '../../src/store/run-folder.ts';
import {openPlace} from '../helpers/cli-world.ts';

const flood = 2;
const floodCount = 100_000;

type Ran = {readonly trial: Trial; readonly judgement: TrialJudgement; readonly folder: string};

/** The run is saved and missed its goal; `foulweather report` says the same. */
const runMissed = async (t: ExecutionContext, variant: string): Promise<Ran> => {
  const place = await openPlace(t);
  await place.bring('flooded');
  place.watch.start();
  const ended = await place.call(['run', './flooded.ts', '--variant', variant, '--quiet']);
  const folder = await RunFolder.open(dataFolder(place.cwd), 'latest');
  const {record, trials, judgement} = await reopenRun(folder);
  t.is(record.status, 'complete');
  const {gates, goals} = judgement.trials[0]!;
  t.deepEqual(
    goals.map(({verdict}) => verdict),
    ['missed'],
  );
  // A hundred thousand at once may be more than a busy machine can do beside it, and then nothing else is in the way.
  t.deepEqual(
    gates.filter(gate => !isOfTheMachine(gate)),
    [],
  );
  const [code, verdict] = gates.length === 0 ? [1, 'Missed'] : [2, 'Inconclusive'];
  t.is(ended.code, code, ended.stderr);
  t.true(ended.stdout.startsWith(verdict), ended.stdout);
  const again = await place.call(['report', 'latest']);
  t.is(again.stdout.split('\n')[0], ended.stdout.split('\n')[0]);
  t.true((await readdir(join(place.cwd, 'reports', 'flooded'))).includes('report.md'));
  t.deepEqual(await place.watch.remains(), {processes: [], ports: []});
  return {trial: trials[0]!, judgement: judgement.trials[0]!, folder: folder.path};
};

/** Each that was started is accounted for, and the harness had no trouble with it. Gives how many failed in the flood. */
const failedAll = (t: ExecutionContext, {trial, judgement}: Ran): number => {
  t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
  t.deepEqual(trial.troubles, []);
  const {offered, started, dropped, outcomes, inFlight} = judgement.account;
  t.true(offered >= floodCount);
  t.is(started + dropped, offered);
  t.is(Object.values(outcomes).reduce((sum, count) => sum + count, 0) + inFlight, started);
  const phase = trial.driver.phases[flood]!;
  t.true(phase.outcomes.ok < 100, 'only what the calm phases had left');
  // What hung first may have failed later, and is among the failures, too.
  const failed = trial.driver.failures.reduce((sum, {count}) => sum + count, 0);
  t.true(failed + trial.driver.uncountedFailures >= outcomes.unknown);
  t.log(
    `${failed} failures, the last of them ${judgement.phases[flood]!.settleP99Ms} ms (p99) after it was due`,
  );
  return phase.outcomes.unknown;
};

test.serial(
  'a hundred thousand failures in about a second are counted one by one in a bounded journal',
  async t => {
    const ran = await runMissed(t, 'flood');
    // On a slow machine some do not start before the end, and some are late enough to hang first.
    t.true(failedAll(t, ran) > 0.1 * floodCount);
    const classes = ran.trial.driver.failures.filter(({status}) => status === 'unknown');
    t.is(classes.length, 1);
    const [failure] = classes;
    t.is(failure!.examples.length, 5);
    t.true(failure!.error.message.startsWith('failure of flood-1-'));
    const journal = await stat(join(ran.folder, 'trials', ran.trial.id, 'events.ndjson'));
    t.true(journal.size < 5_000_000, `${journal.size} bytes`);
  },
);

test.serial(
  'errors with a cyclic cause and getters that throw are counted as failures like any other',
  async t => {
    const ran = await runMissed(t, 'cursed');
    // To look at each of them takes its time, so that some are late enough to hang first, or do not start before the end.
    t.true(failedAll(t, ran) > 0.1 * floodCount);
    for (const {error} of ran.trial.driver.failures) {
      t.like(error, {name: 'Error', message: '', stack: [], causes: ['Error: the cause']});
    }
  },
);
