// A detector's answer: clear, inconclusive, or present with its evidence.
import type {Found} from '../measures/evidence.ts';
import type {Comparison, Evidence, Finding, Severity, SymptomId} from '../model/finding.ts';
import type {NonEmpty} from '../model/non-empty.ts';

/** `compared` is what telemetry was held against, for the detectors that do so. */
export const clear = (symptom: SymptomId, compared?: readonly Comparison[]): Finding => ({
  symptom,
  verdict: 'clear',
  ...(compared && {compared}),
});

export const inconclusive = (symptom: SymptomId, reason: string): Finding => ({
  symptom,
  verdict: 'inconclusive',
  reason,
});

/** Clear without evidence; otherwise present, in the phase of the first. */
export const presentIf = (
  symptom: SymptomId,
  severity: Severity,
  found: readonly Found[],
  compared?: readonly Comparison[],
): Finding => {
  const [first, ...rest] = found;
  if (!first) return clear(symptom, compared);
  const evidence: NonEmpty<Evidence> = [evidenceOf(first), ...rest.map(evidenceOf)];
  return {
    symptom,
    verdict: 'present',
    severity,
    phase: first.phase,
    evidence,
    ...(compared && {compared}),
  };
};

const evidenceOf = ({phase, evidence}: Found): Evidence => ({phase, ...evidence});
