// A run of four rounds as it would have been saved, whole or in shards. None of it ever ran.
import type {TrialEvent} from '../../src/model/event.ts';
import type {Calibration, RunRecord} from '../../src/model/run.ts';
import {roundOf, roundsOfShard, type ShardChoice} from '../../src/run/rounds.ts';
import {Journal} from '../../src/store/journal.ts';
import {RunFolder} from '../../src/store/run-folder.ts';
import {judgedRun} from './judged-run.ts';
import {journalOf, type PhaseStory, plan} from './run-journal.ts';

const trialsPerVariant = 4;

export const calibrationWith = (startLagP99Ms: number): Calibration => ({
  operationCount: 100,
  cpuUsPerOperation: 10 * startLagP99Ms,
  startLagP99Ms,
});

export type Changes = {
  readonly record?: Partial<RunRecord>;
  readonly environment?: Partial<RunRecord['environment']>;
  /** Of each trial's calm phase. */
  readonly calm?: PhaseStory;
  /** Instead of what each trial's journal would be. */
  readonly events?: (events: readonly TrialEvent[]) => readonly TrialEvent[];
};

/** The trials follow from the rounds, unless a change says otherwise. */
type Unfinished = Omit<RunRecord, 'trialIds'> & Partial<Pick<RunRecord, 'trialIds'>>;

const recordWith = ({record, environment}: Changes): Unfinished => {
  const {trialIds: _, ...some} = judgedRun().record;
  return {
    ...some,
    id: 'whole',
    scenario: 'small.ts',
    plan,
    trialsPerVariant,
    calibration: calibrationWith(1),
    environment: {...some.environment, ...environment},
    ...record,
  };
};

const saveRun = async (
  dataDir: string,
  rounds: readonly number[],
  record: Unfinished,
  {calm = {}, events: change = events => events}: Changes,
): Promise<RunFolder> => {
  const {folder, id} = await RunFolder.create(dataDir, record.id);
  const planned = rounds.flatMap(number => roundOf(plan.variants, number));
  for (const {trialId, variant, number} of planned) {
    const journal = new Journal((await folder.addTrial(trialId)).journalFile);
    // Each has figures of its own, so that none can stand for another.
    const slow = {okMs: (variant.name === 'after' ? 10 : 20) + number};
    for (const event of change(journalOf({variant: variant.name, number, calm, slow}))) journal.add(event);
    await journal.close();
  }
  await folder.writeRecord({trialIds: planned.map(({trialId}) => trialId), ...record, id});
  return folder;
};

export const saveWhole = (dataDir: string, changes: Changes = {}): Promise<RunFolder> =>
  saveRun(dataDir, [1, 2, 3, 4], recordWith(changes), changes);

export const saveShard = (
  dataDir: string,
  choice: ShardChoice,
  changes: Changes = {},
): Promise<RunFolder> => {
  const record = recordWith(changes);
  const {scenario} = record;
  const rounds = roundsOfShard(choice, {trialsPerVariant, scenario});
  const shard = {...choice, rounds};
  return saveRun(dataDir, rounds, {...record, id: `shard-${choice.index}`, shard}, changes);
};
