// When each operation's attempts were sent: as they arrived at the target, or were answered in its place.

import type {HttpHit} from '../model/proxy-witness.ts';
import type {Trial} from '../model/trial.ts';
import {phaseAt} from './evidence.ts';

/** The number at the end of an operation's id, or null where it is not of this trial. */
export const indexOfId = (trial: Trial, id: string | null): number | null => {
  const digits = id?.startsWith(`${trial.id}-`) ? id.slice(trial.id.length + 1) : '';
  return /^\d{1,10}$/.test(digits) ? Number(digits) : null;
};

/** A request that was answered by a fault, and never reached the target. */
export type StatusHit = {
  readonly index: number;
  readonly atMs: number;
  readonly status: number;
  readonly toxic: string;
};

export const statusHits = (trial: Trial): StatusHit[] =>
  (trial.injectorLog?.hits ?? []).flatMap((hit: HttpHit) => {
    const status = /^status-(\d{3})$/.exec(hit.action)?.[1];
    const index = indexOfId(trial, hit.operationId);
    if (status === undefined || index === null) return [];
    return [{index, atMs: hit.atMs - trial.originEpochMs, status: Number(status), toxic: hit.toxic}];
  });

/** Ms since the trial's origin by operation index, ascending; null where no witness recorded them. */
export const attemptTimes = (trial: Trial): ReadonlyMap<number, readonly number[]> | null => {
  const rows = trial.ledger?.attemptTimes;
  const hits = statusHits(trial);
  if (rows === undefined && hits.length === 0) return null;
  const times = new Map<number, number[]>();
  for (const [index, ...atMs] of rows ?? []) times.set(index!, [...atMs]);
  for (const {index, atMs} of hits) times.set(index, [...(times.get(index) ?? []), atMs]);
  for (const list of times.values()) list.sort((a, b) => a - b);
  return times;
};

/** An operation with more than one attempt, and the pauses between them. */
export type Retried = {
  readonly index: number;
  /** Ms between one attempt and the next; null where the server had asked for that pause by a Retry-After. */
  readonly gapsMs: readonly (number | null)[];
};

/** Why the pauses of a trial say nothing of the library. */
export const onlyAsked = 'all pauses between attempts were requested by Retry-After';

/** The operations of one phase that were tried again. */
export const retriedIn = (
  trial: Trial,
  times: ReadonlyMap<number, readonly number[]>,
  phase: number,
): Retried[] => {
  const asked = askedPauses(trial);
  return [...times]
    .filter(([index, list]) => list.length > 1 && trial.driver.operationPhases[index] === phase)
    .map(([index, list]) => ({
      index,
      gapsMs: list.slice(1).map((atMs, before) => {
        const gapMs = atMs - list[before]!;
        const askedMs = asked.get(index)?.get(list[before]!);
        return askedMs !== undefined && gapMs >= askedMs * (1 - earlyShare) ? null : gapMs;
      }),
    }));
};

/** How early the timer of a client that obeys may fire. */
const earlyShare = 0.05;

/** The pauses that were asked for by a Retry-After: by operation, and by the time of the answer. */
const askedPauses = (trial: Trial): ReadonlyMap<number, ReadonlyMap<number, number>> => {
  const pauses = new Map<number, Map<number, number>>();
  for (const {index, atMs, status} of statusHits(trial)) {
    const askedMs = retryAfterMs(trial, status, phaseAt(trial, atMs));
    if (askedMs === null) continue;
    const ofOperation = pauses.get(index) ?? new Map<number, number>();
    ofOperation.set(atMs, askedMs);
    pauses.set(index, ofOperation);
  }
  return pauses;
};

/** The shortest pause that a status of this phase asked for; null where none did. A date by the calendar may be any time. */
const retryAfterMs = ({plan}: Trial, status: number, phase: string): number | null => {
  const asked = plan.phases
    .filter(({name}) => name === phase)
    .flatMap(({faults}) => faults)
    .filter(fault => fault.kind === 'httpStatus' && fault.status === status)
    .flatMap(fault => (fault.kind === 'httpStatus' && fault.retryAfter !== '' ? [fault.retryAfter] : []))
    .map(text => secondsOf(text) ?? 0);
  return asked.length === 0 ? null : Math.min(...asked) * 1000;
};

/** Seconds of `7` and `+7`, which as a date is that much later or more; null for an HTTP date of the scenario's own. */
export const secondsOf = (retryAfter: string): number | null =>
  /^\+?\d+$/.test(retryAfter) ? Number(retryAfter) : null;
