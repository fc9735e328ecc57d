// The heap is larger after the load than it was in the baseline, with all garbage collected. After three cycles of a fault
// it must go on growing, too; with fewer it is a warning where the scenario has goals, for a cache may fill once.

import {collectedHeaps} from '../../measures/collected-heaps.ts';
import {found, megabytes} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {areCycles, keepRising} from '../../stats/trend.ts';
import {clear, inconclusive, leakSeverity, presentIf} from '../finding.ts';

/** The share of the threshold by which what is kept must grow from one recovery to the next. */
const riseShare = 0.5;

export const memoryGrowth: Detector<'memory-growth'> = (trial, {growthShare, growthBytes}) => {
  const heaps = collectedHeaps(trial);
  if (typeof heaps === 'string') return inconclusive('memory-growth', heaps);
  if ((trial.driver.drained?.inFlight ?? 0) > 0) {
    return inconclusive('memory-growth', 'operations that have not settled still hold memory');
  }
  if (trial.closing?.underLoad) {
    return inconclusive('memory-growth', 'the library was closed before the heap was measured');
  }
  const {baselineBytes, recoveryBytes: cycles, lastBytes} = heaps;
  const grown = lastBytes - baselineBytes;
  const threshold = Math.max(growthBytes, growthShare * baselineBytes);
  const isProven = areCycles(cycles);
  if (grown <= threshold) return clear('memory-growth');
  if (isProven && !keepRising(cycles, riseShare * threshold)) {
    return inconclusive(
      'memory-growth',
      `${megabytes(grown)} more than in the baseline, but no steady rise over ${cycles.length} recoveries: a cache that filled once, or a leak under one of the faults; repeat that fault with \`cycles\``,
    );
  }
  return presentIf('memory-growth', leakSeverity(trial, isProven), [
    found(heaps.lastPhase, {
      witness: heaps.witness,
      statement: `After a full garbage collection the heap was ${megabytes(lastBytes)} ${heaps.lastWhen}, up from ${megabytes(baselineBytes)} ${heaps.baselineWhen}${isProven ? `, and growing over ${cycles.length} recoveries` : ''}.`,
      value: grown,
      threshold,
      unit: 'bytes',
      count: cycles.length,
    }),
  ]);
};
