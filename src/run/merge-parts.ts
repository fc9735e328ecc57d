// The shards that are to be merged: read, and refused where they are not of one run.
import {basename, isAbsolute} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import type {RunRecord, Shard} from '../model/run.ts';
import type {RunFolder} from '../store/run-folder.ts';

/** A shard as it was saved. */
export type Part = {
  readonly folder: RunFolder;
  readonly record: RunRecord;
  readonly shard: Shard;
  /** By variant, the versions of the packages that its subjects loaded. */
  readonly versions: ReadonlyMap<string, Versions>;
};

type Versions = {readonly [name: string]: string};

/** @throws FoulweatherError FW_SHARD_FOREIGN, FW_SHARD_DOUBLE, FW_RUN_DAMAGED, FW_RUN_VERSION */
export const readParts = async (folders: readonly RunFolder[]): Promise<Part[]> => {
  const parts: Part[] = [];
  for (const folder of folders) parts.push(await readPart(folder));
  refuseMisfits(parts);
  return parts;
};

const readPart = async (folder: RunFolder): Promise<Part> => {
  const record = await folder.readRecord();
  const {shard} = record;
  if (!shard) {
    throw new FoulweatherError(
      'FW_SHARD_FOREIGN',
      `${folder.path} is ${record.merged ? 'a merged run already' : 'a whole run'}, not a shard of one.`,
      'Name only the folders of runs that were made with --shard.',
    );
  }
  const stray = record.trialIds.find(trialId => !isOf(record, shard, trialId));
  if (stray === undefined) return {folder, record, shard, versions: await loadedVersions(folder, record)};
  throw new FoulweatherError(
    'FW_SHARD_FOREIGN',
    `${folder.path} has a trial "${stray}", which is not one of shard ${shard.index} of ${shard.count}.`,
    'Copy the folder of that shard again.',
  );
};

/** `defaults-1`, and `defaults-1-part2` of a storm. */
const isOf = ({plan}: RunRecord, {rounds}: Shard, trialId: string): boolean => {
  const ids = plan.variants.flatMap(({name}) => rounds.map(round => `${name}-${round}`));
  return ids.includes(trialId) || ids.includes(trialId.replace(/-part\d+$/, ''));
};

const loadedVersions = async (folder: RunFolder, record: RunRecord): Promise<Map<string, Versions>> => {
  const versions = new Map<string, Versions>();
  for (const trialId of record.trialIds) {
    let variant = '';
    for await (const event of folder.readTrial(trialId, record.environment.foulweather)) {
      if (event.kind === 'trial') ({variant} = event);
      if (event.kind !== 'loaded') continue;
      versions.set(variant, {...versions.get(variant), ...event.versions});
      // The rest of a journal is long.
      break;
    }
  }
  return versions;
};

const refuseMisfits = (parts: readonly Part[]): void => {
  for (const [index, part] of parts.entries()) {
    const other = seriesDifferences(parts[0]!, part);
    if (other.length > 0) throw foreign(parts[0]!, part, other);
    const first = parts.find(({record}) => record.scenario === part.record.scenario) ?? part;
    const differences = scenarioDifferences(first, part);
    if (differences.length > 0) throw foreign(first, part, differences);
    const same = parts
      .slice(0, index)
      .find(
        ({record, shard}) => record.scenario === part.record.scenario && shard.index === part.shard.index,
      );
    if (same) throw double(same, part);
  }
};

const foreign = (first: Part, part: Part, differences: readonly string[]): FoulweatherError =>
  new FoulweatherError(
    'FW_SHARD_FOREIGN',
    `${part.folder.path} is not a shard of the same run as ${first.folder.path}:`,
    'Merge only shards that were made by the same command with the same code and versions.',
    {details: [...new Set(differences)]},
  );

const double = (one: Part, other: Part): FoulweatherError => {
  const unfinished = [one, other].find(({record}) => record.status !== 'complete');
  const {index, count} = one.shard;
  return new FoulweatherError(
    'FW_SHARD_DOUBLE',
    `Shard ${index} of ${count} of ${one.record.plan.name} is there twice: ${one.folder.path} and ${other.folder.path}.`,
    unfinished === undefined
      ? 'Leave one of them out.'
      : `Leave one of them out, such as ${unfinished.folder.path}, which did not complete.`,
  );
};

const difference = (name: string, before: unknown, now: unknown): string[] =>
  isDeepStrictEqual(before, now) ? [] : [`${name}: ${String(now)} instead of ${String(before)}`];

/** What all scenarios that were dealt out together have in common. */
const seriesDifferences = (first: Part, part: Part): string[] => {
  const [one, other] = [first.record, part.record];
  const [before, now] = [one.environment, other.environment];
  return [
    ...(first.shard.series === undefined && part.shard.series === undefined
      ? difference('scenario', one.scenario, other.scenario)
      : difference('scenarios dealt out', first.shard.series, part.shard.series)),
    ...difference('number of shards', first.shard.count, part.shard.count),
    ...difference('seed', one.seed, other.seed),
    ...difference('foulweather', before.foulweather, now.foulweather),
    // Outside of a repository it is not known.
    ...(before.commit === null || now.commit === null ? [] : difference('commit', before.commit, now.commit)),
  ];
};

const scenarioDifferences = (first: Part, part: Part): string[] => {
  const differing = planDifferences(first.record.plan, part.record.plan);
  return [
    ...difference('trials per variant', first.record.trialsPerVariant, part.record.trialsPerVariant),
    ...(differing.length === 0 ? [] : [`another plan: ${differing.join(', ')}`]),
    // Of packages that both have loaded: a process that crashed early has loaded fewer.
    ...[...part.versions].flatMap(([variant, versions]) =>
      Object.entries(versions).flatMap(([name, version]) =>
        difference(name, first.versions.get(variant)?.[name] ?? version, version),
      ),
    ),
  ];
};

/** The names of the fields that differ. */
const planDifferences = (one: Plan, other: Plan): string[] => {
  const [before, now] = [new Map(Object.entries(placeless(one))), new Map(Object.entries(placeless(other)))];
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    key => !isDeepStrictEqual(before.get(key), now.get(key)),
  );
};

/** Where a checkout lies on its machine does not make another plan. */
const placeless = ({variants, program, ...plan}: Plan): object => ({
  ...plan,
  variants: variants.map(({packages, ...variant}) => ({...variant, packages: withoutFolders(packages)})),
  program: withoutFolders(program),
});

const withoutFolders = (value: unknown): unknown => {
  if (typeof value === 'string') {
    const [, scheme = '', path = ''] = /^(file:(?:\/\/)?)?(.*)$/s.exec(value) ?? [];
    return isAbsolute(path) ? `${scheme}${basename(path)}` : value;
  }
  if (Array.isArray(value)) return value.map(withoutFolders);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutFolders(inner)]));
};
