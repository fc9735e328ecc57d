// The fault is long gone, and the system stays bad because of the client's own retries.

import {duration, found, phaseName} from '../../measures/evidence.ts';
import {DriverMeasure, ledgerGap, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const metastable: Detector<'metastable'> = (trial, thresholds) => {
  const {goodputShare, attemptsRatio, deadlineCount} = thresholds;
  // Deadlines that must have passed: after that, what was in flight with the fault is no longer the cause.
  const afterMs = Math.max(thresholds.afterMs, deadlineCount * trial.plan.operation.deadlineMs);
  const phase = phasesOf(trial, 'recovery').at(-1);
  const window = phase === undefined ? null : phaseWindow(trial, phase);
  const baseline = phasesOf(trial, 'baseline').flatMap(index => phaseWindow(trial, index) ?? []);
  if (phase === undefined || !window)
    return inconclusive('metastable', 'the trial did not reach a recovery phase');
  const bins = trial.driver.bins.filter(
    bin => bin.startMs >= window.startMs + afterMs && bin.startMs + bin.durationMs <= window.endMs,
  );
  if (bins.length === 0) {
    return inconclusive('metastable', `the recovery was not observed for longer than ${duration(afterMs)}`);
  }
  const baselineMs = baseline.reduce((sum, {startMs, endMs}) => sum + endMs - startMs, 0);
  if (baselineMs === 0) return inconclusive('metastable', 'no baseline to compare with');
  const calm = new DriverMeasure(trial, phasesOf(trial, 'baseline')).count('ok') / baselineMs;
  const watchedMs = bins.reduce((sum, {durationMs}) => sum + durationMs, 0);
  const share = bins.reduce((sum, {outcomes}) => sum + outcomes.ok, 0) / watchedMs / calm;
  if (share >= goodputShare) return clear('metastable');
  const {ledger} = trial;
  if (!ledger || ledgerGap(trial) !== null) {
    return inconclusive(
      'metastable',
      'goodput stays low, but attempts, which would explain it, were not counted',
    );
  }
  const started = bins.reduce((sum, bin) => sum + bin.started, 0);
  const [from, to] = [bins[0]!.startMs, bins.at(-1)!.startMs + bins.at(-1)!.durationMs];
  const attempts = ledger.attemptsByBin
    .slice(Math.floor(from / ledger.binMs), Math.ceil(to / ledger.binMs))
    .reduce((sum, count) => sum + count, 0);
  const ratio = attempts / Math.max(1, started);
  if (ratio <= attemptsRatio) return clear('metastable');
  const name = phaseName(trial, phase);
  return presentIf('metastable', 'fail', [
    found(name, {
      witness: 'driver',
      statement: `Later than ${duration(afterMs)} after the fault, goodput was ${(share * 100).toFixed(0)}% of the baseline's, at ${ratio.toFixed(2)} attempts per operation.`,
      value: share,
      threshold: goodputShare,
      unit: 'share',
      count: started,
    }),
  ]);
};
