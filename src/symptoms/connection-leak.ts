// Connections that are open when the load is gone and the idle time-out is over, beyond those of the baseline; or more
// of them with each of several faults.
import type {Detector} from '../model/finding.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {areCycles, rises} from './cycles.ts';
import {measureConnections, phasesOf} from './measure.ts';
import {counted, type Found, found, inconclusive, phaseName, presentIf} from './say.ts';

export const connectionLeak: Detector<'connection-leak'> = (trial, {connectionCount: threshold}) => {
  if (trial.injector.length === 0) {
    return inconclusive('connection-leak', 'this injector does not count connections');
  }
  const {closing} = trial;
  const last = closing && trial.injector.findLast(sample => sample.atMs <= closing.startMs);
  if (!last) return inconclusive('connection-leak', 'the trial did not come to its end');
  const baselines = phasesOf(trial, 'baseline').flatMap(phase => measureConnections(trial, phase) ?? []);
  if (baselines.length === 0) return inconclusive('connection-leak', 'no baseline to compare with');
  const baselineMax = Math.max(...baselines.map(({openMax}) => openMax));
  const leaked = last.witness.openConnections - baselineMax;
  const rise = rising(trial, threshold);
  if (leaked <= threshold) return presentIf('connection-leak', 'fail', rise);
  return presentIf('connection-leak', 'fail', [
    found('drain', {
      witness: 'injector',
      says: `${counted(last.witness.openConnections, 'connection')} open after the load and the idle time, ${baselineMax} at most in the baseline.`,
      value: leaked,
      threshold,
      unit: 'count',
      count: last.witness.openedConnections,
      ...openAt(trial, last.atMs),
    }),
    ...rise,
  ]);
};

const connectionsShown = 3;

/** The first that were open then, where the injector noted connections. */
const openAt = ({injectorLog, originEpochMs}: Trial, atMs: number): {connections?: readonly number[]} => {
  const open = (injectorLog?.connections ?? []).filter(
    ({openedMs, closedMs}) =>
      openedMs - originEpochMs <= atMs && (closedMs === null || closedMs - originEpochMs > atMs),
  );
  return open.length === 0 ? {} : {connections: open.slice(0, connectionsShown).map(({id}) => id)};
};

const rising = (trial: Trial, threshold: number): Found[] => {
  const open = phasesOf(trial, 'recovery').flatMap(phase => {
    const window = phaseWindow(trial, phase);
    const last = window && trial.injector.findLast(({atMs}) => atMs > window.startMs && atMs <= window.endMs);
    return last ? [last.witness.openConnections] : [];
  });
  const leaked = (open.at(-1) ?? 0) - (open[0] ?? 0);
  if (!areCycles(open) || !rises(open) || leaked <= threshold) return [];
  const says = `${open.join(', ')} connections were open at the ends of ${open.length} recoveries.`;
  return [
    found(phaseName(trial, phasesOf(trial, 'recovery').at(-1)!), {
      witness: 'injector',
      says,
      value: leaked,
      threshold,
      unit: 'count',
      count: open.length,
    }),
  ];
};
