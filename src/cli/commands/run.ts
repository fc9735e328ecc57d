// foulweather run: drives scenarios, writes their reports, and answers with the verdict.
import type {Command} from 'commander';
import {minimumPairs} from '../../stats/bootstrap.ts';
import type {Session} from '../cli-io.ts';
import {
  againstOption,
  collect,
  dataOption,
  httpUrl,
  languageOption,
  seedOption,
  startServicesOption,
  stormOption,
  targetOption,
  wholeNumber,
} from '../options.ts';
import {packNames, refuseContradictions} from '../plan-choice.ts';
import {defaultMostTrials, percentRatio, precisionOf} from '../precision-option.ts';
import {parseReporter, reporterHelp, reportersOf} from '../reporter-option.ts';
import type {RunCommandOptions} from '../run-options.ts';
import {findScenario} from '../scenario-file.ts';
import {shardOf, shardOption} from '../shard-option.ts';

const defaultScenario = 'undici-stall';

export const addRunCommand = (root: Command, session: Session): void => {
  root
    .command('run')
    .description('drive a library through a scenario and write the case study')
    .argument('[scenario...]', `built-in names or files (default: ${defaultScenario})`)
    .optionsGroup('What to run:')
    .option('--variant <name>', 'run only this variant (repeatable)', collect)
    .addOption(againstOption())
    .addOption(stormOption())
    .option('--all', 'run every library with its default options, and write the weather report')
    .addOption(languageOption())
    .option('--every-variant', 'with --all, run the recommended options as well')
    .option('--keep-going', 'start the load even if the first operation fails on a calm network')
    .optionsGroup('Servers and network:')
    .addOption(startServicesOption())
    .addOption(targetOption())
    .option(
      '--toxiproxy <url>',
      'use the Toxiproxy at this address instead of the built-in injector',
      httpUrl,
    )
    .optionsGroup('Trials:')
    .option(
      '--trials <count>',
      "trials per variant, interleaved (default: the scenario's own number, usually 1)",
      wholeNumber(1, 1000),
    )
    .option(
      '--until-precise <percent>',
      'add trials until the goodput ratio is known to within ± this many percent',
      percentRatio,
    )
    .option(
      '--max-trials <count>',
      `trials per variant at which --until-precise gives up (default: ${defaultMostTrials})`,
      wholeNumber(minimumPairs, 1000),
    )
    .addOption(seedOption())
    .addOption(shardOption())
    .optionsGroup('What to observe:')
    .option(
      '--no-telemetry',
      'run without the OpenTelemetry SDK; symptoms that need telemetry are then inconclusive',
    )
    .option(
      '--otlp-endpoint <url>',
      'forward all telemetry to this OTLP/HTTP endpoint (default: OTEL_EXPORTER_OTLP_ENDPOINT)',
      httpUrl,
    )
    .option('--no-profiles', 'take no CPU and memory profiles')
    .option(
      '--heap-snapshot',
      'write a heap snapshot of each subject after the load (pauses it for seconds; may contain secrets)',
    )
    .optionsGroup('Output:')
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result, as JSON (a list for several scenarios)')
    .option('--quiet', 'show no progress')
    .option('--out <dir>', 'directory for reports (default: reports, or reports/weather with --all)')
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
Examples:
  foulweather run ./scenario.ts --variant bounded
  foulweather run redis --start-services --storm quick --against redis@5.8.0
  foulweather run ./scenario.ts --reporter github --reporter junit=reliability.xml
  foulweather run case-thread-pool --until-precise 10%
  foulweather run --all --language python,go --storm quick --start-services
  foulweather run ./scenario.ts --trials 8 --shard 2/4
`,
    )
    .action(async (scenarios: string[], options: RunCommandOptions) => {
      session.exitCode = await run(session, scenarios, options);
    });
};

const run = async (
  session: Session,
  scenarios: readonly string[],
  options: RunCommandOptions,
): Promise<number> => {
  refuseContradictions(scenarios, options);
  const names = scenarios.length > 0 ? scenarios : options.all ? packNames(options) : [defaultScenario];
  // All names are looked up before the first run, so that a typing error in the last one costs nothing.
  const files = names.map(name => ({name, file: findScenario(name, session.io.cwd)}));
  const series = {
    files,
    precision: precisionOf(options),
    shard: options.shard && {
      ...shardOf(options.shard, session.io.env),
      ...(files.length > 1 && {series: names}),
    },
    reporters: reportersOf(options, files.length),
  };
  // What drives and renders is loaded by `run` alone: --help and mistakes are answered without it.
  const {runSeries} = await import('../run-series.ts');
  return runSeries(session, series, options);
};
