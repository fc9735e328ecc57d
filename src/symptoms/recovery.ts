// Time to recover: from the end of the last fault until the first three good seconds in a row.
import type {Bin} from '../model/event.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {DriverMeasure, p99Ms, phasesOf} from './measure.ts';

export type Recovery =
  | {readonly kind: 'recovered'; readonly afterMs: number}
  | {readonly kind: 'not-recovered'; readonly watchedMs: number}
  | {readonly kind: 'unknown'; readonly reason: string};

/** Good means: success ≥ 99 % of the baseline's, and p99 ≤ 1.5 × the baseline's (symptom catalogue, slow-recovery). */
const successShare = 0.99;
const latencyFactor = 1.5;
/** On a fast network 1.5 × is less than one garbage collection: below this much more than the baseline nothing is slow. */
const latencySlackMs = 50;
const goodForMs = 3000;

export const measureRecovery = (trial: Trial): Recovery => {
  const [phase] = phasesOf(trial, 'recovery');
  if (phase === undefined) return {kind: 'unknown', reason: 'the scenario has no recovery phase'};
  const window = phaseWindow(trial, phase);
  if (!window) return {kind: 'unknown', reason: 'the trial did not reach the recovery phase'};
  const baseline = new DriverMeasure(trial, phasesOf(trial, 'baseline'));
  const baselineSuccess = baseline.successRatio;
  const baselineP99Ms = p99Ms(baseline.responseOk());
  if (baselineSuccess === null || baselineP99Ms === null) {
    return {kind: 'unknown', reason: 'no baseline to compare with'};
  }
  const limitMs = Math.max(latencyFactor * baselineP99Ms, baselineP99Ms + latencySlackMs);
  const isGood = (bin: Bin): boolean =>
    bin.started > 0 &&
    bin.outcomes.ok / (bin.started + bin.dropped) >= successShare * baselineSuccess &&
    bin.p99Ms !== null &&
    bin.p99Ms <= limitMs;
  const bins = trial.driver.bins.filter(
    bin => bin.startMs >= window.startMs && bin.startMs + bin.durationMs <= window.endMs,
  );
  if (bins.length * (bins[0]?.durationMs ?? 0) < goodForMs) {
    return {kind: 'unknown', reason: `the recovery phase has less than ${goodForMs} ms to look at`};
  }
  const afterMs = firstGood(bins, isGood, window.startMs);
  return afterMs === null
    ? {kind: 'not-recovered', watchedMs: window.endMs - window.startMs}
    : {kind: 'recovered', afterMs};
};

const firstGood = (bins: readonly Bin[], isGood: (bin: Bin) => boolean, fromMs: number): number | null => {
  let since: Bin | null = null;
  for (const bin of bins) {
    since = isGood(bin) ? (since ?? bin) : null;
    // The first bin begins up to its own length after the fault's end: if it is good, nothing was lost.
    if (since && bin.startMs + bin.durationMs - since.startMs >= goodForMs) {
      return since === bins[0] ? 0 : since.startMs - fromMs;
    }
  }
  return null;
};
