// After the fault connections are not kept any more. As many as the baseline had are taken to be its pool, made anew.
import type {Detector} from '../model/finding.ts';
import {DriverMeasure, measureConnections, phasesOf} from './measure.ts';
import {found, inconclusive, phaseName, presentIf, worstFirst} from './say.ts';

export const handshakeChurn: Detector<'handshake-churn'> = (trial, thresholds) => {
  const {growthRatio, connectionsRatio: threshold, operationCount} = thresholds;
  if (trial.injector.length === 0) {
    return inconclusive('handshake-churn', 'this injector does not count connections');
  }
  const [calmPhase] = phasesOf(trial, 'baseline');
  const calm = calmPhase === undefined ? null : measureConnections(trial, calmPhase);
  if (!calm || calmPhase === undefined) {
    return inconclusive('handshake-churn', 'there is no baseline to compare with');
  }
  const calmRatio = calm.opened / Math.max(1, new DriverMeasure(trial, [calmPhase]).total('started'));
  const churning = phasesOf(trial, 'recovery').flatMap(phase => {
    const connections = measureConnections(trial, phase);
    const started = new DriverMeasure(trial, [phase]).total('started');
    if (!connections || started < operationCount) return [];
    const value = Math.max(0, connections.opened - calm.openMax) / started;
    if (value <= threshold || value <= growthRatio * calmRatio) return [];
    const name = phaseName(trial, phase);
    const says = `${connections.opened} connections for ${started} operations in phase ${name}; ${calm.openMax} were enough in the baseline.`;
    return [found(name, {witness: 'injector', says, value, threshold, unit: 'ratio', count: started})];
  });
  return presentIf('handshake-churn', 'warn', worstFirst(churning));
};
