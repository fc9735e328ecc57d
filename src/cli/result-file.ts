// What a user names to be compared → a result: a result.json, a folder with one in it, or a saved run.
import {existsSync} from 'node:fs';
import {readFile, stat} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import {didYouMean} from '../model/suggestions.ts';
import {runStory} from '../report/case-study/run-story.ts';
import type {Side} from '../report/comparison/run-diff.ts';
import {type Result, resultOf, resultSchemaVersion, withOneTrial} from '../report/formats/result.ts';
import {redactRun} from '../report/redact.ts';
import {reopenRun} from '../run/reopen.ts';
import {RunFolder} from '../store/run-folder.ts';
import {unreadable} from '../store/version.ts';

/** Where files are named from, and where runs are kept. */
export type ResultPlace = {readonly cwd: string; readonly dataDir: string};

/**
 * @param named a file, a folder or the id of a run; with `:variant` at its end another variant than the candidate, with
 * `:variant-3` the third trial of it alone
 * @throws FoulweatherError FW_UNKNOWN_RUN, FW_RUN_DAMAGED, FW_RUN_VERSION, FW_UNKNOWN_VARIANT
 */
export const openSide = async (place: ResultPlace, named: string): Promise<Side> => {
  const {source, part} = split(place.cwd, named);
  const {result, title} = await openResult(place, source);
  const wanted = part ?? result.candidate;
  const variant =
    result.variants.find(({name}) => name === wanted) ??
    result.variants.map(one => withOneTrial(one, wanted)).find(one => one !== null);
  if (variant) return {title: part === null ? title : `${title}:${part}`, result, variant};
  throw new FoulweatherError(
    'FW_UNKNOWN_VARIANT',
    `${source} has no variant or trial "${wanted}".`,
    didYouMean(
      wanted,
      result.variants.flatMap(({name, trials}) => [name, ...trials.map(({id}) => id)]),
    ),
  );
};

/** What follows the last colon is a variant or a trial, unless the whole is the name of a file. */
const split = (cwd: string, named: string): {source: string; part: string | null} => {
  const at = named.lastIndexOf(':');
  if (at <= 0 || existsSync(resolve(cwd, named))) return {source: named, part: null};
  return {source: named.slice(0, at), part: named.slice(at + 1)};
};

const openResult = async (
  {cwd, dataDir}: ResultPlace,
  source: string,
): Promise<{result: Result; title: string}> => {
  const path = resolve(cwd, source);
  if (!existsSync(path)) {
    const run = await reopenRun(await RunFolder.open(dataDir, source));
    return {result: resultOf(runStory(redactRun(run))), title: run.record.id};
  }
  const file = (await stat(path)).isDirectory() ? join(path, 'result.json') : path;
  return {result: await readResult(file), title: basename(dirname(file)) || source};
};

const readResult = async (file: string): Promise<Result> => {
  const {checkedResult, makerOf} = await import('../store/saved-schemas.ts');
  let saved: unknown;
  try {
    saved = JSON.parse(await readFile(file, 'utf8'));
    return checkedResult(saved, resultSchemaVersion) as Result;
  } catch (error) {
    const advice = 'Name a result.json, a folder with one, or the ID of a saved run.';
    throw unreadable(file, error, makerOf(saved), advice);
  }
};
