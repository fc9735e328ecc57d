// Writes a run's report, and says on the terminal what came of the run.
import {existsSync, readFileSync} from 'node:fs';
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {codeUrl} from '../model/own-files.ts';
import type {Gate, JudgedRun} from '../model/run.ts';
import {renderTerminalSummary} from '../report/formats/terminal-summary.ts';
import {renderReport} from '../report/report.ts';
import {startGateNames} from '../run/judge/start-gates.ts';
import {codeFrame, placeInSource} from '../scenarios/code-frame.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {CliIo} from './cli-io.ts';
import {colours} from './colours.ts';
import {fromHere} from './error-text.ts';
import {writeFiles} from './write-files.ts';

export type WriteOptions = {
  readonly run: JudgedRun;
  readonly folder: RunFolder;
  /** Folder of all reports, relative to the working directory. */
  readonly out: string;
  /** Null where it is not there any more. */
  readonly scenarioFile: string | null;
};

/** What can be printed of it. */
export type Outcome = {
  readonly summary: string;
  /** By the name of the file. */
  readonly files: {readonly [name: string]: string};
};

/** The report lies twice: under `out`, where the newest of a scenario is found, and with the run's data. */
export const writeReport = async (
  io: CliIo,
  {run, folder, out, scenarioFile}: WriteOptions,
): Promise<Outcome> => {
  const {files} = renderReport(run);
  const target = await writeFiles(io, {record: run.record, folder, out}, files);
  const path = relative(io.cwd, join(target, 'report.md'));
  const summary = renderTerminalSummary(run, path, {
    excerpt: await excerptOf(run, scenarioFile),
    ...(io.stdout.columns !== undefined && {width: io.stdout.columns}),
    frame: line => fromHere(io, line),
  });
  return {summary: painted(io, run, summary), files};
};

/** The verdict, which is the first word, in its colour. */
const painted = (io: CliIo, {judgement}: JudgedRun, summary: string): string => {
  const {bold, green, red, yellow} = colours(io, io.stdout);
  const paint = {met: green, missed: red, inconclusive: yellow}[judgement.verdict];
  return summary.replace(/^\w+/, verdict => bold(paint(verdict)));
};

/** The function of the scenario that was under way, by the gate that tells of its failure. */
const functionOf: {readonly [gate: string]: string} = {
  'open-failed': 'open',
  'first-operation-failed': 'perform',
};

/**
 * The lines of the scenario that kept the run from its load: those where the error was thrown, and where its stack has none of
 * them, as with errors that Node makes behind a call, the function that was under way.
 */
const excerptOf = async ({judgement}: JudgedRun, scenarioFile: string | null): Promise<string[]> => {
  const gates = [...judgement.gates, ...judgement.trials.flatMap(trial => [...trial.gates])];
  const gate = gates.find(({name}) => startGateNames.includes(name));
  if (!gate) return [];
  const thrown = ownFrame(gate);
  if (thrown) return codeFrame(readFileSync(thrown.file, 'utf8'), thrown);
  const name = functionOf[gate.name];
  if (scenarioFile === null || name === undefined) return [];
  const source = readFileSync(scenarioFile, 'utf8');
  const place = await placeInSource(source, scenarioFile, ['subject', name]);
  return place === null ? [] : codeFrame(source, place);
};

type Frame = {readonly file: string; readonly line: number; readonly column: number};

/** The innermost that is neither Node's, nor a package's, nor ours. */
const ownFrame = ({stack = []}: Gate): Frame | null => {
  for (const line of stack) {
    const [, name, row, column] =
      /^at (?:.*\()?(file:.+?|[/\\].+?|[a-z]:\\.+?):(\d+):(\d+)\)?$/i.exec(line) ?? [];
    if (name === undefined || name.includes('/node_modules/') || name.startsWith(codeUrl)) continue;
    const file = name.startsWith('file:') ? fileURLToPath(name) : name;
    if (existsSync(file)) return {file, line: Number(row), column: Number(column)};
  }
  return null;
};
