// Listeners pile up on one emitter: Node warns of it.
import type {Detector} from '../model/finding.ts';
import {phaseAt} from './phase-at.ts';
import {found, presentIf} from './say.ts';

export const listenerLeak: Detector<'listener-leak'> = (trial, {warningCount: threshold}) => {
  const warnings = trial.warnings.filter(({name}) => name === 'MaxListenersExceededWarning');
  const first = warnings[0];
  if (!first || warnings.length <= threshold) return presentIf('listener-leak', 'warn', []);
  return presentIf('listener-leak', 'warn', [
    found(phaseAt(trial, first.atMs), {
      witness: 'system',
      says: `Node warned: ${first.message}`,
      value: warnings.length,
      threshold,
      unit: 'count',
      count: warnings.length,
    }),
  ]);
};
