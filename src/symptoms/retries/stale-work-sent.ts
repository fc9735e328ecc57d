// Attempts for operations whose caller has given up. When an operation was meant to start is known to half a second.

import {attemptTimes} from '../../measures/attempt-times.ts';
import {causeUntil} from '../../measures/cause-phase.ts';
import {counted, found, grouped, phaseName} from '../../measures/evidence.ts';
import {latestStarts} from '../../measures/start-times.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const staleWorkSent: Detector<'stale-work-sent'> = (trial, {staleShare: threshold}) => {
  const times = attemptTimes(trial);
  if (!times) return inconclusive('stale-work-sent', 'the times of attempts were not recorded');
  const latestStartMs = latestStarts(trial);
  const {deadlineMs} = trial.plan.operation;
  let count = 0;
  const stale: number[] = [];
  const byCause = new Map<number, number>();
  for (const [index, list] of times) {
    const startMs = latestStartMs(index);
    if (startMs === null) continue;
    count += list.length;
    for (const atMs of list) {
      if (atMs <= startMs + deadlineMs) continue;
      stale.push(index);
      const phase = causeUntil(trial, index, atMs);
      byCause.set(phase, (byCause.get(phase) ?? 0) + 1);
    }
  }
  if (count === 0) return inconclusive('stale-work-sent', 'no attempt could be matched to its operation');
  if (stale.length / count <= threshold) return clear('stale-work-sent');
  const [most] = [...byCause].toSorted(([, a], [, b]) => b - a);
  const phase = phaseName(trial, most![0]);
  return presentIf('stale-work-sent', 'warn', [
    found(phase, {
      witness: 'target',
      statement: `${grouped(stale.length)} of ${counted(count, 'attempt')} came after the deadline of their operation.`,
      value: stale.length / count,
      threshold,
      unit: 'share',
      count,
      operations: [...new Set(stale)].slice(0, 3).map(index => `${trial.id}-${index}`),
    }),
  ]);
};
