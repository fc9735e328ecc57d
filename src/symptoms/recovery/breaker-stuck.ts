// A circuit breaker that stays open although the way is free: operations are refused locally.

import {counted, duration, found, phaseName} from '../../measures/evidence.ts';
import {phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const breakerStuck: Detector<'breaker-stuck'> = (trial, {resetMs, graceMs}) => {
  const phase = phasesOf(trial, 'recovery').at(-1);
  const window = phase === undefined ? null : phaseWindow(trial, phase);
  if (phase === undefined || !window)
    return inconclusive('breaker-stuck', 'the trial did not reach a recovery phase');
  const bins = trial.driver.bins.filter(bin => bin.startMs >= window.startMs && bin.startMs < window.endMs);
  const isOpen = ({started, outcomes}: (typeof bins)[0]): boolean =>
    outcomes.rejected > 0 && outcomes.rejected * 2 >= started;
  const open = bins.filter(isOpen);
  const last = open.at(-1);
  const limitMs = resetMs + graceMs;
  const openMs = last ? last.startMs + last.durationMs - window.startMs : 0;
  if (openMs <= limitMs) {
    return last !== undefined && last === bins.at(-1)
      ? inconclusive(
          'breaker-stuck',
          `the breaker was open to the end, but was observed for less than ${duration(limitMs)}`,
        )
      : clear('breaker-stuck');
  }
  const rejected = open.reduce((sum, {outcomes}) => sum + outcomes.rejected, 0);
  const name = phaseName(trial, phase);
  return presentIf('breaker-stuck', 'fail', [
    found(name, {
      witness: 'driver',
      statement: `${counted(rejected, 'operation')} rejected locally after the fault, the last ${duration(openMs)} after its end.`,
      value: openMs,
      threshold: limitMs,
      unit: 'ms',
      count: rejected,
    }),
  ]);
};
