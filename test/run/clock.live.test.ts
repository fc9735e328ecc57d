// A machine whose wall clock is set forth and back by an hour, again and again, in every process of the run.
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {telemetrySymptoms} from '../../src/model/symptoms/telemetry.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {dataFolder, RunFolder, runsFolder} from '../../src/store/run-folder.ts';
import {CliProcess} from '../helpers/cli-process.ts';
import {isOfTheLibrary, otherGates} from '../helpers/machine-doubt.ts';
import {fixture} from '../helpers/run-folders.ts';

const preload = new URL('../fixtures/stepping-clock.ts', import.meta.url).href;

/** By what the injector noted, and when: an hour more or less would make a storm or a leak of it. */
const timedByTheInjector: readonly SymptomId[] = [
  'close-hangs',
  'reconnect-storm',
  'no-backoff',
  'no-jitter',
  'retry-after-ignored',
];

test('a wall clock that is set again and again changes neither the exit code nor a figure', async t => {
  const cli = await CliProcess.start(t, ['run', fixture('clocked'), '--quiet'], {
    NODE_OPTIONS: `--import=${preload}`,
  });
  const ended = await cli.exited;
  t.true(ended.code === 0 || ended.code === 2, cli.stderr);
  const {record, trials, judgement} = await reopenRun(await RunFolder.open(dataFolder(cli.cwd), 'latest'));
  t.is((await readdir(runsFolder(dataFolder(cli.cwd)))).length, 1);
  t.is(record.status, 'complete');
  // A machine that is busy may keep the run from being judged; its clock may not.
  const isJudged = judgement.trials.map(trial => isOfTheLibrary(t, trial)).every(Boolean);
  if (isJudged) t.is(judgement.verdict, 'met');
  else t.not(judgement.verdict, 'missed');
  t.deepEqual(ended, {code: judgement.verdict === 'met' ? 0 : 2, signal: null}, cli.stderr);
  const fidelity = Object.keys(telemetrySymptoms) as SymptomId[];
  for (const [index, trial] of trials.entries()) {
    const {phases, goals, gates, findings} = judgement.trials[index]!;
    t.true(
      trial.clockSteps.some(({offsetMs}) => Math.abs(Math.abs(offsetMs) - 3_600_000) < 1000),
      'the process saw it',
    );
    t.deepEqual(otherGates(t, gates), []);
    t.true(trial.harness.every(({loopDelayMaxMs}) => loopDelayMaxMs < 60_000));
    for (const {phase, durationMs, responseP99Ms, started} of phases) {
      t.true(durationMs >= 1000 && durationMs < 60_000, `${phase} took ${durationMs} ms`);
      t.true(responseP99Ms !== null && responseP99Ms >= 0 && responseP99Ms < 60_000);
      t.true(started > 50);
    }
    t.true(trial.driver.bins.every(({startMs}) => startMs >= 0 && startMs < 600_000));
    t.deepEqual(
      goals.map(({metric, verdict}) => ({metric, verdict})),
      [
        {metric: 'successRatio', verdict: 'met'},
        {metric: 'telemetry: http.client.request.duration count', verdict: 'inconclusive'},
      ],
    );
    t.regex(goals[1]!.reason ?? '', /^the wall clock, which spans/);
    t.deepEqual(
      findings
        .filter(({symptom, verdict}) => fidelity.includes(symptom) && verdict === 'present')
        .concat(
          findings.filter(
            ({symptom, verdict}) => timedByTheInjector.includes(symptom) && verdict === 'present',
          ),
        ),
      [],
    );
    const opened = trial.injectorLog?.connections.map(({openedMs}) => openedMs - trial.originEpochMs) ?? [];
    t.true(opened.length > 0);
    t.true(
      opened.every(ms => ms > -1000 && ms < 60_000),
      `${opened}`,
    );
  }
  t.deepEqual(await cli.watch.remains(), {processes: [], ports: []});
  t.true((await readdir(join(cli.cwd, 'reports', 'clocked'))).includes('report.md'));
});
