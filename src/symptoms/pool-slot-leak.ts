// Slots of a pool that are in use although no operation is under way.
import type {Detector} from '../model/finding.ts';
import {isUsed, lastOf, poolMetrics} from './pool-metrics.ts';
import {counted, found, inconclusive, presentIf} from './say.ts';

export const poolSlotLeak: Detector<'pool-slot-leak'> = (trial, {slotCount: threshold}) => {
  const used = poolMetrics(trial, 'count').filter(isUsed);
  if (used.length === 0) {
    return inconclusive(
      'pool-slot-leak',
      'the library tells no db.client.connection.count of used connections',
    );
  }
  const {drained} = trial.driver;
  if (!drained) return inconclusive('pool-slot-leak', 'the trial did not come to its end');
  if (drained.inFlight > 0) {
    return inconclusive('pool-slot-leak', `${counted(drained.inFlight, 'operation')} had not settled`);
  }
  const lastPhase = Math.max(...used.map(({phase}) => phase));
  const slots = used
    .filter(({phase}) => phase === lastPhase)
    .reduce((sum, metric) => sum + lastOf(metric), 0);
  if (slots <= threshold) return presentIf('pool-slot-leak', 'fail', []);
  return presentIf('pool-slot-leak', 'fail', [
    found('drain', {
      witness: 'telemetry',
      says: `${counted(slots, 'connection')} of the pool in use when nothing was under way any more.`,
      value: slots,
      threshold,
      unit: 'count',
      count: slots,
    }),
  ]);
};
