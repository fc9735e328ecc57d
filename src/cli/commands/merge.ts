// foulweather merge: makes one run of the shards that several machines made, and reports it.
import {resolve} from 'node:path';
import type {Command} from 'commander';
import {exitCodes} from '../../model/errors.ts';
import type {Session} from '../cli-io.ts';
import {type DataOptions, dataDirOf, dataOption} from '../options.ts';
import {parseReporter, type ReporterChoice, reporterHelp, reportersOf} from '../reporter-option.ts';
import {exitCodeOf, worseOf} from '../verdict-code.ts';

type Options = DataOptions & {
  readonly out?: string;
  readonly json?: boolean;
  readonly reporter?: ReporterChoice[];
};

export const addMergeCommand = (root: Command, session: Session): void => {
  root
    .command('merge')
    .description('merge the shards of a run into one run, and report it')
    .argument('<folder...>', 'run folders of the shards, or folders that contain them')
    .option(
      '--out <dir>',
      'directory for reports (default: reports, or reports/weather for several scenarios)',
    )
    .addOption(dataOption())
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  foulweather merge shard-1 shard-2
  foulweather merge shards --reporter github --reporter junit=reliability.xml
`,
    )
    .action(async (paths: readonly string[], options: Options) => {
      session.exitCode = await merge(session, paths, options);
    });
};

const merge = async ({io}: Session, paths: readonly string[], options: Options): Promise<number> => {
  const [{runFoldersUnder}, {readParts}, {mergeShards}, {reportRuns}] = await Promise.all([
    import('../../store/run-folder.ts'),
    import('../../run/merge-parts.ts'),
    import('../../run/merge.ts'),
    import('../report-runs.ts'),
  ]);
  const found = await Promise.all(paths.map(path => runFoldersUnder(resolve(io.cwd, path))));
  const parts = await readParts(found.flat());
  const scenarios = new Set(parts.map(({record}) => record.scenario));
  const reporters = reportersOf(options, scenarios.size);
  const {folders, leftOut} = await mergeShards(parts, {dataDir: dataDirOf(options, io), now: io.now});
  const runs = await reportRuns(io, {folders, reporters, out: options.out ?? null, leftOut});
  return runs.reduce<number>(
    (worst, {judgement}) => worseOf(worst, exitCodeOf[judgement.verdict]),
    leftOut.length === 0 ? exitCodes.met : exitCodes.inconclusive,
  );
};
