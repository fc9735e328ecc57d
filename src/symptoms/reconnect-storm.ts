// Far more connections are made at once after the fault than the library ever had.
import type {Detector} from '../model/finding.ts';
import {phaseWindow} from '../model/trial.ts';
import {measureConnections, phasesOf} from './measure.ts';
import {found, inconclusive, phaseName, presentIf, worstFirst} from './say.ts';

const secondMs = 1000;

export const reconnectStorm: Detector<'reconnect-storm'> = (trial, {connectsRatio: threshold}) => {
  const {injectorLog, originEpochMs} = trial;
  if (!injectorLog) return inconclusive('reconnect-storm', 'this injector does not note connections');
  const calm = phasesOf(trial, 'baseline').flatMap(phase => measureConnections(trial, phase)?.openMax ?? []);
  if (calm.length === 0) return inconclusive('reconnect-storm', 'there is no baseline to compare with');
  const clients = Math.max(1, ...calm);
  const opened = injectorLog.connections.map(({openedMs}) => openedMs - originEpochMs);
  const storms = phasesOf(trial, 'recovery').flatMap(phase => {
    const window = phaseWindow(trial, phase);
    if (!window) return [];
    const times = opened.filter(atMs => atMs >= window.startMs && atMs <= window.endMs);
    const most = Math.max(0, ...times.map((atMs, index) => withinSecond(times, index, atMs)));
    if (most / clients <= threshold) return [];
    const name = phaseName(trial, phase);
    const says = `${most} connections in one second of phase ${name}, ${clients} at most were open in the baseline.`;
    const value = most / clients;
    return [found(name, {witness: 'injector', says, value, threshold, unit: 'ratio', count: times.length})];
  });
  return presentIf('reconnect-storm', 'warn', worstFirst(storms));
};

/** How many of the ascending times lie in the second that begins with this one. */
const withinSecond = (times: readonly number[], index: number, atMs: number): number => {
  const end = times.findIndex(time => time >= atMs + secondMs);
  return (end < 0 ? times.length : end) - index;
};
