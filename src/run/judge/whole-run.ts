// A run of which a part is missing: what is there may be told, and nothing may be concluded from it.
import type {Judgement, RunRecord} from '../../model/run.ts';

/** The judgement of its trials, but inconclusive unless the run came to its end with all of them. */
export const judgeWholeRun = (record: RunRecord, judgement: Judgement): Judgement => {
  const planned = record.trialsPerVariant * record.plan.variants.length;
  const isWhole = record.status === 'complete' && judgement.trials.length >= planned;
  return isWhole ? judgement : {...judgement, verdict: 'inconclusive'};
};
