// Puts a run's report where people look for it.
import {mkdir, writeFile} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {FoulweatherError} from '../model/errors.ts';
import type {JudgedRun} from '../model/run.ts';
import {renderSummary} from '../report/list.ts';
import {renderReport} from '../report/report.ts';
import type {RunFolder} from '../store/run-folder.ts';
import {colours} from './colours.ts';
import type {World} from './world.ts';

export type WriteOptions = {
  readonly run: JudgedRun;
  readonly folder: RunFolder;
  /** Folder of all reports, relative to the working directory. */
  readonly out: string;
};

/** What can be printed of it. */
export type Outcome = {
  readonly summary: string;
  /** By the name of the file. */
  readonly files: {readonly [name: string]: string};
};

/** The report lies twice: under `out`, where the newest of a scenario is found, and with the run's data. */
export const writeReport = async (world: World, {run, folder, out}: WriteOptions): Promise<Outcome> => {
  const {files} = renderReport(run);
  const target = resolve(world.cwd, out, run.record.plan.name);
  try {
    await mkdir(target, {recursive: true});
    for (const [name, text] of Object.entries(files)) {
      await folder.writeFile(name, text);
      await writeFile(join(target, name), text);
    }
  } catch (error) {
    throw new FoulweatherError(
      'FW_FILE_WRITE',
      `The report cannot be written to ${target}: ${error instanceof Error ? error.message : String(error)}`,
      `Choose another folder with --out; the run is saved: foulweather report ${run.record.id}`,
      {cause: error},
    );
  }
  const path = relative(world.cwd, join(target, 'report.md'));
  return {summary: painted(world, run, renderSummary(run, path)), files};
};

/** The verdict, which is the first word, in its colour. */
const painted = (world: World, {judgement}: JudgedRun, summary: string): string => {
  const {bold, green, red, yellow} = colours(world, world.stdout);
  const paint = {met: green, missed: red, inconclusive: yellow}[judgement.verdict];
  return summary.replace(/^\w+/, verdict => bold(paint(verdict)));
};
