// An incomplete run: what is there is reported, but nothing can be concluded from it.
import type {Gate, Judgement, RunRecord, TrialJudgement} from '../../model/run.ts';
import {startGateNames} from './start-gates.ts';

/** The judgement of its trials, but inconclusive unless the run came to its end with all of them. */
export const judgeWholeRun = (record: RunRecord, judgement: Judgement): Judgement => {
  if (record.status !== 'complete') return {...judgement, verdict: 'inconclusive'};
  const gates = missingTrials(record, judgement);
  return gates.length === 0 ? judgement : {...judgement, verdict: 'inconclusive', gates};
};

/**
 * The last trial had no load, and so there were no others. Where it is of the judged variant, its gate is given as it is;
 * otherwise with the variant's name.
 */
const stoppedBy = (last: TrialJudgement | undefined, judged: string | undefined): Gate | null => {
  const gate = last?.gates.find(({name}) => startGateNames.includes(name));
  if (!last || !gate) return null;
  return last.variant === judged ? gate : {...gate, reason: `${last.variant}: ${gate.reason}`};
};

/** The record says that all trials were made: their journals are gone, or do not say which trial they are of. */
const missingTrials = ({plan, trialsPerVariant}: RunRecord, {trials}: Judgement): Gate[] => {
  const planned = plan.variants.flatMap(({name}) =>
    Array.from({length: trialsPerVariant}, (_, round) => `${name}-${round + 1}`),
  );
  const missing = planned.filter(id => !trials.some(({trialId}) => trialId === id));
  if (missing.length === 0) return [];
  const stopped = stoppedBy(trials.at(-1), plan.variants.at(-1)?.name);
  if (stopped) return [stopped];
  return [
    {
      name: 'trials-missing',
      reason: `${missing.length} of ${planned.length} planned trials ${missing.length === 1 ? 'is' : 'are'} missing: ${missing.join(', ')}.`,
      advice: 'Run the scenario again.',
    },
  ];
};
