// All that waited is sent at once when the fault ends.

import {found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {ledgerGap, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const secondMs = 1000;

export const replayBurst: Detector<'replay-burst'> = (trial, {burstRatio: threshold}) => {
  const {ledger} = trial;
  const gap = ledgerGap(trial);
  if (!ledger || gap !== null) return inconclusive('replay-burst', gap ?? 'the target keeps no ledger');
  if (!ledger.attemptTimes) return inconclusive('replay-burst', 'the times of attempts were not recorded');
  const calm = phasesOf(trial, 'baseline').flatMap(phase => perSecond(trial, phase) ?? []);
  const calmPerSecond = Math.max(0, ...calm);
  if (calmPerSecond === 0) return inconclusive('replay-burst', 'no baseline to compare with');
  const bursts = phasesOf(trial, 'recovery').flatMap(phase => {
    const first = inFirstSecond(trial, phase);
    if (first === null || first / calmPerSecond <= threshold) return [];
    const name = phaseName(trial, phase);
    const statement = `${first.toFixed(0)} attempts in the first second of phase ${name}, compared with ${calmPerSecond.toFixed(0)} per second in the baseline.`;
    const value = first / calmPerSecond;
    return [
      found(name, {witness: 'target', statement, value, threshold, unit: 'ratio', count: Math.round(first)}),
    ];
  });
  return presentIf('replay-burst', 'warn', worstFirst(bursts));
};

/** Attempts in the whole bins of a phase. */
const perSecond = (trial: Trial, phase: number): number | null => {
  const window = phaseWindow(trial, phase);
  const {ledger} = trial;
  if (!window || !ledger) return null;
  const {binMs, attemptsByBin} = ledger;
  const [from, to] = [Math.ceil(window.startMs / binMs), Math.floor(window.endMs / binMs)];
  if (to <= from) return null;
  const attempts = attemptsByBin.slice(from, to).reduce((sum, count) => sum + count, 0);
  return (attempts * 1000) / ((to - from) * binMs);
};

/** To the millisecond: a bin that the fault's end divides would hold what came before it. */
const inFirstSecond = (trial: Trial, phase: number): number | null => {
  const window = phaseWindow(trial, phase);
  const rows = trial.ledger?.attemptTimes;
  if (!window || !rows || window.endMs - window.startMs < secondMs) return null;
  return rows.reduce(
    (sum, [, ...times]) =>
      sum + times.filter(atMs => atMs >= window.startMs && atMs < window.startMs + secondMs).length,
    0,
  );
};
