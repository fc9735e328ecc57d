// Requests that the server refuses for good are sent again.

import {attemptTimes, statusHits} from '../../measures/attempt-times.ts';
import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

/** RFC 9110: the request itself is wrong, and stays so. 408, 425 and 429 ask for another try. */
const isFinal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

export const retriesNonRetryable: Detector<'retries-non-retryable'> = (trial, {retriedCount: threshold}) => {
  const hits = statusHits(trial).filter(({status}) => isFinal(status));
  const times = attemptTimes(trial);
  if (hits.length === 0 || !times) {
    return inconclusive('retries-non-retryable', 'no fault answered with a permanent error (4xx)');
  }
  const phases = new Set(hits.map(({index}) => trial.driver.operationPhases[index] ?? 0));
  const again = [...phases].flatMap(phase => {
    const ofPhase = hits.filter(({index}) => trial.driver.operationPhases[index] === phase);
    const retried = new Set(
      ofPhase.filter(({index, atMs}) => times.get(index)?.some(time => time > atMs)).map(({index}) => index),
    );
    if (retried.size <= threshold) return [];
    const name = phaseName(trial, phase);
    const statuses = [...new Set(ofPhase.map(({status}) => status))].join(', ');
    return [
      found(name, {
        witness: 'injector',
        statement: `${counted(retried.size, 'operation')} of phase ${name} retried after ${statuses}.`,
        value: retried.size,
        threshold,
        unit: 'count',
        count: ofPhase.length,
        operations: [...retried].slice(0, 3).map(index => `${trial.id}-${index}`),
      }),
    ];
  });
  return presentIf('retries-non-retryable', 'warn', worstFirst(again));
};
