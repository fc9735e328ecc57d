// Much of the time goes into garbage collection. The collector's work beside its pauses is not included.

import {megabytes, phaseName} from '../../measures/evidence.ts';
import {isWarmUp} from '../../measures/measure.ts';
import {isNode, measureProcess, type ProcessMeasure} from '../../measures/process-measure.ts';
import {withProfile} from '../../measures/profile-evidence.ts';
import type {Detector} from '../../model/finding.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';
import {lackOf} from '../needs.ts';

export const gcPressure: Detector<'gc-pressure'> = (trial, {gcShare: threshold}) => {
  const measured = trial.plan.phases.flatMap((_, index) => {
    const process = isWarmUp(trial, index) ? null : measureProcess(trial, index);
    if (!process || process.gcShare === null) return [];
    return [{phase: phaseName(trial, index), process, gcShare: process.gcShare}];
  });
  if (measured.length === 0) {
    const lack = lackOf(trial, ['collections']);
    return inconclusive('gc-pressure', lack ?? 'the process reported no metrics');
  }
  const found = measured
    .filter(({gcShare}) => gcShare > threshold)
    .sort((a, b) => b.gcShare - a.gcShare)
    .map(({phase, process, gcShare}) => ({
      phase,
      evidence: {
        witness: isNode(trial) ? ('system' as const) : ('telemetry' as const),
        statement: `Garbage collection paused the process for ${(gcShare * 100).toFixed(1)}% of phase ${phase}, at ${(process.cpuRatio * 100).toFixed(0)}% of a core; peak ${memoryText(trial, process)}.`,
        value: gcShare,
        threshold,
        unit: 'share' as const,
        count: Math.round(process.durationMs),
        operations: [],
      },
    }));
  return presentIf('gc-pressure', 'warn', withProfile(trial, found, ['heap', 'buffer-allocations']));
};

/** A program's buffers are not always reported. */
const memoryText = (trial: Trial, {heapMaxBytes, externalMaxBytes}: ProcessMeasure): string =>
  externalMaxBytes === null && !isNode(trial)
    ? `${megabytes(heapMaxBytes)} on the heap`
    : `${megabytes(heapMaxBytes)} on the heap and ${megabytes(externalMaxBytes)} outside it`;
