// Where the figures of a phase count a symptom.
import type {SymptomId} from '../../model/finding.ts';
import type {PhaseSummary} from '../../model/run.ts';

export const symptomCounts: {
  readonly [symptom in SymptomId]?: (phase: PhaseSummary) => number | null;
} = {
  'hung-operation': phase => phase.outcomes.hung,
  'deadline-overrun': phase => phase.overrun,
  'duplicate-effect': phase => phase.duplicateCount,
  'crossed-response': phase => phase.outcomes.wrong,
};
