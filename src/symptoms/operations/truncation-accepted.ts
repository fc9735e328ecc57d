// An answer that ended too early was handed on as a success.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const truncationAccepted: Detector<'truncation-accepted'> = (trial, {truncatedCount: threshold}) => {
  const {phases} = trial.driver;
  const told = phases.some(({intact = 0, truncated = 0}) => intact + truncated > 0);
  if (!told) {
    return inconclusive('truncation-accepted', 'perform() never returned intact');
  }
  const short = phases.flatMap(({phase, truncated = 0, started}) => {
    if (truncated <= threshold) return [];
    const name = phaseName(trial, phase);
    const statement = `${counted(truncated, 'operation')} of phase ${name} succeeded with an incomplete response.`;
    return [
      found(name, {witness: 'driver', statement, value: truncated, threshold, unit: 'count', count: started}),
    ];
  });
  return presentIf('truncation-accepted', 'fail', worstFirst(short));
};
