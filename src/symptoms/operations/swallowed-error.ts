// Under a fault the library reports a success, and has nothing to show for it.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const swallowedError: Detector<'swallowed-error'> = (trial, {emptyCount: threshold}) => {
  const {phases} = trial.driver;
  if (!phases.some(({emptyTold = 0}) => emptyTold > 0)) {
    return inconclusive('swallowed-error', 'perform() never returned empty');
  }
  const calm = phasesOf(trial, 'baseline');
  if (phases.some(({phase, empty = 0}) => calm.includes(phase) && empty > 0)) {
    return inconclusive('swallowed-error', 'results are empty on a calm network, too');
  }
  const faults = phasesOf(trial, 'fault');
  const swallowed = phases.flatMap(({phase, empty = 0, started}) => {
    if (!faults.includes(phase) || empty <= threshold) return [];
    const name = phaseName(trial, phase);
    const statement = `${counted(empty, 'operation')} of phase ${name} succeeded with an empty result.`;
    return [
      found(name, {witness: 'driver', statement, value: empty, threshold, unit: 'count', count: started}),
    ];
  });
  return presentIf('swallowed-error', 'fail', worstFirst(swallowed));
};
