// An incomplete run: what is there is reported, but nothing can be concluded from it.
import {type Gate, type Judgement, type RunRecord, roundsOf, type TrialJudgement} from '../../model/run.ts';
import {startGateNames} from './start-gates.ts';

/** The judgement of its trials, but inconclusive unless the run came to its end with all of them. */
export const judgeWholeRun = (record: RunRecord, judgement: Judgement): Judgement => {
  const missing = missingShards(record);
  if (record.status !== 'complete') return {...judgement, verdict: 'inconclusive', gates: missing};
  const gates = [...missing, ...missingTrials(record, judgement)];
  return gates.length === 0 ? judgement : {...judgement, verdict: 'inconclusive', gates};
};

/** What nobody brought to the merged run. */
const missingShards = ({merged}: RunRecord): Gate[] =>
  (merged?.missing ?? []).map(({index, rounds}) => ({
    name: 'shard-missing',
    reason: `Shard ${index} of ${merged?.count} is missing, and with it ${rounds.length === 1 ? `trial ${rounds[0]}` : `trials ${rounds[0]} to ${rounds.at(-1)}`} of each variant.`,
    advice: `Run --shard ${index}/${merged?.count} again, and merge all shards.`,
  }));

/**
 * The last trial had no load, and so there were no others. Where it is of the judged variant, its gate is given as it is;
 * otherwise with the variant's name.
 */
const stoppedBy = (last: TrialJudgement | undefined, judged: string | undefined): Gate | null => {
  const gate = last?.gates.find(({name}) => startGateNames.includes(name));
  if (!last || !gate) return null;
  return last.variant === judged ? gate : {...gate, reason: `${last.variant}: ${gate.reason}`};
};

/** Of the run, or of each shard: any of them stops for itself. */
const lastTrials = ({merged}: RunRecord, {trials}: Judgement): (TrialJudgement | undefined)[] =>
  merged === undefined
    ? [trials.at(-1)]
    : merged.shards.map(({trialIds}) => trials.findLast(({trialId}) => trialIds.includes(trialId)));

/** The record says that all trials were made: their journals are gone, or do not say which trial they are of. */
const missingTrials = (record: RunRecord, judgement: Judgement): Gate[] => {
  const {variants} = record.plan;
  const rounds = roundsOf(record);
  const planned = variants.flatMap(({name}) => rounds.map(round => `${name}-${round}`));
  const missing = planned.filter(id => !judgement.trials.some(({trialId}) => trialId === id));
  if (missing.length === 0) return [];
  for (const last of lastTrials(record, judgement)) {
    const stopped = stoppedBy(last, variants.at(-1)?.name);
    if (stopped) return [stopped];
  }
  return [
    {
      name: 'trials-missing',
      reason: `${missing.length} of ${planned.length} planned trials ${missing.length === 1 ? 'is' : 'are'} missing: ${missing.join(', ')}.`,
      advice: 'Run the scenario again.',
    },
  ];
};
