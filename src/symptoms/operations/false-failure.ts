// The library says that it certainly did not happen, and it did.

import {effectCounts} from '../../measures/effects.ts';
import {effectsGap} from '../../measures/measure.ts';
import {operationsByPhase} from '../../measures/operations-by-phase.ts';
import type {Detector} from '../../model/finding.ts';
import {outcomeCode} from '../../model/outcome.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const falseFailure: Detector<'false-failure'> = (trial, {appliedCount: threshold}) => {
  const effects = effectCounts(trial);
  if (!effects) return inconclusive('false-failure', effectsGap(trial) ?? 'effects were not recorded');
  const {outcomes} = trial.driver;
  const definite = [outcomeCode('failed'), outcomeCode('rejected')] as readonly number[];
  const isFalse = (index: number): boolean =>
    definite.includes(outcomes[index]!) && (effects.counts[index] ?? 0) > 0;
  const applied = operationsByPhase(trial, isFalse, {
    witness: effects.witness,
    threshold,
    statement: (count, phase) => `${count} of phase ${phase} reported as definitely failed, but applied.`,
  });
  return presentIf('false-failure', 'fail', applied);
};
