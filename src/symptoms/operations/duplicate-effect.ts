// Operations that were applied more than once, though they are not idempotent; or that came to the consumer more than
// once, though the docs promise that they do not.

import {attemptTimes} from '../../measures/attempt-times.ts';
import {causeOfRedelivery, causeUntil} from '../../measures/cause-phase.ts';
import {repeatedDeliveries} from '../../measures/deliveries.ts';
import {effectCounts} from '../../measures/effects.ts';
import {worstFirst} from '../../measures/evidence.ts';
import {effectsGap} from '../../measures/measure.ts';
import {operationsByPhase} from '../../measures/operations-by-phase.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const duplicateEffect: Detector<'duplicate-effect'> = (trial, {duplicateCount: threshold}) => {
  const {idempotent} = trial.plan.operation;
  const effects = idempotent ? null : effectCounts(trial);
  const times = attemptTimes(trial);
  const causeOfRepeat = (index: number): number =>
    causeUntil(trial, index, times?.get(index)?.[1] ?? Number.NEGATIVE_INFINITY);
  const applied = effects
    ? operationsByPhase(trial, index => (effects.counts[index] ?? 0) > 1, {
        witness: effects.witness,
        threshold,
        phaseOf: causeOfRepeat,
        statement: (count, phase) => `${count} of phase ${phase} took effect more than once.`,
      })
    : [];
  const repeated = repeatedDeliveries(trial);
  const delivered =
    repeated?.kind === 'known'
      ? operationsByPhase(trial, repeated.shows, {
          witness: 'driver',
          threshold,
          phaseOf: index => causeOfRedelivery(trial, index),
          statement: (count, phase) => `${count} of phase ${phase} reached the consumer more than once.`,
        })
      : [];
  const all = worstFirst([...applied, ...delivered]);
  if (all.length > 0) return presentIf('duplicate-effect', 'fail', all);
  if (repeated?.kind === 'unknown') return inconclusive('duplicate-effect', repeated.reason);
  if (idempotent && repeated === null) {
    return inconclusive('duplicate-effect', 'the operation is idempotent, so applying it twice does no harm');
  }
  if (!idempotent && !effects) {
    return inconclusive('duplicate-effect', effectsGap(trial) ?? 'effects were not recorded');
  }
  return clear('duplicate-effect');
};
