// Operations that were applied more than once, though applying them twice is not the same as once.
import type {Detector} from '../model/finding.ts';
import {effectCounts} from './effects.ts';
import {effectsGap} from './measure.ts';
import {operationsByPhase} from './operations-by-phase.ts';
import {inconclusive, presentIf} from './say.ts';

export const duplicateEffect: Detector<'duplicate-effect'> = (trial, {duplicateCount: threshold}) => {
  if (trial.plan.operation.idempotent) {
    return inconclusive(
      'duplicate-effect',
      'the operation is idempotent, so that applying it twice does no harm',
    );
  }
  const effects = effectCounts(trial);
  if (!effects) return inconclusive('duplicate-effect', effectsGap(trial) ?? 'nobody tells of effects');
  const {witness, counts} = effects;
  const twice = operationsByPhase(trial, index => (counts[index] ?? 0) > 1, {
    witness,
    threshold,
    says: (count, phase) => `${count} of phase ${phase} had an effect more than once.`,
  });
  return presentIf('duplicate-effect', 'fail', twice);
};
