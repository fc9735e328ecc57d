// After the fault connections are no longer kept. As many as are open at once are taken for a pool that is made anew.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {DriverMeasure, measureConnections, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const handshakeChurn: Detector<'handshake-churn'> = (trial, thresholds) => {
  const {growthRatio, connectionsRatio: threshold, operationCount} = thresholds;
  if (trial.injector.length === 0) {
    return inconclusive('handshake-churn', 'this injector does not count connections');
  }
  const [calmPhase] = phasesOf(trial, 'baseline');
  const calm = calmPhase === undefined ? null : measureConnections(trial, calmPhase);
  if (!calm || calmPhase === undefined) {
    return inconclusive('handshake-churn', 'no baseline to compare with');
  }
  const calmRatio = calm.opened / Math.max(1, new DriverMeasure(trial, [calmPhase]).total('started'));
  const churning = phasesOf(trial, 'recovery').flatMap(phase => {
    const connections = openedIn(trial, phase);
    const started = new DriverMeasure(trial, [phase]).total('started');
    if (!connections || started < operationCount) return [];
    const value = Math.max(0, connections.opened - connections.openMax) / started;
    if (value <= threshold || value <= growthRatio * calmRatio) return [];
    const name = phaseName(trial, phase);
    const statement = `${counted(connections.opened, 'new connection')} for ${counted(started, 'operation')} in phase ${name}, at most ${connections.openMax} open at once.`;
    return [found(name, {witness: 'injector', statement, value, threshold, unit: 'ratio', count: started})];
  });
  return presentIf('handshake-churn', 'warn', worstFirst(churning));
};

/** From the first sample after the fault's end on: while it is being removed, connections still belong to the fault. */
const openedIn = (trial: Trial, phase: number): {opened: number; openMax: number} | null => {
  const window = phaseWindow(trial, phase);
  if (!window) return null;
  const within = trial.injector.filter(({atMs}) => atMs >= window.startMs && atMs <= window.endMs);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last) return null;
  return {
    opened: last.witness.openedConnections - first.witness.openedConnections,
    openMax: Math.max(...within.map(({witness}) => witness.openConnections)),
  };
};
