// What a busy machine keeps a run from saying: it is logged, and a wrong verdict fails all the same.
import type {ExecutionContext} from 'ava';
import {isOfTheMachine} from '../../scripts/trial-mistakes.ts';
import type {Finding} from '../../src/model/finding.ts';
import type {Gate, TrialJudgement} from '../../src/model/run.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';

type Log = Pick<ExecutionContext, 'log'>;
type Judged = Pick<TrialJudgement, 'findings' | 'gates'>;

/** Why a detector does not know, where that is the machine's doing; null otherwise. */
export const doubtOfMachine = (finding: Finding | undefined): string | null =>
  finding?.verdict === 'inconclusive' && /the machine|started late/.test(finding.reason)
    ? finding.reason
    : null;

/** The gates of a trial but for those of the machine, which are logged. */
export const otherGates = (t: Log, gates: readonly Gate[]): readonly Gate[] => {
  for (const gate of gates) {
    if (isOfTheMachine(gate)) t.log(`A trial is not judged this time: ${gate.reason}`);
  }
  return gates.filter(gate => !isOfTheMachine(gate));
};

/** Whether the machine kept up with a trial. Where it did not, that is logged, and what looks wrong may be its doing. */
export const isOfTheLibrary = (t: Log, {gates}: Pick<Judged, 'gates'>): boolean =>
  otherGates(t, gates).length === gates.length;

/** The verdict on a symptom is "clear", unless the machine keeps that from being known. */
export const isClear = (
  t: Pick<ExecutionContext, 'is' | 'log' | 'pass'>,
  judgement: Judged,
  symptom: SymptomId,
): void => {
  const finding = judgement.findings.find(candidate => candidate.symptom === symptom);
  const doubt = doubtOfMachine(finding);
  if (doubt !== null) t.log(`${symptom} is not known this time: ${doubt}`);
  if (doubt === null && isOfTheLibrary(t, judgement)) t.is(finding?.verdict, 'clear', symptom);
  else t.pass();
};
