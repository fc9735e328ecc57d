// Writes a run's report.
import {join, relative} from 'node:path';
import type {JudgedRun} from '../model/run.ts';
import {renderTerminalSummary} from '../report/formats/terminal-summary.ts';
import {renderReport} from '../report/report.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {CliIo} from './cli-io.ts';
import {colours} from './colours.ts';
import {writeFiles} from './write-files.ts';

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
export const writeReport = async (io: CliIo, {run, folder, out}: WriteOptions): Promise<Outcome> => {
  const {files} = renderReport(run);
  const target = await writeFiles(io, {record: run.record, folder, out}, files);
  const path = relative(io.cwd, join(target, 'report.md'));
  return {summary: painted(io, run, renderTerminalSummary(run, path)), files};
};

/** The verdict, which is the first word, in its colour. */
const painted = (io: CliIo, {judgement}: JudgedRun, summary: string): string => {
  const {bold, green, red, yellow} = colours(io, io.stdout);
  const paint = {met: green, missed: red, inconclusive: yellow}[judgement.verdict];
  return summary.replace(/^\w+/, verdict => bold(paint(verdict)));
};
