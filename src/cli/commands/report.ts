// foulweather report: evaluates saved runs again and renders their reports, offline; of several the weather report, too.
import type {Command} from 'commander';
import type {Session} from '../cli-io.ts';
import {type DataOptions, dataDirOf, dataOption} from '../options.ts';
import {parseReporter, type ReporterChoice, reporterHelp, reportersOf} from '../reporter-option.ts';

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
      const reporters = reportersOf(options, ids.length);
      const [{RunFolder}, {reportRuns}] = await Promise.all([
        import('../../store/run-folder.ts'),
        import('../report-runs.ts'),
      ]);
      const dataDir = dataDirOf(options, io);
      const folders = await Promise.all(ids.map(id => RunFolder.open(dataDir, id)));
      await reportRuns(io, {folders, reporters, out: options.out ?? null});
    });
};
