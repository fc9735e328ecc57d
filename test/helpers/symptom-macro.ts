// One row: a trial, a symptom, and what its detector answers, with its value or its reason.
import test from 'ava';
import type {Evidence, Finding, SymptomId} from '../../src/model/finding.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {type TrialChanges, trialWith} from './trial-believable.ts';

export type Answered = Finding['verdict'] | {readonly value: number; readonly phase?: string} | RegExp;

const witnesses: readonly Evidence['witness'][] = [
  'driver',
  'telemetry',
  'injector',
  'target',
  'system',
  'profile',
];
const units: readonly Evidence['unit'][] = ['count', 'ms', 'bytes', 'share', 'ratio'];

/** A pattern is for the reason of an inconclusive finding. */
export const answers = test.macro({
  title: (title, symptom: SymptomId) => `${symptom}: ${title}`,
  exec(t, symptom: SymptomId, changes: TrialChanges, expected: Answered) {
    const finding = detectOne(symptom, trialWith(changes));
    t.is(finding.symptom, symptom);
    if (typeof expected === 'string') {
      t.is(finding.verdict, expected, JSON.stringify(finding));
    } else if (expected instanceof RegExp) {
      t.regex(finding.verdict === 'inconclusive' ? finding.reason : JSON.stringify(finding), expected);
      t.is(finding.verdict, 'inconclusive');
    } else if (finding.verdict === 'present') {
      t.true(Math.abs(finding.evidence[0].value - expected.value) < 0.01, `${finding.evidence[0].value}`);
      if (expected.phase !== undefined) t.is(finding.phase, expected.phase);
      t.true(finding.severity === 'warn' || finding.severity === 'fail');
      for (const {witness, unit, statement} of finding.evidence) {
        t.true(witnesses.includes(witness), witness);
        t.true(units.includes(unit), unit);
        t.regex(statement, /^[^ ].*\.$/);
      }
    } else {
      t.fail(JSON.stringify(finding));
    }
  },
});
