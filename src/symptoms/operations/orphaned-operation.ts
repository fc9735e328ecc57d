// Operations that will never settle: the fault is long gone, others succeed, and they still wait when the drain ends.
// What settled as late as the silence lasted is no orphan: hung-operation and deadline-overrun count that.

import {
  counted,
  duration,
  type Found,
  found,
  grouped,
  phaseName,
  worstFirst,
} from '../../measures/evidence.ts';
import {aftermathMs} from '../../measures/network-aftermath.ts';
import type {UnsettledOperation} from '../../model/driver-witness.ts';
import type {Detector} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

type Limits = Thresholds<'orphaned-operation'>;

export const orphanedOperation: Detector<'orphaned-operation'> = (trial, limits) => {
  const {drained, phases} = trial.driver;
  if (!drained) return inconclusive('orphaned-operation', 'the trial did not reach the end of its drain');
  if (!phases.some(({started}) => started > 0)) {
    return inconclusive('orphaned-operation', 'no operation started');
  }
  if (drained.inFlight === 0) return clear('orphaned-operation');
  if (!drained.unsettled) {
    return inconclusive('orphaned-operation', 'this run did not record which operations had not settled');
  }
  const left = counted(drained.inFlight, 'operation');
  const calmFromMs = calmFrom(trial);
  if (calmFromMs === null) {
    return inconclusive(
      'orphaned-operation',
      `${left} had not settled at the end, but no recovery followed the last fault`,
    );
  }
  const gap = healthGap(trial, calmFromMs, limits);
  if (gap !== null)
    return inconclusive('orphaned-operation', `${left} had not settled at the end, but ${gap}`);
  const limitMs = watchLimitMs(trial, limits);
  const orphans = drained.unsettled.filter(
    ({startMs}) => drained.atMs - Math.max(startMs, calmFromMs) >= limitMs,
  );
  if (orphans.length <= limits.orphanCount) {
    return orphans.length === drained.unsettled.length
      ? clear('orphaned-operation')
      : inconclusive(
          'orphaned-operation',
          `${left} had not settled at the end, but were observed for less than ${duration(limitMs)} without a fault`,
        );
  }
  const isCut = drained.inFlight > drained.unsettled.length;
  const found = [...Map.groupBy(orphans, ({phase}) => phase)].map(([phase, those]) =>
    orphansOf(trial, phase, those, {calmMs: drained.atMs - calmFromMs, threshold: limits.orphanCount, isCut}),
  );
  return presentIf('orphaned-operation', 'fail', [...worstFirst(found), ...unanswerable(trial)]);
};

/** A time-out that is merely long must have had its time, and so must TCP. */
const watchLimitMs = (trial: Trial, {watchMs, deadlineCount}: Limits): number =>
  Math.max(watchMs, deadlineCount * trial.plan.operation.deadlineMs) +
  aftermathMs(trial, trial.plan.phases.length);

/** Since when there has been no fault; null where the load ended within one, and close() was not called there. */
const calmFrom = (trial: Trial): number | null => {
  if (trial.closing?.underLoad) return trial.closing.underLoad.calmMs;
  const {phases} = trial.plan;
  const firstCalm = phases.findLastIndex(({faults}) => faults.length > 0) + 1;
  return phaseWindow(trial, firstCalm)?.startMs ?? null;
};

/** Why it cannot be said that all is well again; null where others succeeded, or a fresh client got through. */
const healthGap = (trial: Trial, calmFromMs: number, limits: Limits): string | null => {
  const fromMs = Math.max(calmFromMs, (trial.loadEndedMs ?? 0) - limits.goodMs);
  const last = trial.driver.bins.filter(({startMs}) => startMs >= fromMs);
  const started = last.reduce((sum, bin) => sum + bin.started, 0);
  const ok = last.reduce((sum, {outcomes}) => sum + outcomes.ok, 0);
  if (started > 0 && ok / started >= limits.successShare) return null;
  const probes = trial.probes.filter(({atMs}) => atMs >= calmFromMs);
  const through = probes.filter(probe => probe.ok).length;
  if (probes.length > 0 && through / probes.length >= limits.controlShare) return null;
  const others =
    started === 0
      ? 'no other started in the last seconds'
      : `only ${ok} of the last ${started} others succeeded`;
  return probes.length === 0
    ? `${others}, and no fresh client was tried`
    : `${others}, and a fresh client got through in only ${through} of ${probes.length} tries`;
};

const orphansOf = (
  trial: Trial,
  phase: number,
  those: readonly UnsettledOperation[],
  {calmMs, threshold, isCut}: {calmMs: number; threshold: number; isCut: boolean},
): Found => {
  const figures = trial.driver.phases.find(candidate => candidate.phase === phase);
  const late = figures?.settledAfterHung ?? 0;
  const name = phaseName(trial, phase);
  const since = trial.plan.phases.some(({faults}) => faults.length > 0)
    ? 'after the last fault'
    : 'without any fault';
  const settledLate = late === 0 ? '' : ` Another ${grouped(late)} settled late.`;
  return found(name, {
    witness: 'driver',
    statement: `${isCut ? 'At least ' : ''}${counted(those.length, 'operation')} of phase ${name} had still not settled when the drain ended, ${duration(calmMs)} ${since}, although ${trial.closing?.underLoad ? 'close() had been called and a fresh client' : 'others'} got through.${settledLate}`,
    value: those.length,
    threshold,
    unit: 'count',
    count: figures?.started ?? those.length,
    operations: those.slice(0, 3).map(({index}) => `${trial.id}-${index}`),
  });
};

/** Without a connection no answer can come. */
const unanswerable = (trial: Trial): Found[] => {
  const {drained} = trial.driver;
  const last = trial.injector.findLast(({atMs}) => atMs <= (trial.closing?.startMs ?? 0));
  if (!drained || !last || trial.closing?.underLoad || last.witness.openConnections > 0) return [];
  return [
    found('drain', {
      witness: 'injector',
      statement: `No connection was open at the end of the drain, so the ${counted(drained.inFlight, 'operation')} still waiting could not get a response.`,
      value: drained.inFlight,
      threshold: 0,
      unit: 'count',
      count: last.witness.openedConnections,
    }),
  ];
};
