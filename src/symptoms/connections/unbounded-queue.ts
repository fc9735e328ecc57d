// Work piles up in the library for as long as the fault lasts.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {DriverMeasure, inFlightSamples, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const unboundedQueue: Detector<'unbounded-queue'> = (trial, {operationCount, growthRatio}) => {
  const calm = phasesOf(trial, 'baseline').flatMap(phase => inFlightOf(trial, phase));
  if (calm.length === 0)
    return inconclusive('unbounded-queue', 'operations in flight were not counted in the baseline');
  const threshold = Math.max(operationCount, growthRatio * Math.max(...calm));
  const growing = phasesOf(trial, 'fault').flatMap(phase => {
    const counts = inFlightOf(trial, phase);
    const [half, last] = [counts[Math.floor(counts.length / 2)], counts.at(-1)];
    const dropped = new DriverMeasure(trial, [phase]).total('dropped');
    if (half === undefined || last === undefined || last <= threshold) return [];
    if (last <= half && dropped === 0) return [];
    const name = phaseName(trial, phase);
    const statement = `${counted(last, 'operation')} were in flight at the end of phase ${name}; the peak of the baseline was ${Math.max(...calm)}.`;
    return [
      found(name, {
        witness: 'driver',
        statement,
        value: last,
        threshold,
        unit: 'count',
        count: counts.length,
      }),
    ];
  });
  if (growing.length > 0) return presentIf('unbounded-queue', 'warn', worstFirst(growing));
  const isCut = phasesOf(trial, 'fault').some(
    phase => new DriverMeasure(trial, [phase]).total('dropped') > 0,
  );
  return isCut
    ? inconclusive(
        'unbounded-queue',
        `the load's maxInFlight held back the operations that would have queued; raise it above ${Math.round(threshold)}`,
      )
    : clear('unbounded-queue');
};

const inFlightOf = (trial: Trial, phase: number): number[] => {
  const window = phaseWindow(trial, phase);
  if (!window) return [];
  return inFlightSamples(trial)
    .filter(({atMs}) => atMs > window.startMs && atMs <= window.endMs)
    .map(({count}) => count);
};
