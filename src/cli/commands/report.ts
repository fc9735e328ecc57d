// foulweather report: judges and renders a saved run again, offline.
import type {Command} from 'commander';
import type {Session} from '../session.ts';

export const addReportCommand = (root: Command, {world}: Session): void => {
  root
    .command('report')
    .description('judge and render a saved run again')
    .argument('<id>', 'the run, as `foulweather run` named it, or «latest»')
    .option('--out <dir>', 'where reports go', 'reports')
    .option('--json', 'print the result as JSON, and nothing else')
    .action(async (id: string, options: {out: string; json?: boolean}) => {
      const {RunFolder} = await import('../../store/run-folder.ts');
      const {reopenRun} = await import('../../run/reopen.ts');
      const {writeReport} = await import('../write-report.ts');
      const folder = await RunFolder.open(world.cwd, id);
      const run = await reopenRun(folder);
      const {summary, json} = await writeReport(world, {run, folder, out: options.out});
      world.stdout.write(options.json ? json : summary);
    });
};
