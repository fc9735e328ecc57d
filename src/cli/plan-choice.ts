// How the command line changes a scenario's plan: another version as the baseline, fewer variants, a storm.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {type PackEntry, pack, packLibraries} from '../scenarios/pack.ts';
import type {Storm} from '../scenarios/storms/storm.ts';
import {inStorm} from '../scenarios/storms.ts';
import {against, type PackageSpec} from '../scenarios/version-comparison.ts';
import {fromHere} from './options.ts';
import {shellQuote} from './shell-quote.ts';

export type PlanOptions = {
  readonly variant?: readonly string[];
  readonly all?: boolean;
  readonly everyVariant?: boolean;
  readonly storm?: Storm;
  readonly against?: readonly PackageSpec[];
  readonly target?: string;
  readonly untilPrecise?: number;
};

/** @throws FoulweatherError FW_USAGE where the choices contradict each other */
export const refuseContradictions = (scenarios: readonly string[], options: PlanOptions): void => {
  const {all, everyVariant, storm, against: packages, variant, target, untilPrecise} = options;
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
  for (const name of scenarios) {
    const entry = pack.find(candidate => candidate.name === name);
    if (entry === undefined || fitsEntry(storm, entry)) continue;
    refuse(
      `The storm "${storm?.name}" needs a client of ${storm?.fits === 'grpc' ? 'gRPC' : 'HTTP'}, and ${name} is not one.`,
      'Use --storm standard.',
    );
  }
  if (all && packages)
    refuse('--all cannot be combined with --against.', 'Name the scenario of the library.');
};

const fitsEntry = (storm: PlanOptions['storm'], {speaks}: PackEntry): boolean =>
  storm === undefined || storm.fits === 'tcp' || storm.fits === speaks;

/** The libraries of the pack that a storm fits, by name. */
export const packNames = ({storm}: PlanOptions): string[] =>
  packLibraries.filter(entry => fitsEntry(storm, entry)).map(({name}) => name);

/** The plan of a run, made of its scenario's. */
export const reshapeOf = (options: PlanOptions, cwd: string): ((plan: Plan) => Plan) => {
  const {all, everyVariant, storm, against: packages} = options;
  return plan => {
    const chosen = all && !everyVariant ? {...plan, variants: [plan.variants[0]] as const} : plan;
    const compared = packages ? against(chosen, fromHere(packages, cwd)) : chosen;
    return storm ? inStorm(compared, storm) : compared;
  };
};

/** The same choices, as arguments of a command that repeats one of the scenarios. */
export const planArgs = ({storm, against: packages = []}: PlanOptions): string[] => [
  ...(storm ? [`--storm ${storm.name}`] : []),
  ...packages.map(({name, spec}) => `--against ${shellQuote(`${name}@${spec}`)}`),
];
