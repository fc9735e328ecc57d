// The heap is larger after the load than it was in the baseline, with all garbage collected. After three cycles of a fault
// it must go on growing, too; with fewer it is a warning where the scenario has goals, for a cache may fill once.

import {found, megabytes} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import type {HeapSample} from '../../model/trial.ts';
import {areCycles, keepRising} from '../../stats/trend.ts';
import {clear, inconclusive, leakSeverity, presentIf} from '../finding.ts';

/** The share of the threshold by which what is kept must grow from one recovery to the next. */
const riseShare = 0.5;

const sizeOf = ({heapUsedBytes, externalBytes}: HeapSample): number => heapUsedBytes + externalBytes;

export const memoryGrowth: Detector<'memory-growth'> = (trial, {growthShare, growthBytes}) => {
  const at = (phases: readonly number[]): number[] =>
    trial.heaps.filter(({phase}) => phase !== null && phases.includes(phase)).map(sizeOf);
  const baseline = at(phasesOf(trial, 'baseline')).at(-1);
  const drain = trial.heaps.find(({phase}) => phase === null);
  if (baseline === undefined || !drain) {
    return inconclusive('memory-growth', 'the heap was not measured in both the baseline and after the load');
  }
  if ((trial.driver.drained?.inFlight ?? 0) > 0) {
    return inconclusive('memory-growth', 'operations that have not settled still hold memory');
  }
  if (trial.closing?.underLoad) {
    return inconclusive('memory-growth', 'the library was closed before the heap was measured');
  }
  const grown = sizeOf(drain) - baseline;
  const cycles = at(phasesOf(trial, 'recovery'));
  const threshold = Math.max(growthBytes, growthShare * baseline);
  const isProven = areCycles(cycles);
  if (grown <= threshold) return clear('memory-growth');
  if (isProven && !keepRising(cycles, riseShare * threshold)) {
    return inconclusive(
      'memory-growth',
      `${megabytes(grown)} more than in the baseline, but no steady rise over ${cycles.length} recoveries: a cache that filled once, or a leak under one of the faults; repeat that fault with \`cycles\``,
    );
  }
  return presentIf('memory-growth', leakSeverity(trial, isProven), [
    found('drain', {
      witness: 'system',
      statement: `After a full garbage collection the heap was ${megabytes(sizeOf(drain))} after the load, up from ${megabytes(baseline)} at the end of the baseline${isProven ? `, and growing over ${cycles.length} recoveries` : ''}.`,
      value: grown,
      threshold,
      unit: 'bytes',
      count: cycles.length,
    }),
  ]);
};
