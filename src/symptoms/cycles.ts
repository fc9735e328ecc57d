// What a leak looks like over several cycles of fault and recovery, and how grave one is.
import type {Severity} from '../model/severity.ts';
import type {Trial} from '../model/trial.ts';

/** Two points make any line rise. */
const enoughCycles = 3;

/** Whether there are values enough to tell. */
export const areCycles = (values: readonly unknown[]): boolean => values.length >= enoughCycles;

/** Whether each value is greater than the one before. */
export const rises = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > values[index - 1]!);

/**
 * What cycles do not prove is a warning, unless the scenario names no goals: no leak is one of those that then stand in
 * for them (symptom catalogue, goals).
 */
export const leakSeverity = ({plan}: Trial, isProven: boolean): Severity =>
  isProven || Object.keys(plan.goals).length === 0 ? 'fail' : 'warn';
