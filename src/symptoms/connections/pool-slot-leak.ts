// Slots of a pool that are in use although no operation is under way; or more and more of them over several faults.
// The library's own gauge says so, and it may be wrong. Alone it never fails a run: operations must do worse as well.

import {counted, type Found, found, phaseName} from '../../measures/evidence.ts';
import {DriverMeasure, phasesOf} from '../../measures/measure.ts';
import {isUsed, lastOf, poolMetrics} from '../../measures/pool-metrics.ts';
import type {Detector} from '../../model/finding.ts';
import type {MetricSummary} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {areCycles, keepRising} from '../../stats/trend.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';
import {firstGap} from '../needs.ts';
import {isGaugeContradicted} from '../telemetry/pool-gauge-wrong.ts';

/** Gauges that are set before a slot counts as free show one more than there is, for as long as nothing else happens. */
const lagCount = 1;

export const poolSlotLeak: Detector<'pool-slot-leak'> = (trial, {slotCount: threshold}) => {
  const used = poolMetrics(trial, 'count').filter(isUsed);
  if (used.length === 0) {
    return inconclusive(
      'pool-slot-leak',
      'the library does not emit db.client.connection.count for used connections',
    );
  }
  const gap = firstGap(trial);
  if (gap !== null) return inconclusive('pool-slot-leak', gap);
  if (trial.closing?.underLoad) {
    return inconclusive('pool-slot-leak', 'close() was called under load: no slot had been free before');
  }
  const severity = isWorseAfter(trial) ? 'fail' : 'warn';
  const isContradicted = isGaugeContradicted(trial);
  const {drained} = trial.driver;
  const slots = slotsIn(used, Math.max(...used.map(({phase}) => phase)));
  const areGivenBack = drained?.inFlight === 0 && slots <= threshold;
  const rising = areGivenBack ? [] : risingOver(trial, used, threshold);
  if (rising.length > 0 && !isContradicted) return presentIf('pool-slot-leak', severity, rising);
  if (!drained) return inconclusive('pool-slot-leak', 'the trial did not run to its end');
  if (drained.inFlight > 0) {
    return inconclusive(
      'pool-slot-leak',
      `${counted(drained.inFlight, 'operation')} had not settled at the end`,
    );
  }
  if (slots <= threshold) return clear('pool-slot-leak');
  const inUse = `${counted(slots, 'connection')} of the pool still in use with nothing in flight`;
  if (isContradicted) {
    return inconclusive(
      'pool-slot-leak',
      `the gauge shows ${inUse}, but the open sockets contradict it (pool-gauge-wrong)`,
    );
  }
  const before = slotsBefore(trial, used);
  if (severity === 'warn' && slots - before <= threshold + lagCount) {
    return inconclusive(
      'pool-slot-leak',
      `only the gauge shows ${inUse}; it showed ${before} before the first fault, and no operation was affected`,
    );
  }
  return presentIf('pool-slot-leak', severity, [
    found('drain', {
      witness: 'telemetry',
      statement: severity === 'warn' ? `${inUse}, according to the pool's gauge alone.` : `${inUse}.`,
      value: slots,
      threshold,
      unit: 'count',
      count: slots,
    }),
  ]);
};

/** Slots in use at the end of the calm time before the first fault: so many are known not to be leaked by a fault. */
const slotsBefore = (trial: Trial, used: readonly MetricSummary[]): number => {
  const {phases} = trial.plan;
  const firstFault = phases.findIndex(({role}) => role === 'fault');
  const before = phases.flatMap((_, phase) => (firstFault < 0 || phase < firstFault ? [phase] : []));
  return Math.max(0, ...before.map(phase => slotsIn(used, phase)));
};

/** The driver is another witness: with a pool that lost slots callers wait or fail, although the network is well again. */
const isWorseAfter = (trial: Trial): boolean => {
  const after = phasesOf(trial, 'recovery').at(-1);
  const ratioBefore = new DriverMeasure(trial, phasesOf(trial, 'baseline')).successRatio;
  const ratioAfter = after === undefined ? null : new DriverMeasure(trial, [after]).successRatio;
  return ratioBefore !== null && ratioAfter !== null && ratioAfter < worseRatio * ratioBefore;
};

const worseRatio = 0.99;

const slotsIn = (used: readonly MetricSummary[], phase: number): number =>
  used.filter(metric => metric.phase === phase).reduce((sum, metric) => sum + lastOf(metric), 0);

/** More and more over several faults: reported even if operations are under way. */
const risingOver = (trial: Trial, used: readonly MetricSummary[], threshold: number): Found[] => {
  const phases = phasesOf(trial, 'recovery').filter(index => used.some(({phase}) => phase === index));
  const slots = phases.map(phase => slotsIn(used, phase));
  if (!areCycles(slots) || !keepRising(slots, threshold + lagCount)) return [];
  const leaked = slots.at(-1)! - slots[0]!;
  if (leaked <= threshold) return [];
  const statement = `Pooled connections in use at the end of each of ${slots.length} recoveries: ${slots.join(', ')}.`;
  const figures = {value: leaked, threshold, unit: 'count', count: slots.length} as const;
  return [found(phaseName(trial, phases.at(-1)!), {witness: 'telemetry', statement, ...figures})];
};
