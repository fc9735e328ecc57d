// A telemetry receiver that dies, stands still or is slow: the run ends in order, and concludes nothing from what is missing.
import test, {type ExecutionContext} from 'ava';
import {spanAccount} from '../../src/measures/telemetry-account.ts';
import type {TrialJudgement} from '../../src/model/run.ts';
import {telemetrySymptoms} from '../../src/model/symptoms/telemetry.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {runOnce} from '../helpers/run-once.ts';

/** What telemetry would tell is not known: neither that something is wrong nor that nothing is. */
const concludesNothing = (t: ExecutionContext, {findings}: TrialJudgement): void => {
  const fidelity = Object.keys(telemetrySymptoms) as SymptomId[];
  t.deepEqual(
    findings
      .filter(({symptom, verdict}) => fidelity.includes(symptom) && verdict !== 'inconclusive')
      .map(({symptom, verdict}) => `${symptom}: ${verdict}`),
    [],
  );
};

test.serial(
  'a run whose telemetry receiver dies goes on, and is inconclusive for want of telemetry',
  async t => {
    const ran = await runOnce(t, 'calm', {
      variants: ['one'],
      onEdge(_trialId, phase, watch) {
        if (phase === 1) watch.killOne(/telemetry\/main/);
      },
    });
    const {trial, judgement} = ran.trial('one');
    t.is(trial.end.kind, 'completed');
    t.is(trial.telemetry, null);
    t.is(judgement.verdict, 'inconclusive');
    t.true(judgement.phases.every(({outcomes}) => outcomes.ok > 0));
    concludesNothing(t, judgement);
    t.deepEqual(ran.remains, {processes: [], ports: []});
  },
);

test.serial(
  'a run whose telemetry receiver stands still to the end is judged without its telemetry',
  async t => {
    const ran = await runOnce(t, 'calm', {
      variants: ['one'],
      limits: {collectMs: 3000},
      onEdge(_trialId, phase, watch) {
        if (phase === 1) watch.signalOne(/telemetry\/main/, 'SIGSTOP');
      },
    });
    const {trial, judgement} = ran.trial('one');
    t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
    t.is(trial.telemetry, null);
    t.true(trial.troubles.some(({what}) => what === 'telemetry'));
    t.is(judgement.verdict, 'inconclusive');
    t.is(ran.run.record.status, 'complete');
    t.true(judgement.phases.every(({outcomes}) => outcomes.ok > 0));
    concludesNothing(t, judgement);
    t.deepEqual(ran.remains, {processes: [], ports: []});
  },
);

test.serial(
  'a run whose telemetry receiver stands still for three seconds ends as if it had not, with all its spans',
  async t => {
    const ran = await runOnce(t, 'calm', {
      variants: ['one'],
      onEdge(_trialId, phase, watch) {
        if (phase !== 1) return;
        watch.signalOne(/telemetry\/main/, 'SIGSTOP');
        setTimeout(() => watch.signalOne(/telemetry\/main/, 'SIGCONT'), 3000);
      },
    });
    const {trial, judgement} = ran.trial('one');
    t.deepEqual(trial.end, {kind: 'completed', close: 'resolved', error: null});
    t.deepEqual(trial.troubles, []);
    const {receivedCount, endedCount} = spanAccount(trial)!;
    t.true(endedCount > 0);
    t.is(receivedCount, endedCount);
    t.true(judgement.phases.every(({outcomes}) => outcomes.ok > 0));
    t.deepEqual(ran.remains, {processes: [], ports: []});
  },
);
