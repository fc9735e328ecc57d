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
    if (!process || process.gcShare === null) return [];
    return [{phase: phaseName(trial, index), process, gcShare: process.gcShare}];
  });
  if (measured.length === 0) return inconclusive('gc-pressure', 'the process reported no metrics');
  const found = measured
    .filter(({gcShare}) => gcShare > threshold)
    .sort((a, b) => b.gcShare - a.gcShare)
    .map(({phase, process, gcShare}) => ({
      phase,
      evidence: {
        witness: 'system' as const,
        statement: `Garbage collection paused the process for ${(gcShare * 100).toFixed(1)}% of phase ${phase}, at ${(process.cpuRatio * 100).toFixed(0)}% of a core; peak ${megabytes(process.heapMaxBytes)} on the heap and ${megabytes(process.externalMaxBytes)} outside it.`,
        value: gcShare,
        threshold,
        unit: 'share' as const,
        count: Math.round(process.durationMs),
        operations: [],
      },
    }));
  return presentIf('gc-pressure', 'warn', withProfile(trial, found, ['heap', 'buffer-allocations']));
};
