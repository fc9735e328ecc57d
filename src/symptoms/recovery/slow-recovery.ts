// A slow recovery: not as good as the baseline within 5 s after the fault.

import {duration, type Found, found, phaseName} from '../../measures/evidence.ts';
import {DriverMeasure} from '../../measures/measure.ts';
import {aftermathDoubt, aftermathMs} from '../../measures/network-aftermath.ts';
import {
  machineDoubt,
  measureRecovery,
  ofMachineMs,
  type Recovery,
  recoveries,
} from '../../measures/recovery.ts';
import {ownStartNote} from '../../measures/server-outings.ts';
import type {Detector} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import type {Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const slowRecovery: Detector<'slow-recovery'> = (trial, thresholds) => {
  const slownesses = (forgivenMs?: (phase: number) => number): Found[] =>
    recoveries(trial, forgivenMs).flatMap(recovery => slownessOf(trial, recovery, thresholds));
  const slow = slownesses();
  const certain = new Set(slownesses(ofMachineMs(trial)).map(({phase}) => phase));
  const doubtful = slow.find(({phase}) => !certain.has(phase));
  if (doubtful && certain.size === 0) {
    return inconclusive('slow-recovery', machineDoubt(doubtful.phase));
  }
  const late = recoveries(trial).some(recovery => (tookMsOf(recovery) ?? 0) > thresholds.recoverMs);
  if (late && slow.length === 0) {
    return inconclusive(
      'slow-recovery',
      `it took longer than ${duration(thresholds.recoverMs)}, but ${aftermathDoubt}`,
    );
  }
  const gap = gapOf(measureRecovery(trial));
  return slow.length > 0 || gap === null
    ? presentIf(
        'slow-recovery',
        'fail',
        slow.filter(({phase}) => certain.has(phase)),
      )
    : inconclusive('slow-recovery', gap);
};

const slownessOf = (
  trial: Trial,
  recovery: Recovery,
  {recoverMs: threshold, goodMs}: Thresholds<'slow-recovery'>,
): Found[] => {
  const tookMs = tookMsOf(recovery);
  if (tookMs === null || recovery.kind === 'unknown') return [];
  if (tookMs <= threshold + aftermathMs(trial, recovery.phase)) return [];
  const end = `after the fault ended${ownStartNote(trial, recovery.phase)}.`;
  const statement =
    recovery.kind === 'recovered'
      ? `The first ${goodMs / 1000} good seconds in a row began ${duration(tookMs)} ${end}`
      : `There were no ${goodMs / 1000} good seconds in a row in the ${duration(recovery.watchedMs)} ${end}`;
  const count = new DriverMeasure(trial, [recovery.phase]).total('started');
  return [
    found(phaseName(trial, recovery.phase), {
      witness: 'driver',
      statement,
      value: tookMs,
      threshold,
      unit: 'ms',
      count,
    }),
  ];
};

/** At least; null where it is not known. */
const tookMsOf = (recovery: Recovery): number | null => {
  if (recovery.kind === 'unknown') return null;
  return recovery.kind === 'recovered' ? recovery.afterMs : recovery.atLeastMs;
};

/** Why it cannot be said that a recovery was in time; null where it can. */
const gapOf = (recovery: Recovery): string | null => {
  switch (recovery.kind) {
    case 'recovered':
      return null;
    case 'not-recovered':
      return `not recovered after ${duration(recovery.atLeastMs)}, but not observed for long enough after that`;
    case 'unknown':
      return recovery.reason;
  }
};
