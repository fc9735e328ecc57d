// Which of several symptoms a cell of the weather report names: what is untrue comes before what is dead, and that before what is slow.
import type {PresentFinding, SymptomId} from '../../model/finding.ts';
import {symptomIds} from '../../model/symptoms.ts';

const gravest: readonly SymptomId[] = [
  'lost-acknowledged',
  'crossed-response',
  'truncation-accepted',
  'swallowed-error',
  'duplicate-effect',
  'false-failure',
  'reordered',
  'out-of-memory',
  'process-crash',
  'wedged-client',
  'metastable',
  'orphaned-operation',
  'hung-operation',
  'slow-recovery',
];

const rank = (symptom: SymptomId): number => {
  const at = gravest.indexOf(symptom);
  return at >= 0 ? at : gravest.length + symptomIds.indexOf(symptom);
};

/** The gravest first: a failure before a warning, and then by its kind. */
export const byGravity = (a: PresentFinding, b: PresentFinding): number =>
  Number(a.severity === 'warn') - Number(b.severity === 'warn') || rank(a.symptom) - rank(b.symptom);
