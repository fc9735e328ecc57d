// Which of several symptoms a cell of the weather report names.
import type {PresentFinding} from '../../model/finding.ts';
import {byWeight} from '../../model/symptoms.ts';

/** A failure before a warning, and then by what it does to those who use the library. */
export const bySeverity = (a: PresentFinding, b: PresentFinding): number =>
  Number(a.severity === 'warn') - Number(b.severity === 'warn') || byWeight(a.symptom, b.symptom);
