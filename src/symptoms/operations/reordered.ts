// Applied in another order than submitted, where the order is promised.

import {counted, found, phaseName} from '../../measures/evidence.ts';
import type {Detector} from '../../model/finding.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

export const reordered: Detector<'reordered'> = (trial, {reorderedCount: threshold}) => {
  const order = trial.verified?.reordered;
  if (!order)
    return inconclusive(
      'reordered',
      'the scenario has no verify() that returns the order in which operations were applied',
    );
  if (order.count <= threshold) return clear('reordered');
  const phase = phaseName(trial, trial.driver.operationPhases[order.first[0]!]!);
  return presentIf('reordered', 'fail', [
    found(phase, {
      witness: 'target',
      statement: `${counted(order.count, 'operation')} applied before an earlier one with the same key.`,
      value: order.count,
      threshold,
      unit: 'count',
      count: trial.driver.outcomes.length,
      operations: order.first.slice(0, 3).map(index => `${trial.id}-${index}`),
    }),
  ]);
};
