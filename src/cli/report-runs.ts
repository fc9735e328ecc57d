// Evaluates saved runs and writes their reports; of several the weather report, too.
import {FoulweatherError} from '../model/errors.ts';
import type {JudgedRun, RunRecord} from '../model/run.ts';
import {reopenRun} from '../run/reopen.ts';
import {languages, librariesIn} from '../scenarios/pack.ts';
import type {RunFolder} from '../store/run-folder.ts';
import type {CliIo} from './cli-io.ts';
import type {ReporterChoice} from './reporter-option.ts';
import {Reporters} from './reporters.ts';
import {findScenario} from './scenario-file.ts';
import {shellQuote} from './shell-quote.ts';
import {WeatherLog, type WeatherOrigin} from './weather-log.ts';
import {writeReport} from './write-report.ts';

export type ReportRequest = {
  readonly folders: readonly RunFolder[];
  readonly reporters: readonly ReporterChoice[];
  /** Null: the usual one. */
  readonly out: string | null;
  /** Scenarios that belong to the weather report, and were not run. */
  readonly leftOut?: readonly {readonly scenario: string; readonly error: FoulweatherError}[];
};

/** @throws FoulweatherError FW_RUN_DAMAGED, FW_FILE_WRITE, FW_USAGE for two runs of one scenario */
export const reportRuns = async (
  io: CliIo,
  {folders, reporters: choices, out: wanted, leftOut = []}: ReportRequest,
): Promise<JudgedRun[]> => {
  const isSeries = folders.length + leftOut.length > 1;
  const out = wanted ?? (isSeries ? 'reports/weather' : 'reports');
  const reporters = new Reporters(io, choices, folders.length);
  const runs: JudgedRun[] = [];
  for (const folder of folders) {
    const run = await reopenRun(folder);
    refuseTwice(run, runs);
    runs.push(run);
    const scenarioFile = knownScenario(run.record.scenario, io.cwd);
    reporters.add({run, ...(await writeReport(io, {run, folder, out, scenarioFile}))});
  }
  await reporters.finish();
  if (!isSeries) return runs;
  const records = runs.map(({record}) => record);
  const weather = new WeatherLog(io, out, originOf(records, leftOut));
  for (const {scenario, error} of leftOut) weather.leaveOut(scenario, error);
  for (const run of runs) weather.add(run);
  await weather.write(new Date(Math.max(...records.map(endOf))));
  return runs;
};

/** @throws FoulweatherError FW_USAGE: the folder of a report has the name of its scenario */
const refuseTwice = ({record}: JudgedRun, earlier: readonly JudgedRun[]): void => {
  const other = earlier.find(run => run.record.plan.name === record.plan.name);
  if (!other) return;
  throw new FoulweatherError(
    'FW_USAGE',
    `${other.record.id} and ${record.id} are runs of one scenario, ${record.plan.name}, whose report can only be of one.`,
    'Name one run of each scenario.',
  );
};

/** What the runs have in common; of several seeds the first. */
const originOf = (
  records: readonly RunRecord[],
  leftOut: readonly {readonly scenario: string}[],
): WeatherOrigin => {
  const [{command, seed, plan}] = records as readonly [RunRecord, ...RunRecord[]];
  const common = optionsOf(command);
  const scenarios = [...records, ...leftOut].map(({scenario}) => scenario);
  const whole = languages.filter(each => librariesIn(each).every(({name}) => scenarios.includes(name)));
  const isPack = new Set(scenarios).size === whole.flatMap(librariesIn).length;
  const chosen = whole.join(',');
  const pack = chosen === 'javascript' ? '--all' : `--all --language ${chosen}`;
  const names = isPack ? pack : scenarios.map(shellQuote).join(' ');
  return {
    command: records.every(record => optionsOf(record.command) === common)
      ? `npx foulweather run ${names}${common}`
      : records.map(record => record.command).join(' && '),
    storm: records.every(record => record.plan.storm === plan.storm) ? (plan.storm ?? null) : null,
    seed,
    startedAt: new Date(Math.min(...records.map(({startedAt}) => Date.parse(startedAt)))),
  };
};

/** The command of a run without its scenario and variants. */
const optionsOf = (command: string): string =>
  command.replace(/^npx foulweather run \S+(?: --variant \S+)*/, '');

const endOf = ({endedAt, startedAt}: RunRecord): number => Date.parse(endedAt ?? startedAt);

/** As it was named then; null where there is none of that name now. */
const knownScenario = (name: string, cwd: string): string | null => {
  try {
    return findScenario(name, cwd);
  } catch {
    return null;
  }
};
