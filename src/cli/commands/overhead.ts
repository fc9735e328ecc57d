// foulweather overhead: what a library's telemetry costs it, on a calm network.
import {join, relative} from 'node:path';
import type {Command} from 'commander';
import {exitCodes} from '../../model/errors.ts';
import {minimumPairs} from '../../stats/bootstrap.ts';
import {version} from '../../store/version.ts';
import type {Session} from '../cli-io.ts';
import {
  type DataOptions,
  dataDirOf,
  dataOption,
  outOption,
  seedOption,
  startServicesOption,
  type TargetOptions,
  targetArgs,
  targetChoice,
  targetOption,
  wholeNumber,
} from '../options.ts';
import {findScenario} from '../scenario-file.ts';
import {shellQuote} from '../shell-quote.ts';

type Options = TargetOptions &
  DataOptions & {
    readonly variant?: string;
    readonly trials: number;
    readonly seconds: number;
    readonly concurrency: number;
    readonly seed: number;
    readonly out: string;
    readonly json?: boolean;
    readonly quiet?: boolean;
  };

export const addOverheadCommand = (root: Command, session: Session): void => {
  root
    .command('overhead')
    .description("measure what a library's telemetry costs, without faults")
    .argument('<scenario>', 'built-in name or file')
    .option('--variant <name>', 'variant to measure (default: the first)')
    .option('--trials <count>', 'trials per mode, interleaved', wholeNumber(1, 1000), minimumPairs)
    .option('--seconds <count>', 'duration of each trial', wholeNumber(1, 3600), 4)
    .option('--concurrency <count>', 'operations in flight', wholeNumber(1, 100_000), 50)
    .addOption(targetOption())
    .addOption(startServicesOption())
    .addOption(seedOption())
    .addOption(outOption())
    .addOption(dataOption())
    .option('--json', 'print only the figures, as JSON')
    .option('--quiet', 'show no progress')
    .addHelpText(
      'after',
      '\nExample:\n  foulweather overhead redis --start-services --trials 7 --concurrency 20\n',
    )
    .action(async (scenario: string, options: Options) => {
      session.exitCode = await measure(session, scenario, options);
    });
};

const measure = async (session: Session, scenario: string, options: Options): Promise<number> => {
  const {io} = session;
  const scenarioFile = findScenario(scenario, io.cwd);
  const [
    {runScenario},
    {measuredPhase, overheadPlan},
    {createProgress, quietProgress},
    {isSilent, overheadOf, overheadTable, silentText},
    {overheadReport},
    {writeFiles},
    {missingPackages},
  ] = await Promise.all([
    import('../../run/run-scenario.ts'),
    import('../../run/overhead-plan.ts'),
    import('../progress.ts'),
    import('../../report/overhead/overhead-table.ts'),
    import('../../report/overhead/overhead-report.ts'),
    import('../write-files.ts'),
    import('../needs.ts'),
  ]);
  const lack = missingPackages(scenario, io);
  if (lack) throw lack;
  const interruption = new AbortController();
  const offSignal = io.onSignal(() => interruption.abort());
  const defect = new AbortController();
  session.onDefect = error => defect.abort(error);
  const progress = options.quiet ? quietProgress : createProgress(io);
  try {
    const {run, folder} = await runScenario({
      scenario,
      scenarioFile,
      variants: null,
      reshape: plan =>
        overheadPlan(plan, {
          variant: options.variant ?? null,
          concurrency: options.concurrency,
          measuredMs: options.seconds * 1000,
        }),
      toxiproxyUrl: null,
      target: targetChoice(options),
      seed: options.seed,
      trialsPerVariant: options.trials,
      profiles: false,
      baseDir: io.cwd,
      dataDir: dataDirOf(options, io),
      command: () =>
        [
          `npx foulweather overhead ${shellQuote(scenario)}`,
          ...targetArgs(options),
          `--seed ${options.seed} --trials ${options.trials}`,
        ].join(' '),
      version: version(),
      environment: io.env,
      now: io.now,
      signal: interruption.signal,
      defect: defect.signal,
      observer: progress,
    });
    progress.end();
    const rows = overheadOf(run, measuredPhase);
    io.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : overheadTable(rows));
    const where = {record: run.record, folder, out: options.out};
    const written = await writeFiles(io, where, {'overhead.md': overheadReport(run, rows)});
    if (!options.json) {
      io.stdout.write(footnote(options));
      if (isSilent(run)) io.stdout.write(`Nothing to measure: ${silentText} in mode "full".\n`);
      io.stdout.write(`Report: ${relative(io.cwd, join(written, 'overhead.md'))}\n`);
    }
    return interruption.signal.aborted ? exitCodes.interrupted : exitCodes.met;
  } finally {
    progress.end();
    offSignal();
    session.onDefect = null;
  }
};

const footnote = ({trials, concurrency}: Options): string =>
  trials < minimumPairs
    ? `${trials} trials per mode with ${concurrency} operations in flight. Run ${minimumPairs} or more for ratios with intervals.\n`
    : `${trials} trials per mode, interleaved, with ${concurrency} operations in flight. Ratios to "off", with 95% intervals.\n`;
