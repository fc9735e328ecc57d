// A run goes in rounds: each has a trial of every variant.
import type {Variant} from '../model/plan.ts';

export type PlannedTrial = {
  readonly trialId: string;
  readonly variant: Variant;
  /** Of its round, from 1 on. */
  readonly number: number;
  /** Among all trials of the run, from 1 on. */
  readonly position: number;
};

/** A B, B A, A B …: what drifts over time hits all variants alike. Rounds count from 1. */
export const roundOf = (variants: readonly Variant[], number: number): PlannedTrial[] =>
  (number % 2 === 1 ? variants : variants.toReversed()).map((variant, index) => ({
    trialId: `${variant.name}-${number}`,
    variant,
    number,
    position: (number - 1) * variants.length + index + 1,
  }));
