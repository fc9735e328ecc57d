// How late operations started, and the cause: the machine, or the library that kept the event loop busy.

import {DriverMeasure} from '../../measures/measure.ts';
import type {Calibration} from '../../model/run.ts';
import type {Trial} from '../../model/trial.ts';
import {percentileMs} from '../../stats/histogram.ts';

/**
 * The greatest delay of the harness with which a trial is judged. The symptom catalogue asks for 5 ms of start lag
 * and 20 ms of loop delay. A machine of two cores with all processes of a run does not keep to the 5 ms, and need
 * not: a delay makes times longer, never shorter, so that a goal that is met is met in spite of it, and a time that
 * is missed by less than the lag is not judged (see goals). What spoils the whole trial is a delay of the size of
 * what callers wait.
 */
export const delayLimitMs = ({plan}: Trial): number => Math.max(20, 0.05 * plan.operation.deadlineMs);

/** From here on the library itself occupies the event loop for most of the time. */
const busyShare = 0.5;

/** At a percentile from 0 to 100, over some phases. */
export const startLagMs = (trial: Trial, phases: readonly number[], percentile: number): number =>
  percentileMs(new DriverMeasure(trial, phases).startLag(), percentile) ?? 0;

/**
 * Whether the library keeps the loop busy in these phases: the process's CPU time, less the harness's own by the
 * no-op calibration under the same load, is half of a core or more. A process that waits for a core uses none of it.
 */
export const isLibraryBusy = (
  trial: Trial,
  phases: readonly number[],
  calibration: Calibration | null,
): boolean => {
  const resources = trial.phaseResources.filter(({phase}) => phases.includes(phase));
  const durationMs = resources.reduce((sum, phase) => sum + phase.durationMs, 0);
  if (durationMs === 0) return false;
  const cpuMs = resources.reduce((sum, phase) => sum + phase.cpuMs, 0);
  const started = new DriverMeasure(trial, phases).total('started');
  const ownMs = ((calibration?.cpuUsPerOperation ?? 0) * started) / 1000;
  return (cpuMs - ownMs) / durationMs >= busyShare;
};
