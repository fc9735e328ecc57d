// Much of the time goes into garbage collection. The collector's work beside its pauses is not included.

import {megabytes, phaseName} from '../../measures/evidence.ts';
import {isWarmUp} from '../../measures/measure.ts';
import {measureProcess} from '../../measures/process-measure.ts';
import {withProfile} from '../../measures/profile-evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const gcPressure: Detector<'gc-pressure'> = (trial, {gcShare: threshold}) => {
  const measured = trial.plan.phases.flatMap((_, index) => {
    const process = isWarmUp(trial, index) ? null : measureProcess(trial, index);
    return process ? [{phase: phaseName(trial, index), process}] : [];
  });
  if (measured.length === 0) return inconclusive('gc-pressure', 'the process reported no metrics');
  const found = measured
    .filter(({process}) => process.gcShare > threshold)
    .sort((a, b) => b.process.gcShare - a.process.gcShare)
    .map(({phase, process}) => ({
      phase,
      evidence: {
        witness: 'system' as const,
        statement: `Garbage collection paused the process for ${(process.gcShare * 100).toFixed(1)}% of phase ${phase}, at ${(process.cpuRatio * 100).toFixed(0)}% of a core; peak ${megabytes(process.heapMaxBytes)} on the heap and ${megabytes(process.externalMaxBytes)} outside it.`,
        value: process.gcShare,
        threshold,
        unit: 'share' as const,
        count: Math.round(process.durationMs),
        operations: [],
      },
    }));
  return presentIf('gc-pressure', 'warn', withProfile(trial, found, ['heap', 'buffer-allocations']));
};
