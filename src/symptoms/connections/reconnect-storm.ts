// Far more connections are made at once after the fault than the library ever had.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {measureConnections, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const secondMs = 1000;

export const reconnectStorm: Detector<'reconnect-storm'> = (
  trial,
  {connectCount, connectsRatio: threshold},
) => {
  const {injectorLog, originEpochMs} = trial;
  if (!injectorLog)
    return inconclusive('reconnect-storm', 'this injector does not record individual connections');
  const baselines = phasesOf(trial, 'baseline');
  const calm = baselines.flatMap(phase => measureConnections(trial, phase)?.openMax ?? []);
  if (calm.length === 0) return inconclusive('reconnect-storm', 'no baseline to compare with');
  const opened = injectorLog.connections.map(({openedMs}) => openedMs - originEpochMs);
  const usual = Math.max(1, ...calm, ...baselines.map(phase => worstSecond(trial, phase, opened).most));
  let doubt: string | null = null;
  const storms = phasesOf(trial, 'recovery').flatMap(phase => {
    const {most, count} = worstSecond(trial, phase, opened);
    // As many as were open when the fault ended may be made again.
    const startMs = phaseWindow(trial, phase)?.startMs ?? 0;
    const before = trial.injector.findLast(({atMs}) => atMs <= startMs)?.witness.openConnections ?? 0;
    const clients = Math.max(usual, before);
    const isStorm = (connects: number): boolean => connects >= connectCount && connects / clients > threshold;
    if (!isStorm(most)) return [];
    const name = phaseName(trial, phase);
    // What is overdue after a pause of the process starts all at once, and may need a connection each.
    const late = trial.driver.phases.find(figures => figures.phase === phase)?.late ?? 0;
    if (!isStorm(most - late)) {
      doubt = `${counted(most, 'connection')} were opened in one second of phase ${name}, but ${counted(late, 'operation')} started late, and therefore together`;
      return [];
    }
    const statement = `${counted(most, 'connection')} opened in one second of phase ${name}, where ${clients} had been enough.`;
    const value = most / clients;
    return [found(name, {witness: 'injector', statement, value, threshold, unit: 'ratio', count})];
  });
  if (storms.length === 0 && doubt !== null) return inconclusive('reconnect-storm', doubt);
  return presentIf('reconnect-storm', 'warn', worstFirst(storms));
};

/** @param opened ascending ms since the trial's origin */
const worstSecond = (
  trial: Trial,
  phase: number,
  opened: readonly number[],
): {readonly most: number; readonly count: number} => {
  const window = phaseWindow(trial, phase);
  if (!window) return {most: 0, count: 0};
  const times = opened.filter(atMs => atMs >= window.startMs && atMs <= window.endMs);
  let [most, from] = [0, 0];
  times.forEach((atMs, index) => {
    while (times[from]! <= atMs - secondMs) from++;
    most = Math.max(most, index - from + 1);
  });
  return {most, count: times.length};
};
