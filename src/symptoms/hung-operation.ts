// Operations that never settle: not by their deadline and its grace of max(1 s, 10 %).
import type {Detector} from '../model/finding.ts';
import {hungAfterMs} from '../model/plan.ts';
import {counted, operationsWith, phaseName, presentIf} from './say.ts';

export const hungOperation: Detector<'hung-operation'> = (trial, {hungCount: threshold}) => {
  const limitMs = hungAfterMs(trial.plan.operation);
  const found = trial.driver.phases
    .filter(figures => figures.outcomes.hung > threshold)
    .sort((a, b) => b.outcomes.hung - a.outcomes.hung)
    .map(figures => {
      const {hung} = figures.outcomes;
      const phase = phaseName(trial, figures.phase);
      const later =
        figures.settledAfterHung === 0
          ? 'none of them settled later'
          : `${figures.settledAfterHung} settled later`;
      return {
        phase,
        evidence: {
          witness: 'driver' as const,
          says: `${counted(hung, 'operation')} of ${figures.started} in phase ${phase} had not settled ${Math.round(limitMs)} ms after the intended start; ${later}.`,
          value: hung,
          threshold,
          unit: 'count' as const,
          count: figures.started,
          operations: operationsWith(trial, figures.phase, 'hung'),
        },
      };
    });
  return presentIf('hung-operation', 'fail', found);
};
