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
 * Whether they rise by more than `least` from the first to the last, and are still rising in their second half. One value that
 * dips does not hide a leak, and a cache that fills makes none.
 */
export const keepRising = (values: readonly number[], least: number): boolean =>
  riseByTrend(values) > least && riseByTrend(values.slice(values.length >> 1)) > least / 4;

/** From the first to the last, by the median of the slopes between all pairs (Theil and Sen). */
const riseByTrend = (values: readonly number[]): number => {
  const slopes = values
    .flatMap((value, index) =>
      values.slice(index + 1).map((later, between) => (later - value) / (between + 1)),
    )
    .toSorted((a, b) => a - b);
  const middle = slopes.length >> 1;
  const median =
    slopes.length % 2 === 1 ? slopes[middle]! : ((slopes[middle - 1] ?? 0) + (slopes[middle] ?? 0)) / 2;
  return median * (values.length - 1);
};

/**
 * What cycles do not prove is a warning, unless the scenario names no goals: no leak is one of those that then stand in
 * for them (symptom catalogue, goals).
 */
export const leakSeverity = ({plan}: Trial, isProven: boolean): Severity =>
  isProven || Object.keys(plan.goals).length === 0 ? 'fail' : 'warn';
