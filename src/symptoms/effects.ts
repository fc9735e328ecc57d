// How often each operation was applied, from whoever knows: verify() of the scenario, or the target's ledger.
import type {Evidence} from '../model/finding.ts';
import {outcomeCode} from '../model/outcome.ts';
import type {Trial} from '../model/trial.ts';
import {effectsGap, phasesOf} from './measure.ts';

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

/** Fewer than all, for a success at the end of a baseline may owe its loss to the fault that follows. */
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

/** Operations of some phases that were applied more than once, and acknowledged ones that were not; null where nobody knows. */
export const measureEffects = (
  trial: Trial,
  phases: readonly number[],
): {readonly duplicates: number; readonly lost: number} | null => {
  const effects = effectCounts(trial);
  if (!effects) return null;
  const {outcomes, operationPhases} = trial.driver;
  const ok = outcomeCode('ok');
  const wanted = new Set(phases);
  let [duplicates, lost] = [0, 0];
  for (let index = 0; index < outcomes.length; index++) {
    if (!wanted.has(operationPhases[index]!)) continue;
    const count = effects.counts[index] ?? 0;
    if (count > 1) duplicates++;
    if (count === 0 && outcomes[index] === ok) lost++;
  }
  return {duplicates, lost};
};
