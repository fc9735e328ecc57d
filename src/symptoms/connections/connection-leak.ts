// Connections that are open when the load is gone and the idle time-out is over, beyond those of the baseline; or
// more and more of them over several faults. A pool that was widened by operations under way at once keeps a
// connection for each of them, idle: that many prove no leak.

import {counted, duration, type Found, found, phaseName} from '../../measures/evidence.ts';
import {measureConnections, phasesOf} from '../../measures/measure.ts';
import {lostPackets} from '../../measures/network-aftermath.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {areCycles, keepRising} from '../../stats/trend.ts';
import {inconclusive, presentIf} from '../finding.ts';
import {firstGap} from '../needs.ts';

export const connectionLeak: Detector<'connection-leak'> = (trial, thresholds) => {
  const finding = leakIn(trial, thresholds);
  const unheard = unheardCount(trial);
  return finding.verdict === 'present' && unheard > 0
    ? inconclusive(
        'connection-leak',
        `a fault lost packets of ${counted(unheard, 'connection')} that the injector holds open: it may not have been told that they were closed`,
      )
    : finding;
};

/** Those that are open at the end and lost packets. */
const unheardCount = ({injectorLog, closing, originEpochMs}: Trial): number =>
  (injectorLog?.connections ?? []).filter(
    record =>
      lostPackets(record) &&
      (record.closedMs === null || record.closedMs - originEpochMs > (closing?.startMs ?? 0)),
  ).length;

const leakIn: Detector<'connection-leak'> = (trial, {connectionCount: threshold, idleMs}) => {
  if (trial.injector.length === 0) {
    return inconclusive('connection-leak', 'this injector does not count connections');
  }
  const gap = firstGap(trial);
  if (gap !== null) return inconclusive('connection-leak', gap);
  const {closing} = trial;
  const last = closing && trial.injector.findLast(sample => sample.atMs <= closing.startMs);
  if (!last) return inconclusive('connection-leak', 'the trial did not run to its end');
  if (closing.underLoad) {
    return inconclusive(
      'connection-leak',
      'close() was called under load: no connection had been idle before',
    );
  }
  const baselines = phasesOf(trial, 'baseline').flatMap(phase => measureConnections(trial, phase) ?? []);
  if (baselines.length === 0) return inconclusive('connection-leak', 'no baseline to compare with');
  const baselineMax = Math.max(...baselines.map(({openMax}) => openMax));
  const leaked = last.witness.openConnections - baselineMax;
  const underWayMax = Math.max(0, ...trial.driver.phases.map(({inFlightMax}) => inFlightMax ?? 0));
  const rise = rising(trial, threshold);
  const mostOpen = Math.max(leaked > threshold ? last.witness.openConnections : 0, rise?.open ?? 0);
  if (mostOpen > 0 && mostOpen <= underWayMax + threshold) {
    return inconclusive(
      'connection-leak',
      `${counted(mostOpen, 'connection')} stayed open, but a pool may keep one for each of the ${counted(underWayMax, 'operation')} that had been in flight at once; with more cycles a leak would outgrow that`,
    );
  }
  const waitedMs = closing.startMs - (trial.driver.drained?.atMs ?? closing.startMs);
  if (leaked > threshold && waitedMs < idleMs) {
    return inconclusive(
      'connection-leak',
      `${counted(last.witness.openConnections, 'connection')} were open after the load, but had only ${duration(waitedMs)} to become idle and close; a longer load allows more time`,
    );
  }
  if (leaked <= threshold) return presentIf('connection-leak', 'fail', rise ? [rise.found] : []);
  return presentIf('connection-leak', 'fail', [
    found('drain', {
      witness: 'injector',
      statement: `${counted(last.witness.openConnections, 'connection')} open after the load and the idle timeout; the peak of the baseline was ${baselineMax}.`,
      value: leaked,
      threshold,
      unit: 'count',
      count: last.witness.openedConnections,
      ...openAt(trial, last.atMs),
    }),
    ...(rise ? [rise.found] : []),
  ]);
};

const connectionsShown = 3;

/** The first that were open then, where the injector recorded connections. */
const openAt = ({injectorLog, originEpochMs}: Trial, atMs: number): {connections?: readonly number[]} => {
  const open = (injectorLog?.connections ?? []).filter(
    ({openedMs, closedMs}) =>
      openedMs - originEpochMs <= atMs && (closedMs === null || closedMs - originEpochMs > atMs),
  );
  return open.length === 0 ? {} : {connections: open.slice(0, connectionsShown).map(({id}) => id)};
};

/** `open` is how many there were at the end of the last recovery. */
type Rise = {readonly found: Found; readonly open: number};

const rising = (trial: Trial, threshold: number): Rise | null => {
  const open = phasesOf(trial, 'recovery').flatMap(phase => {
    const window = phaseWindow(trial, phase);
    const last = window && trial.injector.findLast(({atMs}) => atMs > window.startMs && atMs <= window.endMs);
    return last ? [last.witness.openConnections] : [];
  });
  if (!areCycles(open) || !keepRising(open, threshold)) return null;
  const lastOpen = open.at(-1)!;
  const leaked = lastOpen - open[0]!;
  if (leaked <= threshold) return null;
  const statement = `Connections open at the end of each of ${open.length} recoveries: ${open.join(', ')}.`;
  const phase = phaseName(trial, phasesOf(trial, 'recovery').at(-1)!);
  const evidence = {statement, value: leaked, threshold, count: open.length};
  return {found: found(phase, {witness: 'injector', unit: 'count', ...evidence}), open: lastOpen};
};
