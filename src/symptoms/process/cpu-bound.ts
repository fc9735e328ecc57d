// The process needs a whole core, or all that its runtime can use, and does not get done what it is asked to. A closed load asks for no rate: there the
// CPU time of each operation decides whether the core is spent well.

import {phaseName} from '../../measures/evidence.ts';
import {DriverMeasure, isWarmUp} from '../../measures/measure.ts';
import {measureProcess, usableCores} from '../../measures/process-measure.ts';
import {withProfile} from '../../measures/profile-evidence.ts';
import {measureThroughput} from '../../measures/throughput.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

/** Below this share of what was asked it counts as less; a little may be lost at the edges of a phase. */
const keptShare = 0.99;

export const cpuBound: Detector<'cpu-bound'> = (trial, {cpuRatio: threshold, operationMs}) => {
  const measured = trial.plan.phases.flatMap((_, index) => {
    const process = isWarmUp(trial, index) ? null : measureProcess(trial, index);
    const throughput = measureThroughput(trial, index);
    return process && throughput ? [{index, process, throughput}] : [];
  });
  if (measured.length === 0) return inconclusive('cpu-bound', 'the process reported no metrics');
  const cores = usableCores(trial);
  const found = measured
    .filter(({process}) => process.cpuRatio >= threshold * cores)
    .flatMap(({index, process, throughput}) => {
      const phase = phaseName(trial, index);
      const {goodputPerSecond, askedPerSecond, started} = throughput;
      const settled = new DriverMeasure(trial, [index]).settled;
      const eachMs = (process.cpuRatio * process.durationMs) / Math.max(1, settled);
      const isShort =
        askedPerSecond === null ? eachMs > operationMs : goodputPerSecond < keptShare * askedPerSecond;
      if (!isShort) return [];
      const asked =
        askedPerSecond === null
          ? `each took ${eachMs.toFixed(1)} ms of CPU`
          : `the target is ${askedPerSecond.toFixed(1)}`;
      const statement = `The process used ${(process.cpuRatio * 100).toFixed(0)}% of a core in phase ${phase} for ${goodputPerSecond.toFixed(1)} operations per second; ${asked}.`;
      return [
        {
          phase,
          evidence: {
            witness: 'system' as const,
            statement,
            value: process.cpuRatio / cores,
            threshold,
            unit: 'share' as const,
            count: started,
            operations: [],
          },
        },
      ];
    })
    .sort((a, b) => b.evidence.value - a.evidence.value);
  return presentIf('cpu-bound', 'warn', withProfile(trial, found, ['cpu']));
};
