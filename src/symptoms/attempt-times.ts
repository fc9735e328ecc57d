// When each operation's attempts went out: as they arrived at the target, or were answered in its place.
import type {HttpHit} from '../model/proxy-witness.ts';
import type {Trial} from '../model/trial.ts';

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

/** Ms since the trial's origin by operation index, ascending; null where nobody noted them. */
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

/** Of one phase, the operations with more than one attempt. */
export const retriedIn = (
  trial: Trial,
  times: ReadonlyMap<number, readonly number[]>,
  phase: number,
): (readonly [index: number, times: readonly number[]])[] =>
  [...times].filter(([index, list]) => list.length > 1 && trial.driver.operationPhases[index] === phase);
