// Operations that the target applied more than once, though applying them twice is not the same as once.
import type {Detector} from '../model/finding.ts';
import {DriverMeasure, effectsGap, measureLedger} from './measure.ts';
import {counted, firstIds, inconclusive, phaseName, presentIf} from './say.ts';

export const duplicateEffect: Detector<'duplicate-effect'> = (trial, {duplicateCount: threshold}) => {
  const {ledger} = trial;
  if (trial.plan.operation.idempotent) {
    return inconclusive(
      'duplicate-effect',
      'the operation is idempotent, so that applying it twice does no harm',
    );
  }
  const gap = effectsGap(trial);
  if (!ledger || gap !== null) return inconclusive('duplicate-effect', gap ?? 'the target keeps no ledger');
  const found = trial.plan.phases
    .map((_, index) => ({index, duplicates: measureLedger(trial, [index])?.duplicates ?? 0}))
    .filter(({duplicates}) => duplicates > threshold)
    .sort((a, b) => b.duplicates - a.duplicates)
    .map(({index, duplicates}) => {
      const phase = phaseName(trial, index);
      const twice = (operation: number): boolean =>
        trial.driver.operationPhases[operation] === index && (ledger.effects[operation] ?? 0) > 1;
      return {
        phase,
        evidence: {
          witness: 'target' as const,
          says: `${counted(duplicates, 'operation')} of phase ${phase} had an effect more than once.`,
          value: duplicates,
          threshold,
          unit: 'count' as const,
          count: new DriverMeasure(trial, [index]).total('started'),
          operations: firstIds(trial, twice),
        },
      };
    });
  return presentIf('duplicate-effect', 'fail', found);
};
