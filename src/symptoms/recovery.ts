// Time to recover: from the end of the last fault until the first three good seconds in a row.
import type {Bin} from '../model/event.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {DriverMeasure, p99Ms, phasesOf} from './measure.ts';

export type Recovery =
  | {readonly kind: 'recovered'; readonly phase: number; readonly afterMs: number}
  /** `atLeastMs`: until then it was surely bad; what came later was not watched for three seconds. */
  | {
      readonly kind: 'not-recovered';
      readonly phase: number;
      readonly watchedMs: number;
      readonly atLeastMs: number;
    }
  | {readonly kind: 'unknown'; readonly reason: string};

/** Good means: success ≥ 99 % of the baseline's, and p99 ≤ 1.5 × the baseline's (symptom catalogue, slow-recovery). */
const successShare = 0.99;
/** Where operations fail on a calm network, too, some bins have more of them than others: 0.1 % have more than this. */
const chanceDeviations = 3;
const latencyFactor = 1.5;
/** On a fast network 1.5 × is less than one garbage collection: below this much more than the baseline nothing is slow. */
const latencySlackMs = 50;
const goodForMs = 3000;

/** The worst recovery of a trial. */
export const measureRecovery = (trial: Trial): Recovery =>
  recoveries(trial)[0] ?? {kind: 'unknown', reason: 'the scenario has no recovery phase'};

/**
 * Each recovery phase that follows on other phases has its own; the worst first. One that is planned too short to tell
 * says nothing as long as another does.
 */
export const recoveries = (trial: Trial): Recovery[] => {
  const all = phasesOf(trial, 'recovery')
    .filter(phase => trial.plan.phases[phase - 1]?.role !== 'recovery')
    .map(phase => ({phase, recovery: recoveryIn(trial, phase)}));
  const telling = all.filter(
    ({phase, recovery}) => recovery.kind !== 'unknown' || !isPlannedTooShort(trial, phase),
  );
  return (telling.length > 0 ? telling : all)
    .map(({recovery}) => recovery)
    .toSorted((a, b) => badnessMs(b) - badnessMs(a));
};

/** A phase begins within a bin, and that one does not count. */
const isPlannedTooShort = ({plan, driver}: Trial, phase: number): boolean =>
  (plan.phases[phase]?.durationMs ?? 0) < goodForMs + (driver.bins[0]?.durationMs ?? 0);

/** What has not recovered is worse than what is not known, and that than what took however long. */
const badnessMs = (recovery: Recovery): number => {
  switch (recovery.kind) {
    case 'recovered':
      return recovery.afterMs;
    case 'unknown':
      return 2 ** 40;
    case 'not-recovered':
      return 2 ** 41 + recovery.atLeastMs;
  }
};

const recoveryIn = (trial: Trial, phase: number): Recovery => {
  const window = phaseWindow(trial, phase);
  if (!window) return {kind: 'unknown', reason: 'the trial did not reach the recovery phase'};
  const isGood = goodness(trial);
  if (!isGood) return {kind: 'unknown', reason: 'no baseline to compare with'};
  const bins = trial.driver.bins.filter(
    bin => bin.startMs >= window.startMs && bin.startMs + bin.durationMs <= window.endMs,
  );
  if (!bins[0]) return {kind: 'unknown', reason: 'no operation started in the recovery phase'};
  const {durationMs} = bins[0];
  const wholeBins = Math.floor(window.endMs / durationMs) - Math.ceil(window.startMs / durationMs);
  if (wholeBins * durationMs < goodForMs) {
    return {kind: 'unknown', reason: `the recovery phase has less than ${goodForMs} ms to look at`};
  }
  const {fromMs, isLongEnough} = lastGood(bins, isGood);
  // The first bin begins up to its own length after the fault's end: if it is good, nothing was lost.
  const afterMs = fromMs - window.startMs < durationMs ? 0 : fromMs - window.startMs;
  return isLongEnough
    ? {kind: 'recovered', phase, afterMs}
    : {kind: 'not-recovered', phase, watchedMs: window.endMs - window.startMs, atLeastMs: afterMs};
};

/** Tells good bins from bad ones; null without a baseline that tells what is good. */
const goodness = (trial: Trial): ((bin: Bin) => boolean) | null => {
  const baseline = new DriverMeasure(trial, phasesOf(trial, 'baseline'));
  const {successRatio} = baseline;
  const baselineP99Ms = p99Ms(baseline.responseOk());
  if (successRatio === null || baselineP99Ms === null) return null;
  const limitMs = Math.max(latencyFactor * baselineP99Ms, baselineP99Ms + latencySlackMs);
  return bin =>
    bin.started > 0 &&
    isSuccessful(bin.outcomes.ok, bin.started + bin.dropped, successRatio) &&
    bin.p99Ms !== null &&
    bin.p99Ms <= limitMs;
};

/** Of so few operations as a bin has, one failure more is more than 1 %. */
const isSuccessful = (ok: number, count: number, baselineRatio: number): boolean => {
  const byChance = chanceDeviations * Math.sqrt(count * baselineRatio * (1 - baselineRatio));
  return ok >= Math.min(successShare * baselineRatio * count, baselineRatio * count - byChance);
};

/** The first good seconds that are long enough, or else where the last ones began: at the latest with the last bin's end. */
const lastGood = (
  bins: readonly Bin[],
  isGood: (bin: Bin) => boolean,
): {readonly fromMs: number; readonly isLongEnough: boolean} => {
  let sinceMs: number | null = null;
  let endMs = 0;
  for (const bin of bins) {
    endMs = bin.startMs + bin.durationMs;
    sinceMs = isGood(bin) ? (sinceMs ?? bin.startMs) : null;
    if (sinceMs !== null && endMs - sinceMs >= goodForMs) return {fromMs: sinceMs, isLongEnough: true};
  }
  return {fromMs: sinceMs ?? endMs, isLongEnough: false};
};
