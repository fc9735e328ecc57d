// What comes to a consumer, through the real harness: a promise that is kept, and two that are not.
import test from 'ava';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {otherGates} from '../helpers/machine-doubt.ts';
import {recordedRun, runsMode} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => recordedRun(t, 'deliveries'));

const looked: readonly SymptomId[] = ['lost-acknowledged', 'duplicate-effect'];

const shows = test.macro({
  title: (_title, variant: string, symptom: SymptomId | null) => `${variant}: ${symptom ?? 'nothing'}`,
  exec(t, variant: string, symptom: SymptomId | null) {
    const {trial, judgement} = ran().trial(variant);
    t.deepEqual(runsMode === 'live' ? otherGates(t, judgement.gates) : judgement.gates, []);
    const verdicts = judgement.findings
      .filter(finding => looked.includes(finding.symptom))
      .map(finding => [finding.symptom, finding.verdict]);
    t.deepEqual(
      Object.fromEntries(verdicts),
      Object.fromEntries(looked.map(id => [id, id === symptom ? 'present' : 'clear'])),
    );
    const present = judgement.findings.find(finding => finding.symptom === symptom);
    if (present?.verdict === 'present') t.is(present.evidence[0].witness, 'driver');
    t.true(trial.deliveries!.some(count => count > 0));
  },
});

test(shows, 'honest', null);
test(shows, 'hasty', 'lost-acknowledged');
test(shows, 'boastful', 'duplicate-effect');
test(shows, 'careful', null);

test('what comes after its operation has settled is told, and what comes twice is counted', t => {
  const {trial, judgement} = ran().trial('honest');
  const sum = (pick: 'deliveredCount' | 'redeliveredCount'): number =>
    judgement.phases.reduce((total, phase) => total + (phase[pick] ?? 0), 0);
  t.is(
    sum('deliveredCount'),
    trial.deliveries!.reduce((count, times) => count + Number(times > 0), 0),
  );
  t.true(sum('redeliveredCount') > 0, 'some were worked on while the connection was lost');
  const settledMs = trial.driver.drained!.atMs;
  const last = ran()
    .events.get(trial.id)!
    .findLastIndex(({kind}) => kind === 'deliveries');
  const drained = ran()
    .events.get(trial.id)!
    .findIndex(({kind}) => kind === 'drained');
  // In a live run on a busy machine the last work may be done before the drain is over.
  if (runsMode !== 'live') t.true(last > drained, `what came after ${settledMs} ms is told with the close`);
  t.regex(ran().reportOf('honest'), /\d+ delivered to the consumer/);
});
