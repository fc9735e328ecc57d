// All operations wait equally long before their first retry, so that they come back together. The spread is the
// robust form of the coefficient of variation, IQR / (1.349 × median): a few late timers do not hide it.

import {attemptTimes, onlyAsked, retriedIn} from '../../measures/attempt-times.ts';
import {duration, found, phaseName} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {medianOf, quantileOf} from '../../stats/quantile.ts';
import {inconclusive, presentIf} from '../finding.ts';

/** The IQR of a normal distribution in standard deviations. */
const iqrOfNormal = 1.349;

export const noJitter: Detector<'no-jitter'> = (trial, {spreadRatio, shortestMs, sampleCount}) => {
  const times = attemptTimes(trial);
  if (!times) return inconclusive('no-jitter', 'the times of attempts were not recorded');
  const firstGaps = phasesOf(trial, 'fault').map(phase => ({
    phase,
    all: retriedIn(trial, times, phase).map(({gapsMs}) => gapsMs[0] ?? null),
  }));
  // A client that obeys a Retry-After comes back when the server said, and not at a time of its own.
  const phases = firstGaps.map(({phase, all}) => ({phase, gaps: all.filter(gap => gap !== null)}));
  if (firstGaps.some(({all}) => all.length > 0) && phases.every(({gaps}) => gaps.length === 0)) {
    return inconclusive('no-jitter', onlyAsked);
  }
  const judged = phases.filter(({gaps}) => gaps.length >= sampleCount);
  if (judged.length === 0 && phases.some(({gaps}) => gaps.length > 0)) {
    return inconclusive('no-jitter', `fewer than ${sampleCount} operations of a phase were retried`);
  }
  const even = judged.flatMap(({phase, gaps}) => {
    const medianMs = medianOf(gaps)!;
    const spread = (quantileOf(gaps, 0.75)! - quantileOf(gaps, 0.25)!) / iqrOfNormal / medianMs;
    // Shorter pauses are no pauses: that is no-backoff.
    if (medianMs < shortestMs || spread >= spreadRatio) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness: 'target',
        statement: `First retries in phase ${name} came ${duration(medianMs)} after the first attempt, with a spread of only ${(spread * 100).toFixed(1)}%.`,
        value: spread,
        threshold: spreadRatio,
        unit: 'ratio',
        count: gaps.length,
      }),
    ];
  });
  return presentIf('no-jitter', 'warn', even);
};
