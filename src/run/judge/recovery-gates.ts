// A run at whose end nothing works is not met, whatever was asked of it.
import type {Gate, PhaseSummary} from '../../model/run.ts';

/** For a trial that is not missed anyway. */
export const recoveryGates = (phases: readonly PhaseSummary[]): Gate[] => {
  const last = phases.findLast(({role}) => role === 'recovery');
  if (!last || last.outcomes.ok > 0 || last.goodputPerSecond > 0) return [];
  return [
    {
      name: 'nothing-recovered',
      reason: `In the last recovery, ${last.phase}, none of the ${last.started} operations succeeded, and neither a goal nor a symptom explains why.`,
      advice: 'Lengthen the recovery to see whether the library recovers at all.',
    },
  ];
};
