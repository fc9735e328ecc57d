// Listeners pile up on one emitter: Node warns of it, once for each emitter.

import {found, phaseAt} from '../../measures/evidence.ts';
import {DriverMeasure, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {areCycles} from '../../stats/trend.ts';
import {clear, inconclusive, leakSeverity, presentIf} from '../finding.ts';

export const listenerLeak: Detector<'listener-leak'> = (trial, {warningCount: threshold}) => {
  const all = trial.warnings.filter(({name}) => name === 'MaxListenersExceededWarning');
  const warnings = all.filter(warning => !areUnderWay(trial, warning));
  const first = warnings[0];
  if (all.length > threshold && warnings.length <= threshold) {
    return inconclusive(
      'listener-leak',
      'when Node warned, as many operations were in flight as there were listeners: each may have had its own',
    );
  }
  if (!first || warnings.length <= threshold) return clear('listener-leak');
  const warned = warnedFaults(trial, warnings);
  const isProven = areCycles(warned);
  return presentIf('listener-leak', leakSeverity(trial, isProven), [
    found(phaseAt(trial, first.atMs), {
      witness: 'system',
      statement: `Node warned: ${first.message}${isProven ? `, and again after each of ${warned.length} faults` : ''}`,
      value: warnings.length,
      threshold,
      unit: 'count',
      count: warnings.length,
    }),
  ]);
};

/** Whether on average as many operations were under way in the phase as the warning counts listeners. */
const areUnderWay = (trial: Trial, {atMs, message}: Trial['warnings'][number]): boolean => {
  const listeners = Number(/(\d+) \S+ listeners added/.exec(message)?.[1] ?? Number.NaN);
  const phase = trial.edges.findLast(({beforeMs}) => beforeMs <= atMs)?.phase;
  const window = phase === undefined ? null : phaseWindow(trial, phase);
  if (phase === undefined || !window) return false;
  const inFlightMs = new DriverMeasure(trial, [phase]).inFlightMs ?? 0;
  return inFlightMs / (window.endMs - window.startMs) >= listeners;
};

/** The faults with a warning from their beginning to the next one's: new emitters each time, on which listeners pile up. */
const warnedFaults = (trial: Trial, warnings: Trial['warnings']): number[] => {
  const starts = phasesOf(trial, 'fault').flatMap(phase => phaseWindow(trial, phase)?.startMs ?? []);
  return starts.filter((startMs, index) =>
    warnings.some(({atMs}) => atMs >= startMs && atMs < (starts[index + 1] ?? Number.POSITIVE_INFINITY)),
  );
};
