// foulweather report: evaluates saved runs again and renders their reports, offline; of several the weather report, too.
import {isDeepStrictEqual} from 'node:util';
import type {Command} from 'commander';
import {FoulweatherError} from '../../model/errors.ts';
import type {JudgedRun, RunRecord} from '../../model/run.ts';
import {languages, librariesIn} from '../../scenarios/pack.ts';
import type {Session} from '../cli-io.ts';
import {type DataOptions, dataDirOf, dataOption} from '../options.ts';
import {parseReporter, type ReporterChoice, reporterHelp, reportersOf} from '../reporter-option.ts';
import {findScenario} from '../scenario-file.ts';
import {shellQuote} from '../shell-quote.ts';
import type {WeatherOrigin} from '../weather-log.ts';

type Options = DataOptions & {
  readonly out?: string;
  readonly json?: boolean;
  readonly reporter?: ReporterChoice[];
};

export const addReportCommand = (root: Command, {io}: Session): void => {
  root
    .command('report')
    .description('re-evaluate saved runs and re-render their reports')
    .argument('<id...>', 'runs to render: IDs, or "latest"; several runs also give a weather report')
    .option('--out <dir>', 'directory for reports (default: reports, or reports/weather for several runs)')
    .addOption(dataOption())
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  foulweather report latest
  foulweather report latest --reporter markdown=comment.md
  foulweather report 2026-11-30T14-00-00-redis 2026-11-30T14-02-00-ioredis
`,
    )
    .action(async (ids: readonly string[], options: Options) => {
      const choices = reportersOf(options, ids.length);
      const [{RunFolder}, {reopenRun}, {writeReport}, {Reporters}, {WeatherLog}] = await Promise.all([
        import('../../store/run-folder.ts'),
        import('../../run/reopen.ts'),
        import('../write-report.ts'),
        import('../reporters.ts'),
        import('../weather-log.ts'),
      ]);
      const dataDir = dataDirOf(options, io);
      const folders = await Promise.all(ids.map(id => RunFolder.open(dataDir, id)));
      const out = options.out ?? (ids.length > 1 ? 'reports/weather' : 'reports');
      const reporters = new Reporters(io, choices, ids.length);
      const runs: JudgedRun[] = [];
      for (const folder of folders) {
        const run = await reopenRun(folder);
        refuseTwice(run, runs);
        runs.push(run);
        const scenarioFile = knownScenario(run.record.scenario, io.cwd);
        reporters.add({run, ...(await writeReport(io, {run, folder, out, scenarioFile}))});
      }
      await reporters.finish();
      if (runs.length === 1) return;
      const records = runs.map(({record}) => record);
      const weather = new WeatherLog(io, out, originOf(records));
      for (const run of runs) weather.add(run);
      await weather.write(new Date(Math.max(...records.map(endOf))));
    });
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
const originOf = (records: readonly RunRecord[]): WeatherOrigin => {
  const [{command, seed, plan}] = records as readonly [RunRecord, ...RunRecord[]];
  const common = optionsOf(command);
  const scenarios = new Set(records.map(({scenario}) => scenario));
  const language = languages.find(each =>
    isDeepStrictEqual(scenarios, new Set(librariesIn(each).map(({name}) => name))),
  );
  const pack = language === 'javascript' ? '--all' : `--all --language ${language}`;
  const names = language === undefined ? [...scenarios].map(shellQuote).join(' ') : pack;
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
