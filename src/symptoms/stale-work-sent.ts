// Attempts for operations whose caller has given up. When an operation was meant to start is known to half a second.
import type {Detector} from '../model/finding.ts';
import type {Trial} from '../model/trial.ts';
import {attemptTimes} from './attempt-times.ts';
import {counted, found, inconclusive, phaseName, presentIf} from './say.ts';

export const staleWorkSent: Detector<'stale-work-sent'> = (trial, {staleShare: threshold}) => {
  const times = attemptTimes(trial);
  if (!times) return inconclusive('stale-work-sent', 'nobody noted when attempts were made');
  const latestStartMs = startTimes(trial);
  const {deadlineMs} = trial.plan.operation;
  let count = 0;
  const stale: number[] = [];
  for (const [index, list] of times) {
    const startMs = latestStartMs(index);
    if (startMs === null) continue;
    count += list.length;
    for (const atMs of list) if (atMs > startMs + deadlineMs) stale.push(index);
  }
  if (count === 0) return inconclusive('stale-work-sent', 'no attempt could be held against its operation');
  if (stale.length / count <= threshold) return presentIf('stale-work-sent', 'warn', []);
  const phase = phaseName(trial, trial.driver.operationPhases[stale[0]!] ?? 0);
  return presentIf('stale-work-sent', 'warn', [
    found(phase, {
      witness: 'target',
      says: `${counted(stale.length, 'attempt')} of ${count} came after the deadline of their operation.`,
      value: stale.length / count,
      threshold,
      unit: 'share',
      count,
      operations: [...new Set(stale)].slice(0, 3).map(index => `${trial.id}-${index}`),
    }),
  ]);
};

/** Operations are numbered as they start, so that their bin, and with it their latest start, follows from the counts. */
const startTimes = (trial: Trial): ((index: number) => number | null) => {
  let sum = 0;
  const ends = trial.driver.bins.map(({started, startMs, durationMs}) => {
    sum += started;
    return {before: sum, endMs: startMs + durationMs};
  });
  return index => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]!.before > index) high = middle;
      else low = middle + 1;
    }
    return ends[low]?.endMs ?? null;
  };
};
