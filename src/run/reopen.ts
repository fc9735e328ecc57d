// A saved run becomes a judged one: when it ends, and again offline, with the current detectors.
import {FoulweatherError} from '../model/errors.ts';
import {calibrationOf, type JudgedRun, type RunRecord} from '../model/run.ts';
import type {Trial} from '../model/trial.ts';
import type {RunFolder} from '../store/run-folder.ts';
import {unreadable} from '../store/version.ts';
import {judgeRun} from './judge/judge.ts';
import {judgeWholeRun} from './judge/whole-run.ts';
import {TrialFold} from './trial/fold/trial-fold.ts';
import {withTraces} from './trial/whole-traces.ts';

/** What a run left behind, wherever that is kept. */
export type SavedRun = Pick<RunFolder, 'readRecord' | 'readTrial' | 'readSpans'>;

/** @throws FoulweatherError FW_RUN_DAMAGED, FW_RUN_VERSION */
export const reopenRun = async (folder: SavedRun): Promise<JudgedRun> => {
  const record = await folder.readRecord();
  const madeBy = record.environment.foulweather;
  try {
    const trials: Trial[] = [];
    for (const trialId of record.trialIds) {
      const fold = new TrialFold(record.plan);
      for await (const event of folder.readTrial(trialId, madeBy)) fold.add(event);
      const trial = fold.trial();
      if (trial) trials.push(trial);
    }
    return await judgedRun(record, trials, folder);
  } catch (error) {
    if (error instanceof FoulweatherError) throw error;
    // Of a journal the first events of each kind are checked; what is wrong in a later one shows here.
    const advice = 'Run the scenario again. If that run cannot be read either, please report it as a bug.';
    throw unreadable(`run ${record.id}`, error, madeBy, advice);
  }
};

/** With the traces of the operations that turned out to be worth a look. */
export const judgedRun = async (
  record: RunRecord,
  trials: readonly Trial[],
  folder: Pick<SavedRun, 'readSpans'>,
): Promise<JudgedRun> => {
  const variants = record.plan.variants.map(variant => variant.name);
  const judged = judgeRun(trials, variants, trialId => calibrationOf(record, trialId));
  const judgement = judgeWholeRun(record, judged);
  return withTraces({record, trials, judgement}, folder);
};
