// Operations that settle, but later than 1.1 × their deadline + 50 ms; more than 0.1 % of a phase counts,
// but for the warm-up, which is there to be slow.

import {counted, duration, grouped, phaseName} from '../../measures/evidence.ts';
import {isWarmUp} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {overrunAfterMs} from '../../model/plan.ts';
import {presentIf} from '../finding.ts';

export const deadlineOverrun: Detector<'deadline-overrun'> = (trial, {overrunShare: threshold}) => {
  const limitMs = overrunAfterMs(trial.plan.operation);
  const found = trial.driver.phases
    .filter(figures => !isWarmUp(trial, figures.phase))
    .map(figures => ({figures, ratio: figures.started === 0 ? 0 : figures.overrun / figures.started}))
    .filter(({ratio}) => ratio > threshold)
    .sort((a, b) => b.ratio - a.ratio)
    .map(({figures, ratio}) => {
      const phase = phaseName(trial, figures.phase);
      const slow = trial.driver.slowest.filter(
        operation =>
          operation.phase === figures.phase && operation.durationMs > limitMs && operation.status !== 'hung',
      );
      const hung =
        figures.outcomes.hung === 0 ? '' : `; another ${grouped(figures.outcomes.hung)} count as hung`;
      return {
        phase,
        evidence: {
          witness: 'driver' as const,
          statement: `${grouped(figures.overrun)} of ${counted(figures.started, 'operation')} in phase ${phase} settled later than ${duration(limitMs)} after their scheduled start${hung}.`,
          value: ratio,
          threshold,
          unit: 'share' as const,
          count: figures.started,
          operations: slow.slice(0, 3).map(operation => operation.id),
        },
      };
    });
  return presentIf('deadline-overrun', 'warn', found);
};
