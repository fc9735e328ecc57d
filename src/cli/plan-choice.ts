// How the command line changes a scenario's plan: another version as the baseline, fewer variants, a storm.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {titleOf} from '../model/server-errors.ts';
import {type Language, librariesIn, type PackEntry, pack} from '../scenarios/pack.ts';
import {fitsPlan, speechOf, speechOfEntry} from '../scenarios/speech.ts';
import type {Storm} from '../scenarios/storms/storm.ts';
import {inStorm, nameOfChoice, type StormChoice, stormFor} from '../scenarios/storms.ts';
import {against, type PackageSpec} from '../scenarios/version-comparison.ts';
import {fromHere} from './options.ts';
import {shellQuote} from './shell-quote.ts';

export type PlanOptions = {
  readonly variant?: readonly string[];
  readonly all?: boolean;
  readonly everyVariant?: boolean;
  readonly language?: readonly Language[];
  readonly storm?: StormChoice;
  readonly against?: readonly PackageSpec[];
  readonly target?: string;
  readonly untilPrecise?: number;
  readonly shard?: unknown;
};

/** @throws FoulweatherError FW_USAGE where the choices contradict each other */
export const refuseContradictions = (scenarios: readonly string[], options: PlanOptions): void => {
  const {
    all,
    everyVariant,
    language,
    storm,
    against: packages,
    variant,
    target,
    untilPrecise,
    shard,
  } = options;
  const refuse = (message: string, hint: string): never => {
    throw new FoulweatherError('FW_USAGE', message, hint);
  };
  const alone = Object.entries({'--variant': variant, '--against': packages, '--target': target}).find(
    ([, value]) => value !== undefined,
  );
  if (!all && scenarios.length === 0 && alone) {
    refuse(
      `${alone[0]} needs the name of a scenario.`,
      `Name it: foulweather run undici-stall ${alone[0]} …`,
    );
  }
  if (all && scenarios.length > 0) {
    refuse(
      `--all runs every library, but ${scenarios.join(', ')} ${scenarios.length === 1 ? 'is' : 'are'} named as well.`,
      'Use one or the other.',
    );
  }
  if (everyVariant && !all) {
    refuse('--every-variant only works with --all.', 'A single scenario always runs all of its variants.');
  }
  if (language !== undefined && !all) {
    refuse('--language only works with --all.', '`foulweather list` shows the scenarios of each language.');
  }
  if (all && variant) refuse('--all cannot be combined with --variant.', 'Omit --variant.');
  if (all && target !== undefined) {
    refuse(
      '--all runs libraries of many protocols, but --target names a single server.',
      'Use --start-services instead.',
    );
  }
  if (all && untilPrecise !== undefined && !everyVariant) {
    refuse(
      '--until-precise compares two variants, but --all runs only the first of each library.',
      'Add --every-variant.',
    );
  }
  if (shard !== undefined && untilPrecise !== undefined) {
    refuse(
      '--shard cannot be combined with --until-precise: no shard knows what the others measure.',
      'Set the number of trials with --trials.',
    );
  }
  for (const name of scenarios) {
    const entry = pack.find(candidate => candidate.name === name);
    if (storm !== undefined && storm !== 'auto' && entry !== undefined && !fitsEntry(storm, entry))
      throw unfit(storm, name);
  }
  if (all && packNames(options).length === 0) {
    refuse(
      `No library of the pack fits the storm "${storm === undefined ? '' : nameOfChoice(storm)}".`,
      'Name a scenario of your own, or use --storm auto.',
    );
  }
  if (all && packages)
    refuse('--all cannot be combined with --against.', 'Name the scenario of the library.');
};

const fitsEntry = ({fits}: Storm, entry: PackEntry): boolean =>
  fits === 'tcp' || fits === speechOfEntry(entry);

const unfit = ({name, fits}: Storm, scenario: string): FoulweatherError =>
  new FoulweatherError(
    'FW_USAGE',
    `The storm "${name}" needs a client of ${fits === 'tcp' ? 'TCP' : titleOf(fits)}, and ${scenario} is not one.`,
    'Use --storm auto, which chooses the storm that fits, or --storm standard.',
  );

/** The libraries of the pack that a storm fits, by name, a language after the other. */
export const packNames = ({storm, language = ['javascript']}: PlanOptions): string[] =>
  language
    .flatMap(librariesIn)
    .filter(entry => storm === undefined || storm === 'auto' || fitsEntry(storm, entry))
    .map(({name}) => name);

/**
 * The plan of a run, made of its scenario's.
 * @throws FoulweatherError FW_USAGE, when it is called, for a storm of another protocol
 */
export const reshapeOf = (options: PlanOptions, cwd: string): ((plan: Plan) => Plan) => {
  const {all, everyVariant, storm, against: packages, target} = options;
  return plan => {
    const chosen = all && !everyVariant ? {...plan, variants: [plan.variants[0]] as const} : plan;
    const compared = packages ? against(chosen, fromHere(packages, cwd)) : chosen;
    if (storm === undefined) return compared;
    if (storm === 'auto') return inStorm(compared, stormFor(speechOf(plan, target)));
    if (!fitsPlan(storm, plan, target)) throw unfit(storm, plan.name);
    return inStorm(compared, storm);
  };
};

/** The same choices, as arguments of a command that repeats one of the scenarios. */
export const planArgs = ({storm, against: packages = []}: PlanOptions): string[] => [
  ...(storm ? [`--storm ${nameOfChoice(storm)}`] : []),
  ...packages.map(({name, spec}) => `--against ${shellQuote(`${name}@${spec}`)}`),
];
