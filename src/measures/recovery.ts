// Time to recover: from the end of the last fault until the first three good seconds in a row.
import type {Bin} from '../model/driver-witness.ts';
import {type Thresholds, thresholdsOf} from '../model/symptoms.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {DriverMeasure, p99Ms, phasesOf} from './measure.ts';

export type Recovery =
  | {readonly kind: 'recovered'; readonly phase: number; readonly afterMs: number}
  /** `atLeastMs`: until then it was certainly bad; what came later was not watched for three seconds. */
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

/**
 * Where operations fail on a calm network, too, some bins have more failures than others: 0.1 % of the bins have more
 * than this.
 */
const chanceDeviations = 3;

/**
 * By how much successes of a phase may be later because of the machine: `machineRatio` × the longest delay of the harness's
 * processes, which run on it, too.
 */
export const ofMachineMs =
  (trial: Trial) =>
  (phase: number): number => {
    const delaysMs = trial.harness
      .filter(sample => sample.phase === phase)
      .map(({loopDelayMaxMs}) => loopDelayMaxMs);
    return limitsOf(trial).machineRatio * Math.max(0, ...delaysMs);
  };

/** What is said where only that is an explanation. */
export const machineDoubt = (phase: string): string =>
  `what succeeded in phase ${phase} was late, and so was a process of the harness: the machine may be the cause`;

/** The worst recovery of a trial. */
export const measureRecovery = (trial: Trial, forgivenMs?: (phase: number) => number): Recovery =>
  recoveries(trial, forgivenMs)[0] ?? {kind: 'unknown', reason: 'the scenario has no recovery phase'};

/**
 * Each recovery phase that follows on other phases has its own; the worst first. One that is planned too short for it
 * counts only if all are.
 * @param forgivenMs by how much what succeeds may be later still, for reasons that are not the library's
 */
export const recoveries = (trial: Trial, forgivenMs: (phase: number) => number = () => 0): Recovery[] => {
  const all = phasesOf(trial, 'recovery')
    .filter(phase => trial.plan.phases[phase - 1]?.role !== 'recovery')
    .map(phase => ({phase, recovery: recoveryIn(trial, phase, forgivenMs(phase))}));
  const decisive = all.filter(
    ({phase, recovery}) => recovery.kind !== 'unknown' || !isPlannedTooShort(trial, phase),
  );
  return (decisive.length > 0 ? decisive : all)
    .map(({recovery}) => recovery)
    .toSorted((a, b) => badnessMs(b) - badnessMs(a));
};

/** A phase begins within a bin, and that one does not count. */
const isPlannedTooShort = (trial: Trial, phase: number): boolean =>
  (trial.plan.phases[phase]?.durationMs ?? 0) <
  limitsOf(trial).goodMs + (trial.driver.bins[0]?.durationMs ?? 0);

/** "Not recovered" is worse than "not known", and that is worse than any duration. */
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

const recoveryIn = (trial: Trial, phase: number, forgivenMs: number): Recovery => {
  const window = phaseWindow(trial, phase);
  if (!window) return {kind: 'unknown', reason: 'the trial did not reach the recovery phase'};
  const baseline = new DriverMeasure(trial, phasesOf(trial, 'baseline'));
  if (baseline.total('started') > 0 && baseline.count('ok') === 0) {
    return {kind: 'unknown', reason: 'nothing succeeded in the baseline'};
  }
  const look = lookOf(trial, baseline, forgivenMs);
  if (!look) return {kind: 'unknown', reason: 'no baseline to compare with'};
  const bins = wholeBinsIn(trial, window);
  if (!bins[0]) return {kind: 'unknown', reason: 'no operation started in the recovery phase'};
  const {durationMs} = bins[0];
  const wholeBins = Math.floor(window.endMs / durationMs) - Math.ceil(window.startMs / durationMs);
  const {goodMs} = limitsOf(trial);
  if (wholeBins * durationMs < goodMs) {
    return {kind: 'unknown', reason: `less than ${goodMs} ms of the recovery phase can be judged`};
  }
  const forgiven = failingInBaseline(trial, look, goodMs);
  const {fromMs, isLongEnough} = firstGood(bins, look, {goodMs, forgiven});
  // The first bin begins up to its own length after the fault's end: if it is good, nothing was lost.
  const afterMs = fromMs - window.startMs < durationMs ? 0 : fromMs - window.startMs;
  return isLongEnough
    ? {kind: 'recovered', phase, afterMs}
    : {kind: 'not-recovered', phase, watchedMs: window.endMs - window.startMs, atLeastMs: afterMs};
};

const wholeBinsIn = (trial: Trial, {startMs, endMs}: {startMs: number; endMs: number}): Bin[] =>
  trial.driver.bins.filter(
    bin => bin.startMs >= startMs && bin.startMs + bin.durationMs <= endMs && bin.started + bin.dropped > 0,
  );

/**
 * How a bin compares with the baseline. `failing`: too few successes, and those in time. `paused`: all but its slowest are
 * in time, and those are late by no more than a pause of the whole process, such as for a garbage collection.
 */
type Look = (bin: Bin) => 'good' | 'failing' | 'paused' | 'bad';

/** One pause within the good seconds is no relapse. Repeated ones are how the library is. */
const forgivenPauses = 1;

/** Null without a baseline to compare with. */
const lookOf = (trial: Trial, baseline: DriverMeasure, forgivenMs: number): Look | null => {
  const {successRatio} = baseline;
  const baselineP99Ms = p99Ms(baseline.responseOk());
  if (successRatio === null || baselineP99Ms === null) return null;
  const {successShare, latencyRatio, slackMs} = limitsOf(trial);
  const limitMs = Math.max(latencyRatio * baselineP99Ms, baselineP99Ms + slackMs) + forgivenMs;
  return bin => {
    const {started, dropped, outcomes, p50Ms: typicalMs, p99Ms: slowestMs} = bin;
    const isLate = slowestMs !== null && slowestMs > limitMs;
    const isPause =
      isLate && typicalMs !== null && typicalMs <= limitMs && slowestMs <= limitMs + pauseMsIn(trial, bin);
    if (started === 0 || (isLate && !isPause)) return 'bad';
    if (!isSuccessful(outcomes.ok, started + dropped, {successRatio, successShare})) {
      return isPause ? 'bad' : 'failing';
    }
    if (slowestMs === null) return 'bad';
    return isPause ? 'paused' : 'good';
  };
};

/** The longest delay of the subject's event loop while the bin lasted, by its samples. */
const pauseMsIn = ({resources}: Trial, {startMs, durationMs}: Bin): number => {
  const delaysMs = resources
    .filter(
      ({atMs}, index) => atMs > startMs && (resources[index - 1]?.atMs ?? startMs) < startMs + durationMs,
    )
    .map(({loopDelayMaxMs}) => loopDelayMaxMs);
  return Math.max(0, ...delaysMs);
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

/**
 * The most failing bins within `goodMs` of the baseline. Where failures come in clusters on a calm network, a
 * recovery with no more of them is as good as the baseline was.
 */
const failingInBaseline = (trial: Trial, look: Look, goodMs: number): number => {
  const counts = phasesOf(trial, 'baseline').flatMap(phase => {
    const window = phaseWindow(trial, phase);
    const bins = window ? wholeBinsIn(trial, window) : [];
    return bins.map(
      first =>
        bins.filter(
          bin =>
            bin.startMs >= first.startMs && bin.startMs < first.startMs + goodMs && look(bin) === 'failing',
        ).length,
    );
  });
  return Math.max(0, ...counts);
};

/** The first good seconds that are long enough, or else where the last ones began: at the latest with the last bin's end. */
const firstGood = (
  bins: readonly Bin[],
  look: Look,
  {goodMs, forgiven}: {readonly goodMs: number; readonly forgiven: number},
): {readonly fromMs: number; readonly isLongEnough: boolean} => {
  for (const [index, {startMs: fromMs}] of bins.entries()) {
    if (look(bins[index]!) !== 'good') continue;
    let failing = 0;
    let pauses = 0;
    let isGood = true;
    for (const bin of bins.slice(index)) {
      const seen = look(bin);
      if (seen === 'failing') failing++;
      if (seen === 'paused') pauses++;
      isGood = seen !== 'bad' && failing <= forgiven && pauses <= forgivenPauses;
      if (!isGood) break;
      if (bin.startMs + bin.durationMs - fromMs >= goodMs) return {fromMs, isLongEnough: true};
    }
    if (isGood) return {fromMs, isLongEnough: false};
  }
  const last = bins.at(-1);
  return {fromMs: last ? last.startMs + last.durationMs : 0, isLongEnough: false};
};
