// foulweather explore: searches the moments of a library's conversation for faults that break it.
import {availableParallelism} from 'node:os';
import {type Command, InvalidArgumentError, Option} from 'commander';
import {type Filter, filters} from '../../explore/search.ts';
import {FoulweatherError} from '../../model/errors.ts';
import type {Session} from '../cli-io.ts';
import type {ExploreCommandOptions} from '../explore-search.ts';
import {
  againstOption,
  dataOption,
  outOption,
  seedOption,
  startServicesOption,
  targetOption,
  wholeNumber,
} from '../options.ts';
import {parseReporter, reporterHelp, reportersOf} from '../reporter-option.ts';

const unitMs: {readonly [unit: string]: number} = {s: 1000, m: 60_000, h: 3_600_000};
const shortestBudgetMs = 10_000;

/** `90s`, `10m`, `1h`. */
const budgetMs = (text: string): number => {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit ?? ''] ?? Number.NaN);
  if (ms >= shortestBudgetMs) return ms;
  throw new InvalidArgumentError('It must be a time such as 90s, 10m or 1h, and at least 10s.');
};

const filterOf = (text: string, previous: readonly Filter[] = []): readonly Filter[] => {
  const wanted = text.split(',').map(name => {
    const known = filters.find(filter => filter === name);
    if (known === undefined) throw new InvalidArgumentError(`It must be one of ${filters.join(', ')}.`);
    return known;
  });
  return [...previous, ...wanted];
};

export const addExploreCommand = (root: Command, session: Session): void => {
  root
    .command('explore')
    .description('search the moments of a conversation for faults that break the library')
    .argument(
      '[scenario]',
      'built-in name or file; its load, operations and target are used, its phases are not',
    )
    .optionsGroup('What to search:')
    .option('--all', 'search each library of the pack in JavaScript, with its default options')
    .option('--variant <name>', 'variant to search (default: the first)')
    .addOption(againstOption())
    .option('--only <kinds>', `only faults of these kinds: ${filters.join(', ')}`, filterOf)
    .addOption(
      new Option('--depth <faults>', 'maximum number of faults in an episode')
        .choices(['1', '2'])
        .argParser(text => {
          if (text !== '1' && text !== '2') throw new InvalidArgumentError('It must be 1 or 2.');
          return Number(text);
        })
        .default(2),
    )
    .addOption(
      new Option('--budget <time>', 'how long to search, such as 90s or 10m')
        .argParser(budgetMs)
        .default(300_000, '5m'),
    )
    .addOption(
      new Option('--jobs <count>', 'trials at a time')
        .argParser(wholeNumber(1, 64))
        .default(availableParallelism(), 'the number of CPUs'),
    )
    .addOption(seedOption())
    .option('--resume [id]', 'continue an earlier search (default: the latest of this scenario)')
    .option('--replay', 'run the saved reproducers and report which still fail')
    .optionsGroup('Servers:')
    .addOption(startServicesOption())
    .addOption(targetOption())
    .optionsGroup('Output:')
    .option('--reporter <name>', reporterHelp, parseReporter)
    .option('--json', 'print only the result, as JSON')
    .option('--quiet', 'show no progress')
    .option('--reproducers <dir>', 'directory for reproducers', 'foulweather/reproducers')
    .addOption(outOption())
    .addOption(dataOption())
    .addHelpText(
      'after',
      `
Examples:
  foulweather explore ./scenario.ts
  foulweather explore redis --start-services --only handshake --budget 2m
  foulweather explore --all --start-services --budget 3m
  foulweather explore --replay
`,
    )
    .action(async (scenario: string | undefined, options: ExploreCommandOptions) => {
      session.exitCode = await explore(session, scenario, options);
    });
};

const explore = async (
  session: Session,
  scenario: string | undefined,
  options: ExploreCommandOptions,
): Promise<number> => {
  const reporters = reportersOf(options, 1);
  if (options.replay) {
    if (reporters.some(({name}) => name === 'html')) {
      throw new FoulweatherError(
        'FW_USAGE',
        'explore --replay cannot write a page.',
        'Use --reporter markdown, or run a single reproducer with `foulweather run`, which writes a page.',
      );
    }
    const {replay} = await import('../explore-replay.ts');
    return replay(session, options, reporters);
  }
  if (options.all) {
    refuseWithAll(scenario, options);
    const {searchPack} = await import('../explore-pack.ts');
    return searchPack(session, options, reporters);
  }
  if (scenario === undefined) {
    throw new FoulweatherError(
      'FW_USAGE',
      'Name a scenario to search.',
      'For example: foulweather explore ./scenario.ts. Or use --all to search the whole pack, --replay to run the saved reproducers.',
    );
  }
  const {searchScenario} = await import('../explore-search.ts');
  return searchScenario(session, scenario, options, reporters);
};

const refuseWithAll = (
  scenario: string | undefined,
  {variant, against, resume, target}: ExploreCommandOptions,
): void => {
  const unfit = Object.entries({
    [`"${scenario}"`]: scenario,
    '--variant': variant,
    '--against': against,
    '--resume': resume,
    '--target': target,
  }).find(([, value]) => value !== undefined);
  if (!unfit) return;
  throw new FoulweatherError(
    'FW_USAGE',
    `--all searches the whole pack and cannot be combined with ${unfit[0]}.`,
    'Omit one of them.',
  );
};
