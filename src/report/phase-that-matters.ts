// The phase to look into: where the baseline shows its worst symptom, else the first fault, else the last phase.
import type {RunStory} from './variants.ts';

/** Index in the plan. */
export const phaseThatMatters = ({run, baseline}: RunStory): number => {
  const {phases} = run.record.plan;
  const present = baseline.symptoms.flatMap(symptom => symptom.present);
  const worst = present.find(({severity}) => severity === 'fail') ?? present[0];
  const named = phases.findIndex(({name}) => name === worst?.phase);
  if (named >= 0) return named;
  const fault = phases.findIndex(({role}) => role === 'fault');
  return fault >= 0 ? fault : phases.length - 1;
};
