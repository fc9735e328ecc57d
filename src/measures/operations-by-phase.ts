// Operations that show something, counted by phase: evidence with the first of their ids.
import type {Evidence} from '../model/finding.ts';
import type {Trial} from '../model/trial.ts';
import {counted, type Found, firstIds, found, phaseName, worstFirst} from './evidence.ts';
import {DriverMeasure} from './measure.ts';

export type ByPhase = {
  readonly witness: Evidence['witness'];
  /** Present with more than so many in a phase. */
  readonly threshold: number;
  /** Where that is not the operation's own phase. */
  readonly phaseOf?: (index: number) => number;
  /** @param count such as "3 operations" */
  readonly statement: (count: string, phase: string) => string;
};

export const operationsByPhase = (
  trial: Trial,
  shows: (index: number) => boolean,
  {witness, threshold, statement, phaseOf = index => trial.driver.operationPhases[index]!}: ByPhase,
): Found[] => {
  const {outcomes} = trial.driver;
  const counts = new Map<number, number>();
  for (let index = 0; index < outcomes.length; index++) {
    if (!shows(index)) continue;
    const phase = phaseOf(index);
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  return worstFirst(
    [...counts]
      .filter(([, count]) => count > threshold)
      .map(([phase, count]) => {
        const name = phaseName(trial, phase);
        return found(name, {
          witness,
          statement: statement(counted(count, 'operation'), name),
          value: count,
          threshold,
          unit: 'count',
          count: new DriverMeasure(trial, [phase]).total('started'),
          operations: firstIds(trial, index => shows(index) && phaseOf(index) === phase),
        });
      }),
  );
};
