// Faults that one process cannot be tried with, because it died or was wedged before: the phases that a fresh process
// is driven through.
import {nonEmpty} from './non-empty.ts';
import type {Phase, Plan} from './plan.ts';

/** Why the rest of a plan is left to a fresh subject. */
export type CutReason = 'wedged' | 'died';

/** A plan whose recoveries are prolonged until the library is back: its faults do not build on each other. */
const isStorm = (phases: readonly Phase[]): boolean =>
  phases.some(({prolongedToMs}) => prolongedToMs !== undefined);

/**
 * The phases for a fresh subject where another did not get beyond the phase `last`: those before the first fault once
 * more, and then all from the next fault on. Null where there are none, or the faults build on each other.
 */
export const phasesLeft = (phases: readonly Phase[], last: number): readonly number[] | null => {
  const isFault = ({role}: Phase): boolean => role === 'fault';
  const first = phases.findIndex(isFault);
  const next = phases.findIndex((phase, index) => index > last && isFault(phase));
  if (!isStorm(phases) || first < 0 || last < first || next < 0) return null;
  return [...phases.keys()].filter(index => index < first || index >= next);
};

/** The same plan with some of its phases only. */
export const withPhases = (plan: Plan, indexes: readonly number[]): Plan => ({
  ...plan,
  phases: nonEmpty(
    indexes.flatMap(index => plan.phases[index] ?? []),
    'phases',
  ),
});
