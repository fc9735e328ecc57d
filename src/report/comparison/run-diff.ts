// Two results of one scenario compared: better, worse or unclear, per goal and figure. They may be of other commits,
// versions or days, so that their trials are no pairs, and one trial a side proves little.
import type {GoalName, Limit, Verdict} from '../../model/goal.ts';
import type {PhaseSummary} from '../../model/run.ts';
import {bootstrapRatioOfSamples, minimumPairs, type UnpairedInterval} from '../../stats/bootstrap.ts';
import {fisherPValue, type ShareCount} from '../../stats/fisher.ts';
import {mannWhitney} from '../../stats/mann-whitney.ts';
import type {GoalStory} from '../case-study/run-story.ts';
import {count} from '../format.ts';
import type {Result, ResultVariant} from '../formats/result.ts';

/** One variant of one result. */
export type Side = {readonly title: string; readonly result: Result; readonly variant: ResultVariant};

export type Change = 'better' | 'worse' | 'same' | 'inconclusive';

export type GoalChange = {
  readonly phase: string;
  readonly metric: GoalName;
  readonly limit: Limit;
  readonly before: Verdict | null;
  readonly after: Verdict;
  readonly beforeValue: number | null;
  readonly afterValue: number | null;
  readonly change: Change;
  readonly reason: string;
};

export type FigureChange = {
  readonly phase: string;
  readonly figure: FigureName;
  readonly before: number;
  readonly after: number;
  /** After over before; null with fewer than five trials on a side. */
  readonly interval: UnpairedInterval | null;
  /** Two-sided, Mann-Whitney over the trials. */
  readonly pValue: number | null;
  readonly change: Change;
};

export type Comparison = {
  readonly before: Side;
  readonly after: Side;
  readonly goals: readonly GoalChange[];
  readonly figures: readonly FigureChange[];
};

const figures = {
  goodput: {pick: phase => phase.goodputPerSecond, better: 'higher'},
  'response p99': {pick: phase => phase.responseP99Ms, better: 'lower'},
  'attempts per operation': {pick: phase => phase.attemptsPerOperationRatio, better: 'lower'},
  'CPU per operation': {pick: phase => phase.cpuUsPerOperation, better: 'lower'},
  'resident memory at most': {pick: phase => phase.rssMaxBytes, better: 'lower'},
} as const satisfies {
  readonly [name: string]: {
    readonly pick: (phase: PhaseSummary) => number | null;
    readonly better: 'higher' | 'lower';
  };
};

export type FigureName = keyof typeof figures;

/** Two samples of the same thing differ by this much so often that it counts as no difference. */
const significance = 0.05;

/** Goals that count operations: there each operation is a sample, and one trial has many. */
const counts: ReadonlySet<GoalName> = new Set<GoalName>([
  'hungCount',
  'overrunCount',
  'droppedCount',
  'wrongCount',
  'duplicateCount',
  'lostCount',
  'backlogCount',
]);

/**
 * Operations of one trial meet the same pauses, and are no independent samples: a stricter limit applies to them than
 * to trials.
 */
const operationSignificance = 0.001;

/** Pure. Goals are those of the later side; one that the earlier did not have cannot have got worse. */
export const compareSides = (before: Side, after: Side): Comparison => ({
  before,
  after,
  goals: after.variant.goals.map(goal => goalChange(before.variant, goal)),
  figures: after.variant.phases
    .filter(({role}) => role !== 'warm-up')
    .flatMap(({phase}) =>
      (Object.keys(figures) as FigureName[]).flatMap(name => figureChange(before, after, phase, name)),
    ),
});

export const goalsGotWorse = ({goals}: Comparison): boolean => goals.some(({change}) => change === 'worse');

/** A limit of zero is for what must never happen: once is proof. */
const mayNeverHappen = ({limit}: GoalStory): boolean => limit.max === 0;

const goalChange = (before: ResultVariant, goal: GoalStory): GoalChange => {
  const earlier = before.goals.find(({phase, metric}) => phase === goal.phase && metric === goal.metric);
  const {phase, metric, limit, verdict, value} = goal;
  return {
    phase,
    metric,
    limit,
    before: earlier?.verdict ?? null,
    after: verdict,
    beforeValue: earlier?.value ?? null,
    afterValue: value,
    ...judgeGoal(earlier ?? null, goal),
  };
};

const judgeGoal = (before: GoalStory | null, after: GoalStory): Pick<GoalChange, 'change' | 'reason'> => {
  if (!before) return {change: 'inconclusive', reason: 'the earlier result does not have this goal'};
  if (before.verdict === 'inconclusive' || after.verdict === 'inconclusive') {
    const reasons = [...before.reasons, ...after.reasons];
    return {change: 'inconclusive', reason: reasons[0] ?? 'one of the results was inconclusive'};
  }
  if (before.verdict === after.verdict) return {change: 'same', reason: ''};
  const change = after.verdict === 'met' ? 'better' : 'worse';
  const limitChanged = before.limit.min !== after.limit.min || before.limit.max !== after.limit.max;
  if (limitChanged) return {change: 'inconclusive', reason: 'its limit differs'};
  if (change === 'worse' && mayNeverHappen(after)) {
    return {change, reason: 'it must never happen, so once is proof'};
  }
  const pValue = mannWhitney(outcomesOf(before), outcomesOf(after))?.pValue ?? 1;
  const trials = `${after.metCount} of ${after.trialCount} trials met it, ${before.metCount} of ${before.trialCount} before (p = ${pValue.toFixed(3)})`;
  if (pValue < significance) return {change, reason: trials};
  return (
    byOperation(change, before, after) ?? {
      change: 'inconclusive',
      reason: `${trials}: too few trials to rule out chance`,
    }
  );
};

/** Few trials may have many operations. */
const byOperation = (
  change: Change,
  before: GoalStory,
  after: GoalStory,
): Pick<GoalChange, 'change' | 'reason'> | null => {
  const [early, late] = [shareOf(before), shareOf(after)];
  if (!early || !late || fisherPValue(early, late) >= operationSignificance) return null;
  const shares = [late, early].map(share => `${count(share.count)} of ${count(share.of)}`);
  return {change, reason: `${shares[0]} operations, ${shares[1]} before (p < ${operationSignificance})`};
};

/** Operations that a goal counts, of those of the median trial; null where it is about something else. */
const shareOf = ({metric, value, count: ofCount}: GoalStory): ShareCount | null => {
  if (value === null || ofCount === null || ofCount === 0) return null;
  const of = Math.round(ofCount);
  if (metric === 'successRatio') return {count: Math.round((1 - value) * of), of};
  return counts.has(metric) && value <= of ? {count: Math.round(value), of} : null;
};

/** 1 for each trial that met the goal, 0 for each that did not. */
const outcomesOf = ({metCount, trialCount}: GoalStory): number[] =>
  Array.from({length: trialCount}, (_, index) => (index < metCount ? 1 : 0));

const figureChange = (before: Side, after: Side, phase: string, name: FigureName): FigureChange[] => {
  const {pick, better} = figures[name];
  const valuesOf = ({variant}: Side): number[] =>
    variant.trials.flatMap(
      trial =>
        trial.phases
          .filter(summary => summary.phase === phase)
          .flatMap(summary => pick(summary) ?? [])
          .slice(0, 1) as number[],
    );
  const medianOf = ({variant}: Side): number | null => {
    const summary = variant.phases.find(candidate => candidate.phase === phase);
    return summary ? pick(summary) : null;
  };
  const [early, late] = [valuesOf(before), valuesOf(after)];
  const [beforeMedian, afterMedian] = [medianOf(before), medianOf(after)];
  if (beforeMedian === null || afterMedian === null || early.length === 0 || late.length === 0) return [];
  const interval = bootstrapRatioOfSamples(early, late, {seed: after.result.seed});
  const isEnough = Math.min(early.length, late.length) >= minimumPairs;
  const pValue = isEnough ? (mannWhitney(early, late)?.pValue ?? null) : null;
  const isSure =
    interval !== null && pValue !== null && pValue < significance && (interval.low > 1 || interval.high < 1);
  const rose = (interval?.ratio ?? 1) > 1;
  const change: Change = !isSure ? 'inconclusive' : rose === (better === 'higher') ? 'better' : 'worse';
  return [{phase, figure: name, before: beforeMedian, after: afterMedian, interval, pValue, change}];
};
