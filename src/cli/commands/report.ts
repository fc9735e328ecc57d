// foulweather report: evaluates a saved run again and renders its report, offline.
import type {Command} from 'commander';
import type {Session} from '../cli-io.ts';
import {type DataOptions, dataDirOf, dataOption, outOption} from '../options.ts';
import {parseReporter, type ReporterChoice, reporterHelp, reportersOf} from '../reporter-option.ts';
import {findScenario} from '../scenario-file.ts';

type Options = DataOptions & {
  readonly out: string;
  readonly json?: boolean;
  readonly reporter?: ReporterChoice[];
};

export const addReportCommand = (root: Command, {io}: Session): void => {
  root
    .command('report')
    .description('re-evaluate a saved run and re-render its report')
    .argument('<id>', 'run to render: an ID, or "latest"')
    .addOption(outOption())
    .addOption(dataOption())
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  foulweather report latest
  foulweather report latest --reporter markdown=comment.md
`,
    )
    .action(async (id: string, options: Options) => {
      const choices = reportersOf(options, 1);
      const [{RunFolder}, {reopenRun}, {writeReport}, {Reporters}] = await Promise.all([
        import('../../store/run-folder.ts'),
        import('../../run/reopen.ts'),
        import('../write-report.ts'),
        import('../reporters.ts'),
      ]);
      const folder = await RunFolder.open(dataDirOf(options, io), id);
      const run = await reopenRun(folder);
      const reporters = new Reporters(io, choices, 1);
      const scenarioFile = knownScenario(run.record.scenario, io.cwd);
      reporters.add({run, ...(await writeReport(io, {run, folder, out: options.out, scenarioFile}))});
      await reporters.finish();
    });
};

/** As it was named then; null where there is none of that name now. */
const knownScenario = (name: string, cwd: string): string | null => {
  try {
    return findScenario(name, cwd);
  } catch {
    return null;
  }
};
