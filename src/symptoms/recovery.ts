// Time to recover: from the end of the last fault until the first three good seconds in a row.
import type {Bin} from '../model/event.ts';
import {type Thresholds, thresholdsOf} from '../model/symptoms.ts';
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

/**
 * Good means, by default: success ≥ 99 % of the baseline's, and p99 ≤ 1.5 × the baseline's (symptom catalogue,
 * slow-recovery). On a fast network that is less than one garbage collection: below the slack nothing is slow.
 */
const limitsOf = ({plan}: Trial): Thresholds<'slow-recovery'> =>
  thresholdsOf('slow-recovery', plan.thresholds);

/** Where operations fail on a calm network, too, some bins have more of them than others: 0.1 % have more than this. */
const chanceDeviations = 3;

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
const isPlannedTooShort = (trial: Trial, phase: number): boolean =>
  (trial.plan.phases[phase]?.durationMs ?? 0) <
  limitsOf(trial).goodMs + (trial.driver.bins[0]?.durationMs ?? 0);

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
    bin =>
      bin.startMs >= window.startMs &&
      bin.startMs + bin.durationMs <= window.endMs &&
      bin.started + bin.dropped > 0,
  );
  if (!bins[0]) return {kind: 'unknown', reason: 'no operation started in the recovery phase'};
  const {durationMs} = bins[0];
  const wholeBins = Math.floor(window.endMs / durationMs) - Math.ceil(window.startMs / durationMs);
  const {goodMs} = limitsOf(trial);
  if (wholeBins * durationMs < goodMs) {
    return {kind: 'unknown', reason: `the recovery phase has less than ${goodMs} ms to look at`};
  }
  const {fromMs, isLongEnough} = lastGood(bins, isGood, goodMs);
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
  const {successShare, latencyRatio, slackMs} = limitsOf(trial);
  const limitMs = Math.max(latencyRatio * baselineP99Ms, baselineP99Ms + slackMs);
  return bin =>
    bin.started > 0 &&
    isSuccessful(bin.outcomes.ok, bin.started + bin.dropped, {successRatio, successShare}) &&
    bin.p99Ms !== null &&
    bin.p99Ms <= limitMs;
};

/** Of so few operations as a bin has, one failure more is more than 1 %. */
const isSuccessful = (
  ok: number,
  count: number,
  {successRatio, successShare}: {readonly successRatio: number; readonly successShare: number},
): boolean => {
  const byChance = chanceDeviations * Math.sqrt(count * successRatio * (1 - successRatio));
  return ok >= Math.min(successShare * successRatio * count, successRatio * count - byChance);
};

/** The first good seconds that are long enough, or else where the last ones began: at the latest with the last bin's end. */
const lastGood = (
  bins: readonly Bin[],
  isGood: (bin: Bin) => boolean,
  goodMs: number,
): {readonly fromMs: number; readonly isLongEnough: boolean} => {
  let sinceMs: number | null = null;
  let endMs = 0;
  for (const bin of bins) {
    endMs = bin.startMs + bin.durationMs;
    sinceMs = isGood(bin) ? (sinceMs ?? bin.startMs) : null;
    if (sinceMs !== null && endMs - sinceMs >= goodMs) return {fromMs: sinceMs, isLongEnough: true};
  }
  return {fromMs: sinceMs ?? endMs, isLongEnough: false};
};
