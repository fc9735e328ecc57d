// Clients that come and go while it storms: what one leaves undone is seen, and one that leaves nothing is not accused.
import test, {type ExecutionContext} from 'ava';
import {openFailedName} from '../../src/model/client-witness.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {isOfTheLibrary, otherGates} from '../helpers/machine-doubt.ts';
import {type RunOnce, runOnce} from '../helpers/run-once.ts';

const looked: readonly SymptomId[] = [
  'close-hangs',
  'connection-after-close',
  'connection-flapping',
  'process-crash',
  'unhandled-rejection',
];

const limits = {closeMs: 3000, lingerMs: 5000};

/** Which of them each variant shows, and in which phase. */
const presentIn = (ran: RunOnce, variant: string): {readonly [symptom: string]: string} =>
  Object.fromEntries(
    ran
      .trial(variant)
      .judgement.findings.flatMap(finding =>
        finding.verdict === 'present' && looked.includes(finding.symptom)
          ? [[finding.symptom, finding.phase]]
          : [],
      ),
  );

const isWhole = (t: ExecutionContext, ran: RunOnce, variant: string): void => {
  const {trial, judgement} = ran.trial(variant);
  t.is(trial.end.kind, 'completed');
  t.deepEqual(
    otherGates(t, judgement.gates).filter(
      ({name}) => name.startsWith('fault-') || name === 'accounting-mismatch',
    ),
    [],
  );
};

/** Where the machine kept up. */
const isHealthy = (t: ExecutionContext, ran: RunOnce, variant: string): void => {
  if (isOfTheLibrary(t, ran.trial(variant).judgement)) t.deepEqual(presentIn(ran, variant), {});
};

test('a client for each operation', async t => {
  t.timeout(120_000);
  const ran = await runOnce(t, 'clients-per-operation', {limits});
  for (const variant of ['leaking', 'thorough']) isWhole(t, ran, variant);
  t.is(presentIn(ran, 'leaking')['connection-after-close'], 'back');
  isHealthy(t, ran, 'thorough');
  const {trial, judgement} = ran.trial('thorough');
  const [baseline, refusal] = ['baseline', 'refusal'].map(name =>
    judgement.phases.find(({phase}) => phase === name),
  );
  // One that was opened just before an edge may be of the other phase.
  t.true(Math.abs((baseline?.clients?.opened ?? 0) - (baseline?.started ?? 0)) <= 2);
  t.is(baseline?.clients?.openFailed, 0);
  t.true((refusal?.clients?.openFailed ?? 0) > 0);
  t.like(
    trial.driver.failures.find(({error}) => error.code === 'ECONNREFUSED'),
    {status: 'failed', error: {name: openFailedName}},
  );
  t.regex(ran.reportOf('thorough'), /with a client for each operation/);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});

test('clients that are replaced', async t => {
  t.timeout(120_000);
  const ran = await runOnce(t, 'clients-replaced', {limits});
  for (const variant of ['hanging', 'returning', 'thorough']) isWhole(t, ran, variant);
  t.is(presentIn(ran, 'hanging')['close-hangs'], 'outage');
  t.is(presentIn(ran, 'returning')['connection-after-close'], 'back');
  isHealthy(t, ran, 'thorough');
  const baseline = ran.trial('thorough').judgement.phases.find(({phase}) => phase === 'baseline');
  t.true((baseline?.clients?.opened ?? 0) >= 4);
  t.true((baseline?.outcomes.ok ?? 0) > 0);
  t.deepEqual(ran.remains, {processes: [], ports: []});
});
