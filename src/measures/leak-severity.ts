// How grave a leak is.
import type {Severity} from '../model/severity.ts';
import type {Trial} from '../model/trial.ts';

/**
 * What cycles do not prove is a warning, unless the scenario names no goals: no leak is one of those that then stand in
 * for them (symptom catalogue, goals).
 */
export const leakSeverity = ({plan}: Trial, isProven: boolean): Severity =>
  isProven || Object.keys(plan.goals).length === 0 ? 'fail' : 'warn';
