// What verify() reads on a server without a ledger shows which client was wrong about what it did, and in which way.
import test from 'ava';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {recordedRun} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => recordedRun(t, 'verified'));

const looked: readonly SymptomId[] = ['lost-acknowledged', 'duplicate-effect', 'false-failure'];

const shows = test.macro({
  title: (_title, variant: string, symptom: SymptomId | null) => `${variant}: ${symptom ?? 'nothing'}`,
  exec(t, variant: string, symptom: SymptomId | null) {
    const {trial, judgement} = ran().trial(variant);
    t.true((trial.verified?.applied.length ?? 0) > 0, 'verify() has told');
    t.is(trial.ledger?.effects.some(count => count > 0) ?? false, false, 'and nobody else has');
    const verdicts = judgement.findings
      .filter(finding => looked.includes(finding.symptom))
      .map(finding => [finding.symptom, finding.verdict]);
    t.deepEqual(
      Object.fromEntries(verdicts),
      Object.fromEntries(looked.map(id => [id, id === symptom ? 'present' : 'clear'])),
    );
  },
});

test(shows, 'honest', null);
test(shows, 'forgetful', 'lost-acknowledged');
test(shows, 'insistent', 'duplicate-effect');
test(shows, 'certain', 'false-failure');

test('an example is one that the server has twice', t => {
  const {trial, judgement} = ran().trial('insistent');
  const finding = judgement.findings.find(({symptom}) => symptom === 'duplicate-effect');
  if (finding?.verdict !== 'present') return t.fail();
  const index = Number(finding.evidence[0].operations[0]!.split('-').at(-1));
  t.is(trial.verified!.applied[index], 2);
  t.is(finding.evidence[0].phase, 'fault');
  return undefined;
});
