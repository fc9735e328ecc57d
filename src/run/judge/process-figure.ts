// Goals about the process: its CPU and its memory over some phases.

import {measureProcess, type ProcessMeasure, residentMaxBytes} from '../../measures/process-measure.ts';
import type {Trial} from '../../model/trial.ts';

export type ProcessMetric = 'cpuUsPerOperation' | 'rssMaxBytes' | 'heapMaxBytes';

/** Null where a phase has no figures of the process: an incomplete sum would be too low. */
export const processFigure = (
  trial: Trial,
  phases: readonly number[],
  metric: ProcessMetric,
  started: number,
): number | null => {
  if (metric === 'rssMaxBytes') return most(phases.map(phase => residentMaxBytes(trial, phase)));
  const measured = phases.map(phase => measureProcess(trial, phase));
  if (metric === 'heapMaxBytes') return most(measured.map(process => process?.heapMaxBytes ?? null));
  if (started === 0 || measured.includes(null)) return null;
  const cpuMs = (measured as ProcessMeasure[]).reduce(
    (sum, {cpuRatio, durationMs}) => sum + cpuRatio * durationMs,
    0,
  );
  return (cpuMs * 1000) / started;
};

const most = (values: readonly (number | null)[]): number | null => {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};
