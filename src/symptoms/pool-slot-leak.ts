// Slots of a pool that are in use although no operation is under way; or more of them with each of several faults.
import type {Detector} from '../model/finding.ts';
import type {MetricSummary} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {areCycles, rises} from './cycles.ts';
import {phasesOf} from './measure.ts';
import {isUsed, lastOf, poolMetrics} from './pool-metrics.ts';
import {counted, type Found, found, inconclusive, phaseName, presentIf} from './say.ts';

export const poolSlotLeak: Detector<'pool-slot-leak'> = (trial, {slotCount: threshold}) => {
  const used = poolMetrics(trial, 'count').filter(isUsed);
  if (used.length === 0) {
    return inconclusive(
      'pool-slot-leak',
      'the library tells no db.client.connection.count of used connections',
    );
  }
  const rising = risingOver(trial, used, threshold);
  if (rising.length > 0) return presentIf('pool-slot-leak', 'fail', rising);
  const {drained} = trial.driver;
  if (!drained) return inconclusive('pool-slot-leak', 'the trial did not come to its end');
  if (drained.inFlight > 0) {
    return inconclusive('pool-slot-leak', `${counted(drained.inFlight, 'operation')} had not settled`);
  }
  const slots = slotsIn(used, Math.max(...used.map(({phase}) => phase)));
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

const slotsIn = (used: readonly MetricSummary[], phase: number): number =>
  used.filter(metric => metric.phase === phase).reduce((sum, metric) => sum + lastOf(metric), 0);

/** More with each of several faults: that is told although operations are under way. */
const risingOver = (trial: Trial, used: readonly MetricSummary[], threshold: number): Found[] => {
  const phases = phasesOf(trial, 'recovery').filter(index => used.some(({phase}) => phase === index));
  const slots = phases.map(phase => slotsIn(used, phase));
  const leaked = (slots.at(-1) ?? 0) - (slots[0] ?? 0);
  if (!areCycles(slots) || !rises(slots) || leaked <= threshold) return [];
  const says = `${slots.join(', ')} connections of the pool were in use at the ends of ${slots.length} recoveries.`;
  const figures = {value: leaked, threshold, unit: 'count', count: slots.length} as const;
  return [found(phaseName(trial, phases.at(-1)!), {witness: 'telemetry', says, ...figures})];
};
