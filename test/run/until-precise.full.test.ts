// Trials that are added until the ratio is known: in turn, with a seed per pair, and each with its own data alone.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {TrialEvent} from '../../src/model/event.ts';
import {renderReport} from '../../src/report/report.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {tracePrefixOfTries} from '../../src/subject/try-operation.ts';
import {reportText} from '../helpers/report-text.ts';
import {runOnce} from '../helpers/run-once.ts';

const one = <Kind extends TrialEvent['kind']>(
  events: readonly TrialEvent[],
  kind: Kind,
): Extract<TrialEvent, {kind: Kind}> =>
  events.find(event => event.kind === kind) as Extract<TrialEvent, {kind: Kind}>;

test('a run until it is precise: in turn, with the seeds of the pairs, and no trial sees what another one left', async t => {
  const ran = await runOnce(t, 'calm', {precision: {halfWidthRatio: 1, mostTrials: 8}});
  const {record, trials} = ran.run;
  t.like(record, {status: 'complete', trialsPerVariant: 5});
  t.like(record.precision, {halfWidthRatio: 1, mostTrials: 8, end: {kind: 'precise'}});
  t.deepEqual(
    trials.map(({variant, number, seed}) => `${variant} ${number} ${seed}`),
    [
      'one 1 1',
      'many 1 1',
      'many 2 2',
      'one 2 2',
      'one 3 3',
      'many 3 3',
      'many 4 4',
      'one 4 4',
      'one 5 5',
      'many 5 5',
    ],
  );

  const pids = [...ran.events.values()].map(events => one(events, 'loaded').pid);
  t.is(new Set(pids).size, 10, 'a process for each');
  t.is(ran.seenOf(/target-main/), 10, 'a target for each');
  t.is(ran.seenOf(/faults\/server\/main/), 10, 'an injector for each');
  t.is(ran.seenOf(/telemetry\/main/), 1, 'one receiver for all');
  for (const trial of trials) {
    const started = trial.driver.phases.reduce((sum, phase) => sum + phase.started, 0);
    const attempts = trial.ledger!.attempts.reduce((sum, attempt) => sum + attempt, 0);
    t.is(attempts, started, `the target's ledger of ${trial.id}`);
    t.is(trial.ledger!.unattributedCount, 0);
    // One for the operation that is tried first, where that came before the first look.
    t.true(trial.injector[0]!.witness.openedConnections <= 1, `the injector's counts of ${trial.id}`);
    const spans = await readFile(join(ran.folder.path, 'trials', trial.id, 'spans.ndjson'), 'utf8');
    const traces = spans
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as {traceId: string}).traceId);
    t.is(traces.length, trial.telemetry!.spanCount);
    t.true(
      traces.every(trace =>
        [trial.tracePrefix, tracePrefixOfTries(trial.tracePrefix)].some(own => trace.startsWith(own)),
      ),
      `the spans of ${trial.id}`,
    );
  }

  const report = reportText(renderReport(ran.run));
  t.regex(
    report,
    /\*\*Goodput\*\* \(successes per second, over all phases but the warm-up\), `many` ÷ `one`: [\d.]+× \(95% interval .*, n = 5 pairs\)/,
  );
  t.regex(
    report,
    /Trials were added until the target precision of ± 100% was reached: with 5 trials per variant it is ± /,
  );
  t.deepEqual((await reopenRun(ran.folder)).judgement, ran.run.judgement);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
