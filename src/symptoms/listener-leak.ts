// Listeners pile up on one emitter: Node warns of it, once for each emitter.
import type {Detector} from '../model/finding.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {areCycles, leakSeverity} from './cycles.ts';
import {phasesOf} from './measure.ts';
import {phaseAt} from './phase-at.ts';
import {found, presentIf} from './say.ts';

export const listenerLeak: Detector<'listener-leak'> = (trial, {warningCount: threshold}) => {
  const warnings = trial.warnings.filter(({name}) => name === 'MaxListenersExceededWarning');
  const first = warnings[0];
  if (!first || warnings.length <= threshold) return presentIf('listener-leak', 'warn', []);
  const warned = warnedFaults(trial, warnings);
  const isProven = areCycles(warned);
  return presentIf('listener-leak', leakSeverity(trial, isProven), [
    found(phaseAt(trial, first.atMs), {
      witness: 'system',
      says: `Node warned: ${first.message}${isProven ? `, and again after each of ${warned.length} faults` : ''}`,
      value: warnings.length,
      threshold,
      unit: 'count',
      count: warnings.length,
    }),
  ]);
};

/** The faults with a warning from their beginning to the next one's: new emitters each time, on which listeners pile up. */
const warnedFaults = (trial: Trial, warnings: Trial['warnings']): number[] => {
  const starts = phasesOf(trial, 'fault').flatMap(phase => phaseWindow(trial, phase)?.startMs ?? []);
  return starts.filter((startMs, index) =>
    warnings.some(({atMs}) => atMs >= startMs && atMs < (starts[index + 1] ?? Number.POSITIVE_INFINITY)),
  );
};
