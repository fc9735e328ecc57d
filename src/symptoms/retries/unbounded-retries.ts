// Operations that are tried again and again.

import {attemptCounts} from '../../measures/attempts.ts';
import {counted, firstIds, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {isWarmUp} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import {inconclusive, presentIf} from '../finding.ts';

export const unboundedRetries: Detector<'unbounded-retries'> = (trial, {attemptCount: threshold}) => {
  const witnesses = attemptCounts(trial);
  if (witnesses.length === 0) {
    return inconclusive('unbounded-retries', 'neither the target nor the library reports attempts');
  }
  const {operationPhases} = trial.driver;
  const many = witnesses.flatMap(({witness, counts}) =>
    trial.plan.phases.flatMap((_, phase) => {
      if (isWarmUp(trial, phase)) return [];
      const isOver = (index: number): boolean =>
        operationPhases[index] === phase && (counts[index] ?? 0) > threshold;
      let [most, over] = [0, 0];
      for (let index = 0; index < counts.length; index++) {
        if (!isOver(index)) continue;
        most = Math.max(most, counts[index]!);
        over++;
      }
      if (over === 0) return [];
      const name = phaseName(trial, phase);
      const statement = `${counted(over, 'operation')} of phase ${name} had more than ${threshold} attempts, with a maximum of ${most === 255 ? '255 or more' : most}.`;
      const operations = firstIds(trial, isOver);
      return [
        found(name, {witness, statement, value: most, threshold, unit: 'count', count: over, operations}),
      ];
    }),
  );
  return presentIf('unbounded-retries', 'warn', worstFirst(many).slice(0, 3));
};
