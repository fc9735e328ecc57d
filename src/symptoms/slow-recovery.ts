// Slow to come back: not as good as the baseline within 5 s after the fault.
import type {Detector} from '../model/finding.ts';
import {DriverMeasure, phasesOf} from './measure.ts';
import {measureRecovery} from './recovery.ts';
import {inconclusive, phaseName, presentIf} from './say.ts';

const thresholdMs = 5000;

export const slowRecovery: Detector = trial => {
  const recovery = measureRecovery(trial);
  if (recovery.kind === 'unknown') return inconclusive('slow-recovery', recovery.reason);
  const tookMs = recovery.kind === 'recovered' ? recovery.afterMs : recovery.watchedMs;
  if (recovery.kind === 'recovered' && tookMs <= thresholdMs) return presentIf('slow-recovery', 'fail', []);
  if (recovery.kind === 'not-recovered' && tookMs < thresholdMs) {
    return inconclusive(
      'slow-recovery',
      `not recovered after ${Math.round(tookMs)} ms, and not watched for longer`,
    );
  }
  const [phase = 0] = phasesOf(trial, 'recovery');
  const name = phaseName(trial, phase);
  const says =
    recovery.kind === 'recovered'
      ? `The first three good seconds began ${Math.round(tookMs)} ms after the fault was taken away.`
      : `There were no three good seconds in the ${Math.round(tookMs)} ms after the fault was taken away.`;
  const count = new DriverMeasure(trial, [phase]).total('started');
  const evidence = {
    witness: 'driver' as const,
    says,
    value: tookMs,
    threshold: thresholdMs,
    unit: 'ms' as const,
    count,
    operations: [],
  };
  return presentIf('slow-recovery', 'fail', [{phase: name, evidence}]);
};
