// The verdict of a trial, of its goals, findings and gates.
import type {Finding} from '../../model/finding.ts';
import type {GoalResult, Limit, Verdict} from '../../model/goal.ts';
import type {Gate} from '../../model/run.ts';

export const verdictOf = ({
  goals,
  findings,
  gates,
}: {
  readonly goals: readonly GoalResult[];
  readonly findings: readonly Finding[];
  readonly gates: readonly Gate[];
}): Verdict => {
  if (gates.length > 0) return 'inconclusive';
  if (findings.some(finding => finding.verdict === 'present' && finding.severity === 'fail')) return 'missed';
  const held = goals.filter(({limit}) => limit.severity !== 'warn');
  // Without goals that can be missed the symptoms alone decide: no hung, lost, duplicated or crossed operation, no
  // crash, no leak, and a recovery within 5 s, by their default thresholds.
  return held.length === 0 ? 'met' : worst(held.map(({verdict}) => verdict));
};

/** Missed is worse than inconclusive, and that is worse than met; without any it is inconclusive. */
export const worst = (verdicts: readonly Verdict[]): Verdict => {
  if (verdicts.includes('missed')) return 'missed';
  if (verdicts.length === 0 || verdicts.includes('inconclusive')) return 'inconclusive';
  return 'met';
};

export const heldTo = ({min, max}: Limit, value: number): boolean =>
  value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY);
