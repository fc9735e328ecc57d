// The trials of a run gathered by variant, with the median of each figure over them.
import type {Finding, PresentFinding, SymptomId} from '../../model/finding.ts';
import type {GoalName, GoalResult, Limit, Verdict} from '../../model/goal.ts';
import type {Variant} from '../../model/plan.ts';
import type {TrialJudgement} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {medianOf} from '../../stats/quantile.ts';
import type {RedactedRun} from '../redact.ts';
import {medianPhase, type PhaseMedians} from './medians.ts';

/** A trial and what was judged of it. */
export type JudgedTrial = {
  readonly trial: Trial;
  /** The trials of fresh subjects that went on where this one did not, as `judgement` has them, too. */
  readonly parts: readonly Trial[];
  readonly judgement: TrialJudgement;
};

export type VariantStory = {
  readonly variant: Variant;
  readonly trials: readonly JudgedTrial[];
  /** In order of the plan; a phase that no trial reached is not there. */
  readonly phases: readonly PhaseMedians[];
  readonly symptoms: readonly SymptomStory[];
  readonly goals: readonly GoalStory[];
  readonly timeToRecoverMs: number | null;
};

/** The result of the trials of one variant for one symptom; the worst one counts. */
export type SymptomStory = {
  readonly symptom: SymptomId;
  readonly verdict: Finding['verdict'];
  /** The findings of the trials that show it, the trial with the greatest value first. */
  readonly present: readonly PresentFinding[];
  readonly reasons: readonly string[];
  readonly trialCount: number;
};

/** One goal over the trials of a variant: the worst verdict, and the median of the values. */
export type GoalStory = {
  /** The phase it applies to; `run` means all phases except the warm-up. */
  readonly phase: string;
  /** The figure the limit applies to. */
  readonly metric: GoalName;
  /** The limit. */
  readonly limit: Limit;
  /** The worst of the trials. */
  readonly verdict: Verdict;
  /** The median of the trials, in the metric's unit; null if it is unknown. */
  readonly value: number | null;
  /** Number of operations behind the figure: the median of the trials. */
  readonly count: number | null;
  /** Number of trials that met it. */
  readonly metCount: number;
  /** Number of trials. */
  readonly trialCount: number;
  /** Why trials are inconclusive, as sentences. */
  readonly reasons: readonly string[];
};

export const storyOf = (run: RedactedRun, variant: Variant): VariantStory => {
  const trials = run.judgement.trials
    .filter(judgement => judgement.variant === variant.name)
    .flatMap(judgement => {
      const trial = run.trials.find(candidate => candidate.id === judgement.trialId);
      const parts = run.trials.filter(({continues}) => continues === judgement.trialId);
      return trial ? [{trial, parts, judgement}] : [];
    });
  const judgements = trials.map(({judgement}) => judgement);
  return {
    variant,
    trials,
    phases: run.record.plan.phases.flatMap((phase, index) => {
      const summaries = judgements.flatMap(({phases}) =>
        phases.filter(summary => summary.phase === phase.name),
      );
      return summaries.length === 0 ? [] : [medianPhase({...phase, index}, summaries)];
    }),
    symptoms: symptomsOf(judgements),
    goals: goalsOf(judgements),
    timeToRecoverMs: medianOf(judgements.map(({timeToRecoverMs}) => timeToRecoverMs)),
  };
};

export type RunStory = {
  readonly run: RedactedRun;
  readonly variants: readonly VariantStory[];
  readonly baseline: VariantStory;
  /** The last variant; null where there is only one, so that nothing was changed. */
  readonly candidate: VariantStory | null;
  /** Whose verdict the run's is. */
  readonly judged: VariantStory;
};

export const runStory = (run: RedactedRun): RunStory => {
  const [first, ...rest] = run.record.plan.variants;
  const baseline = storyOf(run, first);
  const others = rest.map(variant => storyOf(run, variant));
  const candidate = others.at(-1) ?? null;
  return {run, variants: [baseline, ...others], baseline, candidate, judged: candidate ?? baseline};
};

const groupBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] => [
  ...Map.groupBy(items, keyOf).values(),
];

const symptomsOf = (judgements: readonly TrialJudgement[]): SymptomStory[] =>
  groupBy(
    judgements.flatMap(({findings}) => findings),
    finding => finding.symptom,
  ).map(findings => {
    const present = findings
      .filter(finding => finding.verdict === 'present')
      .toSorted((a, b) => b.evidence[0].value - a.evidence[0].value);
    const unclear = findings.filter(finding => finding.verdict === 'inconclusive');
    return {
      symptom: findings[0]!.symptom,
      verdict: present.length > 0 ? 'present' : unclear.length > 0 ? 'inconclusive' : 'clear',
      present,
      reasons: [...new Set(unclear.map(finding => finding.reason))],
      trialCount: judgements.length,
    };
  });

const goalsOf = (judgements: readonly TrialJudgement[]): GoalStory[] =>
  groupBy(
    judgements.flatMap(({goals}) => goals),
    goal => `${goal.phase} ${goal.metric}`,
  ).map(goals => {
    const {phase, metric, limit} = goals[0]!;
    return {
      phase,
      metric,
      limit,
      verdict: worst(goals),
      value: medianOf(goals.map(goal => goal.value)),
      count: medianOf(goals.map(goal => goal.count)),
      metCount: goals.filter(goal => goal.verdict === 'met').length,
      trialCount: goals.length,
      reasons: [...new Set(goals.flatMap(goal => (goal.reason === null ? [] : [goal.reason])))],
    };
  });

const worst = (goals: readonly GoalResult[]): Verdict => {
  if (goals.some(goal => goal.verdict === 'missed')) return 'missed';
  return goals.some(goal => goal.verdict === 'inconclusive') ? 'inconclusive' : 'met';
};
