// All that waited is sent at once when the fault ends.
import type {Detector} from '../model/finding.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {ledgerGap, phasesOf} from './measure.ts';
import {found, inconclusive, phaseName, presentIf, worstFirst} from './say.ts';

export const replayBurst: Detector<'replay-burst'> = (trial, {burstRatio: threshold}) => {
  const {ledger} = trial;
  const gap = ledgerGap(trial);
  if (!ledger || gap !== null) return inconclusive('replay-burst', gap ?? 'the target keeps no ledger');
  const calm = phasesOf(trial, 'baseline').flatMap(phase => perSecond(trial, phase, null) ?? []);
  const calmPerSecond = Math.max(0, ...calm);
  if (calmPerSecond === 0) return inconclusive('replay-burst', 'there is no baseline to compare with');
  const bursts = phasesOf(trial, 'recovery').flatMap(phase => {
    const first = perSecond(trial, phase, 1000);
    if (first === null || first / calmPerSecond <= threshold) return [];
    const name = phaseName(trial, phase);
    const says = `${first.toFixed(0)} attempts per second when phase ${name} began, ${calmPerSecond.toFixed(0)} in the baseline.`;
    const value = first / calmPerSecond;
    return [
      found(name, {witness: 'target', says, value, threshold, unit: 'ratio', count: Math.round(first)}),
    ];
  });
  return presentIf('replay-burst', 'warn', worstFirst(bursts));
};

/** Attempts in a phase, or in its first `limitMs`; from the bin on in which it begins, for a burst comes at once. */
const perSecond = (trial: Trial, phase: number, limitMs: number | null): number | null => {
  const window = phaseWindow(trial, phase);
  const {ledger} = trial;
  if (!window || !ledger) return null;
  const {binMs, attemptsByBin} = ledger;
  const from = limitMs === null ? Math.ceil(window.startMs / binMs) : Math.floor(window.startMs / binMs);
  const endMs = limitMs === null ? window.endMs : window.startMs + limitMs;
  const to = Math.max(from + 1, Math.floor(endMs / binMs));
  const attempts = attemptsByBin.slice(from, to).reduce((sum, count) => sum + count, 0);
  return (attempts * 1000) / ((to - from) * binMs);
};
