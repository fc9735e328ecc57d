// foulweather run: drives scenarios, writes their reports, and answers with the verdict.
import {type Command, InvalidArgumentError} from 'commander';
import {minimumPairs} from '../../stats/bootstrap.ts';
import {againstOption} from '../against-option.ts';
import {packNames, refuseContradictions} from '../plan-choice.ts';
import {defaultMostTrials, percentRatio, precisionOf} from '../precision-option.ts';
import {parseReporter, reporterHelp, reportersOf} from '../reporter-option.ts';
import type {RunCommandOptions} from '../run-options.ts';
import {findScenario} from '../scenario-file.ts';
import type {Session} from '../session.ts';
import {stormOption} from '../storm-option.ts';
import {startServicesOption, targetOption} from '../target-option.ts';
import {wholeNumber} from '../whole-number.ts';

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
    .argument('[scenario...]', `built-in names or files (default: ${defaultScenario})`)
    .option('--all', 'run every library of the pack with its default options, and write the weather report')
    .option('--every-variant', 'with --all: the recommended options, too')
    .addOption(stormOption())
    .option('--variant <name>', 'only this variant (repeatable)', collect)
    .addOption(againstOption())
    .option(
      '--toxiproxy <url>',
      'use the Toxiproxy at this address instead of the embedded injector',
      httpUrl,
    )
    .addOption(targetOption())
    .addOption(startServicesOption())
    .option('--seed <number>', 'seed of all decisions', wholeNumber(0, 2 ** 31 - 1), 1)
    .option(
      '--trials <count>',
      'trials per variant, interleaved (default: the `trials` of the scenario, usually 1)',
      wholeNumber(1, 1000),
    )
    .option(
      '--until-precise <percent>',
      'add trials until the interval of the goodput ratio is within ± this many percent',
      percentRatio,
    )
    .option(
      '--max-trials <count>',
      `trials per variant at which --until-precise gives up (default: ${defaultMostTrials})`,
      wholeNumber(minimumPairs, 1000),
    )
    .option(
      '--no-telemetry',
      'run without the OpenTelemetry SDK; symptoms that need telemetry are inconclusive',
    )
    .option(
      '--otlp-endpoint <url>',
      'forward all telemetry to this OTLP/HTTP endpoint (default: OTEL_EXPORTER_OTLP_ENDPOINT)',
      httpUrl,
    )
    .option('--no-profiles', 'no CPU and memory profiles of the subject')
    .option(
      '--heap-snapshot',
      'write a heap snapshot of each subject after the load (pauses it for seconds; may contain secrets)',
    )
    .option('--out <dir>', 'directory for reports (default: reports, or reports/weather with --all)')
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result as JSON on stdout; a list for several scenarios')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'plain output without colors')
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
    reporters: reportersOf(options, files.length),
  };
  // What drives and renders is loaded by `run` alone: --help and mistakes are answered without it.
  const {runSeries} = await import('../run-series.ts');
  return runSeries(session, series, options);
};
