// Whether a run has trials enough: the interval of its goodput ratio is as narrow as was asked for, or cannot become so.
import {goodputPairs} from '../model/goodput.ts';
import type {Plan} from '../model/plan.ts';
import type {PrecisionEnd, PrecisionGoal} from '../model/run.ts';
import type {Trial} from '../model/trial.ts';
import {bootstrapRatio, halfWidthRatioOf, minimumPairs} from '../stats/bootstrap.ts';
import {judgeRun} from './judge/judge.ts';

/** Null: one more pair of trials is wanted. Pure, and asked after each round. */
export const precisionEnd = (
  goal: PrecisionGoal,
  plan: Plan,
  trials: readonly Trial[],
  {seed, trialsPerVariant}: {readonly seed: number; readonly trialsPerVariant: number},
): PrecisionEnd | null => {
  const judgement = judgeRun(
    trials,
    plan.variants.map(({name}) => name),
  );
  const pairs = goodputPairs({record: {plan}, trials, judgement});
  // A baseline without any success has no ratio, and no further pair can give it one.
  if (pairs.some(({before}) => !(before > 0))) return {kind: 'no-ratio', halfWidthRatio: null};
  const interval = bootstrapRatio(pairs, {seed});
  const halfWidthRatio = interval && halfWidthRatioOf(interval);
  if (halfWidthRatio !== null && halfWidthRatio <= goal.halfWidthRatio) {
    return {kind: 'precise', halfWidthRatio};
  }
  return trialsPerVariant >= goal.mostTrials ? {kind: 'limit', halfWidthRatio} : null;
};

/** The number of trials to begin with: with fewer pairs there is no interval to look at. */
export const firstTrials = (trialsPerVariant: number, goal: PrecisionGoal | null): number =>
  goal === null ? trialsPerVariant : Math.min(Math.max(trialsPerVariant, minimumPairs), goal.mostTrials);
