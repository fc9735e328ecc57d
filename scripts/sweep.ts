// What the scripts that make many runs share: lanes, a time limit, and results in a file, so that a sweep can be made in parts.
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {dirname, resolve} from 'node:path';
import type {PresentFinding} from '../src/model/finding.ts';
import type {JudgedRun, TrialJudgement} from '../src/model/run.ts';
import type {RunOptions} from '../src/run/run-options.ts';
import {runScenario} from '../src/run/run-scenario.ts';
import {version} from '../src/store/version.ts';
import {Lanes} from '../test/helpers/lanes.ts';

const minuteMs = 60_000;

export type SweepOptions<Result> = {
  /** Where the results go, after each one. */
  readonly file: string;
  /** Whether what is in that file already is done. */
  readonly resume: boolean;
  readonly lanes: number;
  /** No job begins later. */
  readonly minutes: number;
  /** Told of each result that is new. */
  readonly row: (result: Result) => string;
};

export type Job<Result> = {readonly key: string; readonly run: () => Promise<Result>};

export type Sweep<Result> = {
  readonly results: readonly Result[];
  readonly failed: readonly {readonly key: string; readonly error: string}[];
  readonly notBegun: readonly string[];
};

/** A job that throws is no result: it is tried again when the sweep goes on. */
export const sweep = async <Result>(
  jobs: readonly Job<Result>[],
  {file, resume, lanes: laneCount, minutes, row}: SweepOptions<Result>,
): Promise<Sweep<Result>> => {
  const known: Record<string, Result> = resume ? await readResults(file) : {};
  const failed: {key: string; error: string}[] = [];
  const notBegun: string[] = [];
  const lanes = new Lanes(laneCount);
  const untilMs = Date.now() + minutes * minuteMs;
  await mkdir(dirname(resolve(file)), {recursive: true});
  const take = async ({key, run}: Job<Result>): Promise<void> => {
    if (Date.now() >= untilMs) {
      notBegun.push(key);
      return;
    }
    try {
      const result = await run();
      known[key] = result;
      console.log(row(result));
      await writeFile(file, `${JSON.stringify(known, null, 2)}\n`);
    } catch (error) {
      failed.push({key, error: String(error)});
      console.log(`${key}: ${String(error)}`);
    }
  };
  await Promise.all(jobs.filter(({key}) => !(key in known)).map(job => lanes.take(() => take(job))));
  return {results: jobs.flatMap(({key}) => known[key] ?? []), failed, notBegun};
};

const readResults = async <Result>(file: string): Promise<Record<string, Result>> => {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Result>;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
};

export type OneRun = Pick<RunOptions, 'scenario' | 'scenarioFile' | 'baseDir' | 'seed' | 'profiles'> &
  Partial<Pick<RunOptions, 'variants' | 'reshape'>> & {readonly command: string};

/** One trial of each variant, with the servers that it needs. */
export const judgedRun = async ({command, ...options}: OneRun): Promise<JudgedRun> => {
  const {run} = await runScenario({
    variants: null,
    toxiproxyUrl: null,
    target: {targetUrl: null, startServices: true},
    trialsPerVariant: 1,
    command: () => command,
    version: version(),
    environment: process.env,
    now: () => new Date(),
    signal: new AbortController().signal,
    observer: {runStarted() {}, trialStarted() {}, trialEvent() {}},
    ...options,
  });
  return run;
};

export const presentIn = ({findings}: TrialJudgement): PresentFinding[] =>
  findings.filter(finding => finding.verdict === 'present');
