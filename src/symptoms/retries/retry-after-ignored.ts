// The server says when to come back, and the library comes earlier.

import {attemptTimes, secondsOf, statusHits} from '../../measures/attempt-times.ts';
import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const retryAfterIgnored: Detector<'retry-after-ignored'> = (trial, {earlyShare, earlyCount}) => {
  const asked = askedPhases(trial);
  if (asked.length === 0) {
    return inconclusive('retry-after-ignored', 'no fault answers with a Retry-After in seconds');
  }
  const times = attemptTimes(trial);
  const hits = statusHits(trial);
  if (!times || hits.length === 0) {
    return inconclusive('retry-after-ignored', 'no response with a Retry-After was recorded');
  }
  const ignored = asked.flatMap(({phase, status, waitMs}) => {
    const early = new Set(
      hits
        .filter(hit => hit.status === status && trial.driver.operationPhases[hit.index] === phase)
        .filter(({index, atMs}) => {
          const next = times.get(index)?.find(time => time > atMs);
          return next !== undefined && next - atMs < waitMs * (1 - earlyShare);
        })
        .map(({index}) => index),
    );
    if (early.size <= earlyCount) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness: 'injector',
        statement: `${counted(early.size, 'operation')} of phase ${name} came back sooner than the ${waitMs / 1000} s that a ${status} had asked for.`,
        value: early.size,
        threshold: earlyCount,
        unit: 'count',
        count: hits.length,
        operations: [...early].slice(0, 3).map(index => `${trial.id}-${index}`),
      }),
    ];
  });
  return presentIf('retry-after-ignored', 'warn', worstFirst(ignored));
};

const askedPhases = (trial: Trial): {phase: number; status: number; waitMs: number}[] =>
  trial.plan.phases.flatMap(({faults}, phase) =>
    faults.flatMap(fault => {
      if (fault.kind !== 'httpStatus' || ![429, 503].includes(fault.status)) return [];
      // An HTTP date of the scenario's own is not judged.
      const seconds = secondsOf(fault.retryAfter);
      return seconds === null ? [] : [{phase, status: fault.status, waitMs: seconds * 1000}];
    }),
  );
