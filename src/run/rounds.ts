// A run goes in rounds: each has a trial of every variant. Several machines can share a run: each makes some of its rounds.
import type {Variant} from '../model/plan.ts';
import type {Shard} from '../model/run.ts';

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

/** Which part of a run is asked for; the rounds that it has follow from the scenario. */
export type ShardChoice = Omit<Shard, 'rounds'>;

/**
 * The shard that makes a round of a scenario. Neighbouring rounds go together, so that the variants take turns on each
 * machine. The scenarios of a series begin one shard apart: of many with one round each, every shard gets its share.
 * All machines find the same, since it depends on nothing that one of them could lack.
 */
export const shardOfRound = (
  round: number,
  {trialsPerVariant, scenario}: {readonly trialsPerVariant: number; readonly scenario: string},
  {count, series = []}: Pick<ShardChoice, 'count' | 'series'>,
): number => {
  const first = Math.max(0, series.indexOf(scenario));
  return ((first + Math.floor(((round - 1) * count) / trialsPerVariant)) % count) + 1;
};

/** Empty where other shards make all of them. */
export const roundsOfShard = (
  shard: ShardChoice,
  of: {readonly trialsPerVariant: number; readonly scenario: string},
): number[] =>
  Array.from({length: of.trialsPerVariant}, (_, index) => index + 1).filter(
    round => shardOfRound(round, of, shard) === shard.index,
  );
