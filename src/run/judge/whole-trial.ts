// A storm that one process did not see to its end, with the fresh ones that went on: one judgement, phase by phase.
// Each part was judged by itself, as a trial of the phases that it was to see.
import type {Finding, PresentFinding} from '../../model/finding.ts';
import type {GoalResult} from '../../model/goal.ts';
import type {NonEmpty} from '../../model/non-empty.ts';
import type {OutcomeCounts} from '../../model/outcome.ts';
import type {Phase} from '../../model/plan.ts';
import type {Account, PhaseSummary, TrialJudgement} from '../../model/run.ts';
import {picturesOf} from '../../symptoms/diagnoses.ts';
import {heldTo, verdictOf} from './verdict.ts';

/**
 * @param phases all of the run's
 * @param parts the first subject's judgement, and then those that follow on it
 */
export const wholeTrial = (
  phases: readonly Phase[],
  [first, ...others]: NonEmpty<TrialJudgement>,
): TrialJudgement => {
  if (others.length === 0) return first;
  const parts = [first, ...others];
  const rows = phases.flatMap(({name}) =>
    firstOf(parts, part => part.phases.find(row => row.phase === name)),
  );
  const findings = first.findings.map(({symptom}) =>
    worstFinding(parts.flatMap(part => part.findings.filter(finding => finding.symptom === symptom))),
  );
  const goals = first.goals.map((_, index) => worstGoal(goalOfParts(parts, index)));
  // What one part has proven does not become doubtful because another could not be judged.
  const gates = parts.some(({verdict}) => verdict === 'missed') ? [] : parts.flatMap(part => part.gates);
  const recoveries = parts.map(({timeToRecoverMs}) => timeToRecoverMs);
  return {
    ...first,
    verdict: verdictOf({goals, findings, gates}),
    phases: rows,
    account: accountOf(rows),
    timeToRecoverMs: recoveries.includes(null) ? null : Math.max(...recoveries.map(Number)),
    goals,
    findings,
    diagnoses: picturesOf(findings, rows),
    conventions: firstOf(parts, part => part.conventions ?? undefined)[0] ?? null,
    gates,
  };
};

/** One or none. What comes before the first fault was seen by all parts, and is taken from the first one. */
const firstOf = <Part, Item>(parts: readonly Part[], pick: (part: Part) => Item | undefined): Item[] => {
  for (const part of parts) {
    const item = pick(part);
    if (item !== undefined) return [item];
  }
  return [];
};

/** With the evidence of all parts that show it, the worst part first. */
const worstFinding = (findings: readonly Finding[]): Finding => {
  const present = findings.filter(finding => finding.verdict === 'present');
  const [worst] = present.toSorted(bySeverity);
  if (worst) {
    const others = present.filter(finding => finding !== worst).flatMap(({evidence}) => evidence);
    return {...worst, evidence: [...worst.evidence, ...others]};
  }
  return findings.find(({verdict}) => verdict === 'inconclusive') ?? findings[0]!;
};

const bySeverity = (a: PresentFinding, b: PresentFinding): number =>
  Number(b.severity === 'fail') - Number(a.severity === 'fail');

/** Of the parts that saw its phase. */
const goalOfParts = (parts: readonly TrialJudgement[], index: number): GoalResult[] => {
  const all = parts.flatMap(({goals, phases}) => {
    const goal = goals[index];
    return goal
      ? [{goal, isSeen: goal.phase === 'run' || phases.some(({phase}) => phase === goal.phase)}]
      : [];
  });
  const seen = all.filter(({isSeen}) => isSeen);
  return (seen.length > 0 ? seen : all).map(({goal}) => goal);
};

/** Counts of operations add up; for all else the worst part counts. */
const worstGoal = (goals: readonly GoalResult[]): GoalResult => {
  const worst =
    goals.find(({verdict}) => verdict === 'missed') ??
    goals.find(({verdict}) => verdict === 'inconclusive') ??
    goals[0]!;
  if (worst.verdict === 'inconclusive' || !worst.metric.endsWith('Count')) return worst;
  const value = goals.reduce((sum, goal) => sum + (goal.value ?? 0), 0);
  const count = goals.reduce((sum, goal) => sum + goal.count, 0);
  return {...worst, value, count, verdict: heldTo(worst.limit, value) ? 'met' : 'missed'};
};

const accountOf = (rows: readonly PhaseSummary[]): Account => {
  const sum = (pick: (row: PhaseSummary) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  const outcome = (status: keyof OutcomeCounts): number => sum(({outcomes}) => outcomes[status]);
  return {
    offered: sum(({offered}) => offered),
    started: sum(({started}) => started),
    dropped: sum(({dropped}) => dropped),
    outcomes: {
      ok: outcome('ok'),
      failed: outcome('failed'),
      unknown: outcome('unknown'),
      rejected: outcome('rejected'),
      wrong: outcome('wrong'),
      hung: outcome('hung'),
    },
    inFlight: sum(({inFlight}) => inFlight),
  };
};
