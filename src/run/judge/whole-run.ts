// An incomplete run: what is there is reported, but nothing can be concluded from it.
import type {Gate, Judgement, RunRecord} from '../../model/run.ts';

/** The judgement of its trials, but inconclusive unless the run came to its end with all of them. */
export const judgeWholeRun = (record: RunRecord, judgement: Judgement): Judgement => {
  if (record.status !== 'complete') return {...judgement, verdict: 'inconclusive'};
  const gates = missingTrials(record, judgement);
  return gates.length === 0 ? judgement : {...judgement, verdict: 'inconclusive', gates};
};

/** The record says that all trials were made: their journals are gone, or do not say which trial they are of. */
const missingTrials = ({plan, trialsPerVariant}: RunRecord, {trials}: Judgement): Gate[] => {
  const planned = plan.variants.flatMap(({name}) =>
    Array.from({length: trialsPerVariant}, (_, round) => `${name}-${round + 1}`),
  );
  const missing = planned.filter(id => !trials.some(({trialId}) => trialId === id));
  if (missing.length === 0) return [];
  return [
    {
      name: 'trials-missing',
      reason: `${missing.length} of ${planned.length} planned trials ${missing.length === 1 ? 'is' : 'are'} missing: ${missing.join(', ')}.`,
      advice: 'Run the scenario again.',
    },
  ];
};
