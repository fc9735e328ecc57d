// Slow to come back: not as good as the baseline within 5 s after the fault.
import type {Detector} from '../model/finding.ts';
import {DriverMeasure} from './measure.ts';
import {measureRecovery} from './recovery.ts';
import {clear, inconclusive, phaseName, presentIf} from './say.ts';

export const slowRecovery: Detector<'slow-recovery'> = (trial, {recoverMs: threshold}) => {
  const recovery = measureRecovery(trial);
  if (recovery.kind === 'unknown') return inconclusive('slow-recovery', recovery.reason);
  const {kind, phase} = recovery;
  const tookMs = kind === 'recovered' ? recovery.afterMs : recovery.atLeastMs;
  if (tookMs <= threshold) {
    if (kind === 'recovered') return clear('slow-recovery');
    const reason = `not recovered after ${Math.round(tookMs)} ms, and not watched for long enough after that`;
    return inconclusive('slow-recovery', reason);
  }
  const name = phaseName(trial, phase);
  const says =
    kind === 'recovered'
      ? `The first three good seconds began ${Math.round(tookMs)} ms after the fault was taken away.`
      : `There were no three good seconds in the ${Math.round(recovery.watchedMs)} ms after the fault was taken away.`;
  const count = new DriverMeasure(trial, [phase]).total('started');
  const evidence = {
    witness: 'driver' as const,
    says,
    value: tookMs,
    threshold,
    unit: 'ms' as const,
    count,
    operations: [],
  };
  return presentIf('slow-recovery', 'fail', [{phase: name, evidence}]);
};
