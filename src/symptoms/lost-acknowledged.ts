// The library says that it is done, and the server has nothing of it.
import type {Detector} from '../model/finding.ts';
import {outcomeCode} from '../model/outcome.ts';
import {effectCounts, hasEffectEach} from './effects.ts';
import {effectsGap} from './measure.ts';
import {operationsByPhase} from './operations-by-phase.ts';
import {inconclusive, presentIf} from './say.ts';

export const lostAcknowledged: Detector<'lost-acknowledged'> = (trial, {lostCount: threshold}) => {
  const effects = effectCounts(trial);
  if (!effects) return inconclusive('lost-acknowledged', effectsGap(trial) ?? 'nobody tells of effects');
  if (!trial.verified && !hasEffectEach(trial, effects)) {
    return inconclusive('lost-acknowledged', 'not every operation has an effect, even on a calm network');
  }
  const {outcomes} = trial.driver;
  const ok = outcomeCode('ok');
  const isLost = (index: number): boolean => outcomes[index] === ok && (effects.counts[index] ?? 0) === 0;
  const lost = operationsByPhase(trial, isLost, {
    witness: effects.witness,
    threshold,
    says: (count, phase) => `${count} of phase ${phase} acknowledged, and not applied.`,
  });
  return presentIf('lost-acknowledged', 'fail', lost);
};
