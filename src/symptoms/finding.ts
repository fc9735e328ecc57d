// A detector's answer: clear, inconclusive, or present with its evidence.
import type {Found} from '../measures/evidence.ts';
import type {Comparison, Evidence, Finding, Severity, SymptomId} from '../model/finding.ts';
import type {NonEmpty} from '../model/non-empty.ts';
import type {Trial} from '../model/trial.ts';

/** `compared` is for detectors that compare telemetry with what happened. */
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

/**
 * What cycles do not prove is a warning, unless the scenario names no goals: no leak is one of those that then stand in
 * for them (symptom catalogue, goals).
 */
export const leakSeverity = ({plan}: Trial, isProven: boolean): Severity =>
  isProven || Object.keys(plan.goals).length === 0 ? 'fail' : 'warn';
