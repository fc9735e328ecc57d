// foulweather report: evaluates a saved run again and renders its report, offline.
import type {Command} from 'commander';
import {parseReporter, type ReporterChoice, reporterHelp, reportersOf} from '../reporter-option.ts';
import type {Session} from '../session.ts';

type Options = {readonly out: string; readonly json?: boolean; readonly reporter?: ReporterChoice[]};

export const addReportCommand = (root: Command, {io}: Session): void => {
  root
    .command('report')
    .description('re-evaluate a saved run and re-render its report')
    .argument('<id>', 'run to render: an ID or "latest"')
    .option('--out <dir>', 'directory for reports', 'reports')
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result as JSON')
    .action(async (id: string, options: Options) => {
      const choices = reportersOf(options, 1);
      const [{RunFolder}, {reopenRun}, {writeReport}, {Reporters}] = await Promise.all([
        import('../../store/run-folder.ts'),
        import('../../run/reopen.ts'),
        import('../write-report.ts'),
        import('../reporters.ts'),
      ]);
      const folder = await RunFolder.open(io.cwd, id);
      const run = await reopenRun(folder);
      const reporters = new Reporters(io, choices, 1);
      reporters.add({run, ...(await writeReport(io, {run, folder, out: options.out}))});
      await reporters.finish();
    });
};
