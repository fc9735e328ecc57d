// Merging: the shards of a run, made by several machines, become one saved run, as if one machine had made it.
import {rm} from 'node:fs/promises';
import {messageOf} from '../model/error-message.ts';
import {FoulweatherError} from '../model/errors.ts';
import type {Calibration, Merged, MergedShard, RunRecord, RunStatus, Shard} from '../model/run.ts';
import {RunFolder, runIdOf} from '../store/run-folder.ts';
import type {Part} from './merge-parts.ts';
import {shardOfRound} from './rounds.ts';
import {calibrationId} from './trial/calibrate.ts';

export type MergeOptions = {
  /** Where the merged runs are saved. */
  readonly dataDir: string;
  readonly now: () => Date;
};

export type MergedRuns = {
  /** One for each scenario, in the order in which they were dealt out. */
  readonly folders: readonly RunFolder[];
  /** Scenarios of the series of which no shard has a run. */
  readonly leftOut: readonly {readonly scenario: string; readonly error: FoulweatherError}[];
};

/**
 * A shard that is missing is no error: the run that lacks it is inconclusive.
 * @param parts one at least
 * @throws FoulweatherError FW_FILE_WRITE
 */
export const mergeShards = async (parts: readonly Part[], options: MergeOptions): Promise<MergedRuns> => {
  const byScenario = Map.groupBy(parts, ({record}) => record.scenario);
  const {shard} = parts[0]!;
  const scenarios = shard.series ?? [...byScenario.keys()];
  const merged: RunFolder[] = [];
  for (const scenario of scenarios) {
    const own = byScenario.get(scenario);
    if (own) merged.push(await mergeOne(own, options));
  }
  const leftOut = scenarios
    .filter(scenario => !byScenario.has(scenario))
    .map(scenario => ({scenario, error: absence(scenario, shard)}));
  return {folders: merged, leftOut};
};

const absence = (scenario: string, shard: Shard): FoulweatherError => {
  const index = shardOfRound(1, {trialsPerVariant: 1, scenario}, shard);
  return new FoulweatherError(
    'FW_SHARD_MISSING',
    'No shard has a run of it.',
    `Shard ${index} of ${shard.count} was to run it: see what that one printed, or whether it is missing.`,
  );
};

/** @param all of one scenario */
const mergeOne = async (all: readonly Part[], {dataDir, now}: MergeOptions): Promise<RunFolder> => {
  const parts = all.toSorted((a, b) => (a.shard.rounds[0] ?? 0) - (b.shard.rounds[0] ?? 0));
  const {folder, id} = await RunFolder.create(dataDir, runIdOf(now(), parts[0]!.record.plan.name));
  try {
    for (const {folder: from, record, shard} of parts) {
      for (const trialId of record.trialIds) await folder.copyTrial(from, trialId);
      await folder.copyTrial(from, calibrationId, `${calibrationId}-${shard.index}`);
    }
    await folder.writeRecord(recordOf(parts, id));
    return folder;
  } catch (error) {
    await rm(folder.path, {recursive: true, force: true});
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new FoulweatherError(
      'FW_FILE_WRITE',
      `Cannot save the merged run in ${folder.path}: ${messageOf(error)}`,
      'Make room, or name another folder with --data.',
      {cause: error},
    );
  }
};

const recordOf = (parts: readonly Part[], id: string): RunRecord => {
  const records = parts.map(({record}) => record);
  const {shard: _shard, relayed: _relayed, ...first} = records[0]!;
  const ends = records.map(({endedAt}) => endedAt);
  const relayed = relayedBy(records);
  return {
    ...first,
    id,
    merged: mergedOf(parts),
    startedAt: records.map(({startedAt}) => startedAt).sort()[0]!,
    status: worstOf(records.map(({status}) => status)),
    endedAt: ends.includes(null) ? null : (ends.toSorted().at(-1) ?? null),
    calibration: costliest(records.map(({calibration}) => calibration)),
    trialIds: records.flatMap(({trialIds}) => [...trialIds]),
    ...(relayed && {relayed}),
  };
};

const mergedOf = (parts: readonly Part[]): Merged => {
  const {record, shard} = parts[0]!;
  const made = parts.flatMap(part => [...part.shard.rounds]);
  const rounds = Array.from({length: record.trialsPerVariant}, (_, index) => index + 1);
  const missing = Map.groupBy(
    rounds.filter(round => !made.includes(round)),
    round => shardOfRound(round, record, shard),
  );
  return {
    count: shard.count,
    shards: parts.map(mergedShard),
    missing: [...missing].map(([index, own]) => ({index, rounds: own})),
  };
};

const mergedShard = ({record, shard: {index, rounds}}: Part): MergedShard => {
  const {id: runId, startedAt, endedAt, status, environment, calibration, trialIds} = record;
  return {index, rounds, runId, startedAt, endedAt, status, environment, calibration, trialIds};
};

const worstOf = (statuses: readonly RunStatus[]): RunStatus =>
  (['failed', 'running', 'interrupted'] as const).find(status => statuses.includes(status)) ?? 'complete';

const costliest = (calibrations: readonly (Calibration | null)[]): Calibration | null =>
  calibrations
    .filter(calibration => calibration !== null)
    .toSorted((a, b) => b.cpuUsPerOperation - a.cpuUsPerOperation)[0] ?? null;

const relayedBy = (records: readonly RunRecord[]): RunRecord['relayed'] => {
  const all = records.flatMap(({relayed}) => relayed ?? []);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  const [first] = all;
  return (
    first && {
      endpoint: first.endpoint,
      sentCount: sum(all.map(({sentCount}) => sentCount)),
      droppedCount: sum(all.map(({droppedCount}) => droppedCount)),
      lastError: all.findLast(({lastError}) => lastError !== null)?.lastError ?? null,
    }
  );
};
