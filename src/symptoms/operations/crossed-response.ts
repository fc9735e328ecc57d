// Operations that were given the answer to another one.

import {counted, operationsWith, phaseName} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const crossedResponse: Detector<'crossed-response'> = (trial, {crossedCount: threshold}) => {
  const found = trial.driver.phases
    .filter(figures => figures.outcomes.wrong > threshold)
    .sort((a, b) => b.outcomes.wrong - a.outcomes.wrong)
    .map(figures => {
      const phase = phaseName(trial, figures.phase);
      return {
        phase,
        evidence: {
          witness: 'driver' as const,
          statement: `${counted(figures.outcomes.wrong, 'operation')} in phase ${phase} got a response with a different ID.`,
          value: figures.outcomes.wrong,
          threshold,
          unit: 'count' as const,
          count: figures.started,
          operations: operationsWith(trial, figures.phase, 'wrong'),
        },
      };
    });
  const echoed = trial.driver.phases.some(figures => figures.echoed > 0);
  return found.length === 0 && !echoed
    ? inconclusive(
        'crossed-response',
        'no response said which operation it was for (perform() can return echoedId)',
      )
    : presentIf('crossed-response', 'fail', found);
};
