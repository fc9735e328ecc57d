// The pauses between the attempts of an operation are too short, or do not grow. The time between two attempts
// includes the duration of the first: growth is judged only where a fault fails attempts at once.

import {attemptTimes, onlyAsked, retriedIn} from '../../measures/attempt-times.ts';
import {duration, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {FaultKind} from '../../model/fault-defaults.ts';
import type {Detector} from '../../model/finding.ts';
import {medianOf} from '../../stats/quantile.ts';
import {inconclusive, presentIf} from '../finding.ts';

const quick: readonly FaultKind[] = ['resetPeer', 'httpStatus'];

export const noBackoff: Detector<'no-backoff'> = (trial, {gapMs, growthRatio, operationCount}) => {
  const times = attemptTimes(trial);
  if (!times) return inconclusive('no-backoff', 'the times of attempts were not recorded');
  const all = phasesOf(trial, 'fault').map(phase => ({phase, operations: retriedIn(trial, times, phase)}));
  // A pause that the server asked for is not the library's choice.
  const retried = all
    .map(({phase, operations}) => ({
      phase,
      operations: operations.filter(({gapsMs}) => gapsMs.some(gap => gap !== null)),
    }))
    .filter(({operations}) => operations.length > 0);
  if (retried.length === 0 && all.some(({operations}) => operations.length > 0)) {
    return inconclusive('no-backoff', onlyAsked);
  }
  const judged = retried.filter(({operations}) => operations.length >= operationCount);
  if (retried.length > 0 && judged.length === 0) {
    return inconclusive('no-backoff', `fewer than ${operationCount} operations of a phase were retried`);
  }
  const hasty = judged.flatMap(({phase, operations}) => {
    const medianGapMs = medianOf(operations.flatMap(({gapsMs}) => gapsMs.filter(gap => gap !== null)))!;
    const growths = operations.flatMap(({gapsMs}) => growthsOf(gapsMs));
    const isPauseOnly = trial.plan.phases[phase]!.faults.every(({kind}) => quick.includes(kind));
    const growth = isPauseOnly && growths.length >= operationCount ? medianOf(growths) : null;
    const isShort = medianGapMs < gapMs;
    if (!isShort && (growth === null || growth >= growthRatio)) return [];
    const name = phaseName(trial, phase);
    const grows = growth === null ? '' : `; each pause was ${growth.toFixed(2)}× the one before`;
    return [
      found(name, {
        witness: 'target',
        statement: `The median pause between attempts of an operation in phase ${name} was ${duration(medianGapMs)}${grows}.`,
        value: isShort ? medianGapMs : growth!,
        threshold: isShort ? gapMs : growthRatio,
        unit: isShort ? 'ms' : 'ratio',
        count: operations.length,
        operations: operations.slice(0, 3).map(({index}) => `${trial.id}-${index}`),
      }),
    ];
  });
  return presentIf('no-backoff', 'warn', worstFirst(hasty));
};

const growthsOf = (gapsMs: readonly (number | null)[]): number[] =>
  gapsMs.flatMap((gap, index) => {
    const before = gapsMs[index - 1] ?? null;
    return gap === null || before === null ? [] : [gap / Math.max(0.1, before)];
  });
