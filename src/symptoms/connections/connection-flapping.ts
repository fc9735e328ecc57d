// Connections that the client ends and makes again, over and over, without a fault. One that the server ended, or
// that a fault has touched, does not count, nor does one for each operation that failed.

import {counted, type Found, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {loadOf} from '../../model/plan.ts';
import type {ConnectionRecord} from '../../model/proxy-witness.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

type Limits = Thresholds<'connection-flapping'>;

type Calm = {readonly phase: number; readonly startMs: number; readonly endMs: number};

/** Times are ms since the trial's origin. */
type Connection = {
  readonly id: number;
  readonly openedMs: number;
  readonly closedMs: number | null;
  readonly isLost: boolean;
};

type Count = {
  readonly calm: Calm;
  readonly losses: readonly Connection[];
  readonly explained: number;
  readonly slots: number;
  readonly opened: number;
  readonly started: number;
};

/** A connection that replaces another may be made just before that one is ended. */
const overlapMs = 100;

/** A pool that has been idle for a while may end its connections. */
const pauseMs = 1000;

const connectionsShown = 3;

export const connectionFlapping: Detector<'connection-flapping'> = (trial, limits) => {
  const gap = (reason: string) => inconclusive('connection-flapping', reason);
  const {injectorLog, plan} = trial;
  if (plan.load.clients !== undefined) return gap('clients come and go, and their connections with them');
  if (!injectorLog) return gap('this injector does not record individual connections');
  const calms = calmOf(trial, limits);
  if (calms.length === 0) return gap('no calm phase was reached');
  const steady = calms.filter(({phase}) => !pauses(trial, phase));
  if (steady.length === 0) {
    return gap(`the load pauses for ${pauseMs} ms or more, during which a pool may close idle connections`);
  }
  const connections = injectorLog.connections.map(record => connectionOf(trial, record));
  const counts = steady.map(calm => countIn(trial, calm, connections, limits));
  const flapping = counts.filter(count => flaps(count, limits));
  const sure = flapping.filter(({started, opened}) => started >= limits.operationsRatio * opened);
  if (sure.length > 0) {
    return presentIf(
      'connection-flapping',
      'warn',
      worstFirst(sure.map(count => foundIn(trial, count, limits))),
    );
  }
  const [single] = flapping;
  if (single) {
    return gap(
      `${counted(single.opened, 'connection')} for ${counted(single.started, 'operation')} may be by design: one connection per operation`,
    );
  }
  return injectorLog.connectionsLeftOut > 0
    ? gap(`the injector had no room to record ${counted(injectorLog.connectionsLeftOut, 'connection')}`)
    : clear('connection-flapping');
};

/** Baselines, and recoveries from when on the remains of a fault should be gone. */
const calmOf = (trial: Trial, {afterMs}: Limits): Calm[] => [
  ...phasesOf(trial, 'baseline').flatMap(phase => calmWindow(trial, phase, 0)),
  ...phasesOf(trial, 'recovery').flatMap(phase => calmWindow(trial, phase, afterMs)),
];

const calmWindow = (trial: Trial, phase: number, skipMs: number): Calm[] => {
  const window = phaseWindow(trial, phase);
  if (!window || trial.plan.phases[phase]!.faults.length > 0) return [];
  const startMs = window.startMs + skipMs;
  return window.endMs > startMs ? [{phase, startMs, endMs: window.endMs}] : [];
};

const pauses = ({plan}: Trial, phase: number): boolean => {
  const load = loadOf(plan.load, plan.phases[phase]);
  switch (load.model) {
    case 'open':
      return 1000 / load.ratePerSecond >= pauseMs;
    case 'ramp':
      return 1000 / Math.min(load.fromPerSecond, load.toPerSecond) >= pauseMs;
    case 'bursts':
      return load.everyMs >= pauseMs;
    case 'closed':
      return false;
  }
};

const connectionOf = ({originEpochMs}: Trial, record: ConnectionRecord): Connection => ({
  id: record.id,
  openedMs: record.openedMs - originEpochMs,
  closedMs: record.closedMs === null ? null : record.closedMs - originEpochMs,
  isLost: (record.end === 'client-closed' || record.end === 'client-reset') && record.hits.length === 0,
});

const countIn = (trial: Trial, calm: Calm, connections: readonly Connection[], {reopenMs}: Limits): Count => {
  const {startMs, endMs} = calm;
  const isWithin = (atMs: number): boolean => atMs >= startMs && atMs < endMs;
  const openings = connections.map(({openedMs}) => openedMs).toSorted((a, b) => a - b);
  let next = 0;
  const losses = connections
    .filter(({isLost, closedMs}) => isLost && closedMs !== null && isWithin(closedMs))
    .toSorted((a, b) => a.closedMs! - b.closedMs!)
    .filter(({closedMs}) => {
      // Each new connection replaces one.
      while (next < openings.length && openings[next]! < closedMs! - overlapMs) next++;
      const isReplaced = next < openings.length && openings[next]! <= closedMs! + reopenMs;
      if (isReplaced) next++;
      return isReplaced;
    });
  const bins = trial.driver.bins.filter(bin => isWithin(bin.startMs));
  return {
    calm,
    losses,
    explained: bins.reduce((sum, {started, outcomes}) => sum + started - outcomes.ok, 0),
    slots: mostOpen(connections, calm),
    opened: openings.filter(isWithin).length,
    started: bins.reduce((sum, {started}) => sum + started, 0),
  };
};

/** The most that were open at once. */
const mostOpen = (connections: readonly Connection[], {startMs, endMs}: Calm): number => {
  const changes = connections
    .flatMap(({openedMs, closedMs}) => [
      {atMs: openedMs, by: 1},
      ...(closedMs === null ? [] : [{atMs: closedMs, by: -1}]),
    ])
    .toSorted((a, b) => a.atMs - b.atMs || a.by - b.by);
  let [open, most] = [0, 0];
  for (const {atMs, by} of changes) {
    if (atMs >= endMs) break;
    if (atMs >= startMs) most = Math.max(most, open);
    open += by;
  }
  return Math.max(1, most, open);
};

/** A single connection is in use all the time; of several a pool may end some that are idle, and need them again. */
const flaps = (
  {calm, losses, explained, slots}: Count,
  {lossCount, lifeMs, pooledLifeMs}: Limits,
): boolean => {
  const limitMs = slots === 1 ? lifeMs : pooledLifeMs;
  const unexplained = losses.length - explained;
  const meanLifeMs = ((calm.endMs - calm.startMs) * slots) / unexplained;
  return unexplained > lossCount * slots && meanLifeMs < limitMs;
};

const foundIn = (trial: Trial, {calm, losses, explained, slots}: Count, {lossCount}: Limits): Found => {
  const unexplained = losses.length - explained;
  const name = phaseName(trial, calm.phase);
  const seconds = ((calm.endMs - calm.startMs) / 1000).toFixed(1);
  return found(name, {
    witness: 'injector',
    statement: `In the ${seconds} s of phase ${name} the client closed and replaced ${counted(unexplained, 'connection')}, without any fault; at most ${slots} ${slots === 1 ? 'was' : 'were'} open at once.`,
    value: unexplained / slots,
    threshold: lossCount,
    unit: 'ratio',
    count: losses.length,
    connections: losses.slice(0, connectionsShown).map(({id}) => id),
  });
};
