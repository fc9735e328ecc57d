// Connections that were left by clients that come and go. Which client a connection is of is not known: it is left where it
// outlives all clients that had been opened before it was.
import type {ClientLives} from '../model/client-witness.ts';
import type {InjectorLog} from '../model/proxy-witness.ts';
import type {Trial} from '../model/trial.ts';
import {faultWindow} from './closing.ts';
import {lostPackets} from './network-aftermath.ts';

export type LeftConnections = {
  /** The most that were open at once, and when; times are ms since the trial's origin. */
  readonly count: number;
  readonly atMs: number;
  readonly connections: readonly number[];
  /** As many may be those of a pool that clients share: it keeps its connections whichever client is closed. */
  readonly sharedCount: number;
};

/** Of the injector's clock and the subject's. */
const clockSlackMs = 50;

/** So many slices of time with clients that were closed before the first fault show whether clients share connections. */
const slicesNeeded = 3;

type Left = {readonly id: number; readonly fromMs: number; readonly toMs: number};

/**
 * @param openMs how long a connection may stay open after its client was closed
 * @returns null where one client lasts, or connections were not recorded
 */
export const leftConnections = (trial: Trial, openMs: number): LeftConnections | null => {
  const {clients, injectorLog} = trial;
  if (!clients || !injectorLog) return null;
  const left = leftOf(trial, clients.lives, injectorLog, openMs);
  const firstFaultMs = faultWindows(trial)[0]?.startMs ?? Number.POSITIVE_INFINITY;
  const calm = left.filter(({fromMs}) => fromMs < firstFaultMs);
  const slices = clients.lives.filter(
    ({untilMs}) => untilMs !== null && untilMs + openMs + clockSlackMs < firstFaultMs,
  );
  const isUnshared =
    firstFaultMs < Number.POSITIVE_INFINITY && calm.length === 0 && slices.length >= slicesNeeded;
  const underWayMax = Math.max(0, ...trial.driver.phases.map(({inFlightMax}) => inFlightMax ?? 0));
  return {...mostAtOnce(left), sharedCount: isUnshared ? 0 : underWayMax};
};

const leftOf = (
  trial: Trial,
  lives: readonly ClientLives[],
  {connections}: InjectorLog,
  openMs: number,
): Left[] => {
  const faults = faultWindows(trial);
  /** A fault may keep the injector from learning that a client has closed its connection. */
  const calmFrom = (atMs: number): number =>
    faults.find(({startMs, endMs}) => atMs >= startMs && atMs <= endMs)?.endMs ?? atMs;
  let next = 0;
  let untilMs = 0;
  return connections
    .toSorted((a, b) => a.openedMs - b.openedMs)
    .flatMap(record => {
      const openedMs = record.openedMs - trial.originEpochMs;
      while (next < lives.length && lives[next]!.fromMs <= openedMs + clockSlackMs) {
        untilMs = Math.max(untilMs, lives[next]!.untilMs ?? Number.POSITIVE_INFINITY);
        next++;
      }
      if (record.closedMs === null || lostPackets(record)) return [];
      const fromMs = calmFrom(calmFrom(Math.max(untilMs, openedMs)) + openMs) + clockSlackMs;
      const toMs = record.closedMs - trial.originEpochMs;
      return toMs > fromMs ? [{id: record.id, fromMs, toMs}] : [];
    });
};

const faultWindows = (trial: Trial): {readonly startMs: number; readonly endMs: number}[] =>
  trial.plan.phases.flatMap(({faults}, index) =>
    faults.length === 0 ? [] : (faultWindow(trial, index) ?? []),
  );

const mostAtOnce = (left: readonly Left[]): Pick<LeftConnections, 'count' | 'atMs' | 'connections'> => {
  const changes = left
    .flatMap(({fromMs, toMs}) => [
      {atMs: fromMs, by: 1},
      {atMs: toMs, by: -1},
    ])
    .toSorted((a, b) => a.atMs - b.atMs || a.by - b.by);
  let [open, most, mostMs] = [0, 0, 0];
  for (const {atMs, by} of changes) {
    open += by;
    if (open > most) [most, mostMs] = [open, atMs];
  }
  const then = left.filter(({fromMs, toMs}) => fromMs <= mostMs && toMs > mostMs);
  return {count: most, atMs: mostMs, connections: then.map(({id}) => id)};
};
