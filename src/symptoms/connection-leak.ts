// Connections that are open when the load is gone and the idle time-out is over, beyond those of the baseline.
import type {Detector} from '../model/finding.ts';
import {measureConnections, phasesOf} from './measure.ts';
import {counted, inconclusive, presentIf} from './say.ts';

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
  if (leaked <= threshold) return presentIf('connection-leak', 'fail', []);
  return presentIf('connection-leak', 'fail', [
    {
      phase: 'drain',
      evidence: {
        witness: 'injector',
        says: `${counted(last.witness.openConnections, 'connection')} open after the load and the idle time, ${baselineMax} at most in the baseline.`,
        value: leaked,
        threshold,
        unit: 'count',
        count: last.witness.openedConnections,
        operations: [],
      },
    },
  ]);
};
