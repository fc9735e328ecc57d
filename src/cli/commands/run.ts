// foulweather run: drives scenarios, writes their reports, and answers with the verdict.
import {type Command, InvalidArgumentError} from 'commander';
import {exitCodes, FoulweatherError} from '../../model/errors.ts';
import type {Verdict} from '../../model/goal.ts';
import {minimumPairs} from '../../stats/minimum-pairs.ts';
import {
  defaultMostTrials,
  type PrecisionOptions,
  percentRatio,
  precisionOf,
  precisionWords,
} from '../precision-option.ts';
import {relayOf, relayWords} from '../relay-option.ts';
import {parseReporter, type ReporterChoice, reporterHelp, reportersOf} from '../reporter-option.ts';
import {findScenario} from '../scenario-file.ts';
import type {Session} from '../session.ts';
import {shellWord} from '../shell-word.ts';
import {
  startServicesOption,
  type TargetOptions,
  targetChoice,
  targetOption,
  targetWords,
} from '../target-option.ts';
import {version} from '../version.ts';
import {wholeNumber} from '../whole-number.ts';

type Options = PrecisionOptions &
  TargetOptions & {
    readonly variant?: string[];
    readonly toxiproxy?: string;
    readonly seed: number;
    readonly profiles: boolean;
    readonly heapSnapshot?: boolean;
    readonly telemetry: boolean;
    readonly otlpEndpoint?: string;
    readonly out: string;
    readonly json?: boolean;
    readonly reporter?: ReporterChoice[];
    readonly quiet?: boolean;
  };

const defaultScenario = 'undici-stall';

const httpUrl = (text: string): string => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('Give an address such as http://127.0.0.1:8474.');
};

const collect = (value: string, previous: string[] | undefined): string[] => [...(previous ?? []), value];

export const addRunCommand = (root: Command, session: Session): void => {
  root
    .command('run')
    .description('drive a library through a scenario and write the case study')
    .argument('[scenario...]', 'built-in names or files', [defaultScenario])
    .option('--variant <name>', 'only this variant (repeatable)', collect)
    .option(
      '--toxiproxy <url>',
      'use the Toxiproxy at this address instead of the embedded injector',
      httpUrl,
    )
    .addOption(targetOption())
    .addOption(startServicesOption())
    .option('--seed <number>', 'seed of all decisions', wholeNumber(0, 2 ** 31 - 1), 1)
    .option('--trials <count>', 'trials per variant, interleaved', wholeNumber(1, 1000), 1)
    .option(
      '--until-precise <percent>',
      'add trials until the goodput ratio is known to ± so many per cent',
      percentRatio,
    )
    .option(
      '--max-trials <count>',
      `trials per variant at which --until-precise gives up (default: ${defaultMostTrials})`,
      wholeNumber(minimumPairs, 1000),
    )
    .option('--no-telemetry', 'no OpenTelemetry SDK in the subject: what needs telemetry is inconclusive')
    .option(
      '--otlp-endpoint <url>',
      'pass all telemetry on to this OTLP/HTTP address (default: OTEL_EXPORTER_OTLP_ENDPOINT)',
      httpUrl,
    )
    .option('--no-profiles', 'no CPU and memory profiles of the subject')
    .option(
      '--heap-snapshot',
      'write the heap of each subject after the load: stops it for seconds, and holds secrets too',
    )
    .option('--out <dir>', 'where reports go', 'reports')
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print the result as JSON on stdout, and nothing else; of several scenarios, a list')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colours')
    .action(async (scenarios: string[], options: Options) => {
      session.exitCode = await runAll(session, scenarios, options);
    });
};

const exitCodeOf: {readonly [verdict in Verdict]: number} = {
  met: exitCodes.met,
  missed: exitCodes.missed,
  inconclusive: exitCodes.inconclusive,
};

/** Of several scenarios the worst tells: a missed goal before an inconclusive run before a met one. */
const severity: readonly number[] = [exitCodes.met, exitCodes.inconclusive, exitCodes.missed];

const runAll = async ({world}: Session, scenarios: readonly string[], options: Options): Promise<number> => {
  // All names are looked up before the first run, so that a typing error in the last one costs nothing.
  const files = scenarios.map(name => ({name, file: findScenario(name, world.cwd)}));
  const precision = precisionOf(options);
  const choices = reportersOf(options, files.length);
  // What drives and tells is loaded by those who run: --help and mistakes are answered without it.
  const [{runScenario}, {createProgress, quietProgress}, {writeReport}, {Reporters}] = await Promise.all([
    import('../../run/run-scenario.ts'),
    import('../progress.ts'),
    import('../write-report.ts'),
    import('../reporters.ts'),
  ]);
  const interruption = new AbortController();
  let signalCode: number | null = null;
  const offSignal = world.onSignal(signal => {
    const code = signal === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated;
    // The second one is answered at once: the guard cleans up behind us.
    if (signalCode !== null) world.exit(code);
    signalCode = code;
    world.stderr.write(
      '\nStopping: faults are taken away, and a partial report is written. Once more ends at once.\n',
    );
    interruption.abort();
  });
  let worst: number = exitCodes.met;
  const reporters = new Reporters(world, choices, files.length);
  try {
    for (const {name, file} of files) {
      if (interruption.signal.aborted) break;
      const progress = options.quiet ? quietProgress : createProgress(world);
      try {
        const {run, folder} = await runScenario({
          scenario: name,
          scenarioFile: file,
          variants: options.variant ?? null,
          toxiproxyUrl: options.toxiproxy ?? null,
          target: targetChoice(options),
          seed: options.seed,
          trialsPerVariant: options.trials,
          ...(precision && {precision}),
          profiles: options.profiles,
          heapSnapshot: options.heapSnapshot ?? false,
          telemetry: options.telemetry,
          relay: relayOf(options.otlpEndpoint, world.env),
          baseDir: world.cwd,
          command: commandOf(name, options),
          version: version(),
          environment: world.env,
          now: world.now,
          signal: interruption.signal,
          observer: progress,
        });
        progress.end();
        world.stderr.write(relayWords(run.record.relayed));
        const written = await writeReport(world, {run, folder, out: options.out});
        reporters.add({run, ...written});
        const code = exitCodeOf[run.judgement.verdict];
        if (severity.indexOf(code) > severity.indexOf(worst)) worst = code;
      } catch (error) {
        // Stopped as asked, before there was anything to report: said, and no failure.
        if (!(error instanceof FoulweatherError && error.code === 'FW_INTERRUPTED')) throw error;
        world.stderr.write(`${error.message}\n`);
      } finally {
        progress.end();
      }
    }
  } finally {
    offSignal();
    await reporters.finish();
  }
  return signalCode ?? worst;
};

/** What repeats this run: every choice that is not the default. */
const commandOf = (name: string, options: Options): string =>
  [
    'npx foulweather run',
    shellWord(name),
    ...(options.variant ?? []).map(variant => `--variant ${shellWord(variant)}`),
    ...(options.toxiproxy === undefined ? [] : [`--toxiproxy ${shellWord(options.toxiproxy)}`]),
    ...targetWords(options),
    `--seed ${options.seed}`,
    ...(options.trials === 1 ? [] : [`--trials ${options.trials}`]),
    ...precisionWords(options),
    ...(options.profiles ? [] : ['--no-profiles']),
    ...(options.heapSnapshot ? ['--heap-snapshot'] : []),
    ...(options.telemetry ? [] : ['--no-telemetry']),
    ...(options.otlpEndpoint === undefined ? [] : [`--otlp-endpoint ${shellWord(options.otlpEndpoint)}`]),
  ].join(' ');
