// How often each operation was applied: according to verify() of the scenario, or to the target's ledger.
import type {Evidence} from '../model/finding.ts';
import {outcomeCode} from '../model/outcome.ts';
import type {Trial} from '../model/trial.ts';
import {type Breach, missingDeliveries, repeatedDeliveries} from './deliveries.ts';
import {effectsGap, phasesOf} from './measure.ts';
import {forgottenBy} from './server-outings.ts';

export type EffectCounts = {
  readonly witness: Evidence['witness'];
  readonly counts: Uint8Array;
};

export const effectCounts = (trial: Trial): EffectCounts | null => {
  if (trial.verified) return {witness: 'target', counts: trial.verified.applied};
  return trial.ledger && effectsGap(trial) === null
    ? {witness: 'target', counts: trial.ledger.effects}
    : null;
};

/** Fewer than all, since a success at the end of a baseline may be lost by the fault that follows. */
const effectShare = 0.9;

/** Where many calm successes have no effect, an operation without one is not a lost one. */
export const hasEffectEach = (trial: Trial, {counts}: EffectCounts): boolean => {
  const calm = phasesOf(trial, 'baseline');
  const ok = outcomeCode('ok');
  let [successes, applied] = [0, 0];
  trial.driver.outcomes.forEach((outcome, index) => {
    if (outcome !== ok || !calm.includes(trial.driver.operationPhases[index]!)) return;
    successes++;
    if ((counts[index] ?? 0) > 0) applied++;
  });
  return applied >= effectShare * successes;
};

/** A count of operations, or why it is not known. */
export type Counted =
  | {readonly value: number; readonly reason: null}
  | {readonly value: null; readonly reason: string};

export type Integrity = {
  /** Applied, or delivered to the consumer, more often than they may be. */
  readonly duplicates: Counted;
  /** Acknowledged, and not applied, or not delivered although that is promised. */
  readonly lost: Counted;
};

/** Of the operations of some phases. What is known to be wrong counts, even where there may be more. */
export const measureIntegrity = (trial: Trial, phases: readonly number[]): Integrity => {
  const effects = effectCounts(trial);
  const [repeated, missing] = [repeatedDeliveries(trial), missingDeliveries(trial)];
  const isRepeated = repeated?.kind === 'known' ? repeated.shows : null;
  const isMissing = missing?.kind === 'known' ? missing.shows : null;
  const {outcomes, operationPhases} = trial.driver;
  const ok = outcomeCode('ok');
  const wanted = new Set(phases);
  let [duplicates, lost] = [0, 0];
  for (let index = 0; index < outcomes.length; index++) {
    if (!wanted.has(operationPhases[index]!)) continue;
    const count = effects?.counts[index] ?? 0;
    if (count > 1 || isRepeated?.(index)) duplicates++;
    if ((effects && count === 0 && outcomes[index] === ok) || isMissing?.(index)) lost++;
  }
  const gap = effects ? null : (effectsGap(trial) ?? 'effects were not recorded');
  const counted = (value: number, breach: Breach | null): Counted => {
    const reason = gap ?? (breach?.kind === 'unknown' ? breach.reason : null);
    return value > 0 || reason === null ? {value, reason: null} : {value: null, reason};
  };
  const forgotten = lost > 0 ? forgottenBy(trial) : null;
  return {
    duplicates: counted(duplicates, repeated),
    lost: forgotten === null ? counted(lost, missing) : {value: null, reason: forgotten},
  };
};
