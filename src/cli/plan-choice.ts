// How the command line changes a scenario's plan: another version as the baseline, fewer variants, a storm.
import {FoulweatherError} from '../model/errors.ts';
import type {Plan} from '../model/plan.ts';
import {pack, packLibraries} from '../scenarios/pack.ts';
import type {Storm} from '../scenarios/storms/storm.ts';
import {inStorm} from '../scenarios/storms.ts';
import {against, type PackageSpec} from '../scenarios/version-comparison.ts';
import {fromHere} from './against-option.ts';
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
  if (all && scenarios.length > 0) {
    refuse(`--all runs the whole pack, and ${scenarios.join(', ')} is named beside it.`, 'Give one of them.');
  }
  if (everyVariant && !all)
    refuse('--every-variant belongs to --all.', 'A single scenario runs all of its variants.');
  if (all && variant) refuse('--all has no variant of one name.', 'Leave --variant out.');
  if (all && target !== undefined) {
    refuse(
      '--all has libraries of many protocols, and --target is one server.',
      'Give --start-services instead.',
    );
  }
  if (all && untilPrecise !== undefined && !everyVariant) {
    refuse(
      '--until-precise compares two variants, and --all drives the first one of each library.',
      'Give --every-variant as well.',
    );
  }
  for (const name of scenarios) {
    const entry = pack.find(candidate => candidate.name === name);
    if (storm?.fits !== 'http' || entry === undefined || entry.speaksHttp) continue;
    refuse(
      `The storm http acts on requests of HTTP/1.1, and ${name} speaks none.`,
      'Put it into the storm standard.',
    );
  }
  if (all && packages)
    refuse('--all has no single library to hold against another version.', 'Name a scenario.');
};

/** The libraries of the pack that a storm fits, by name. */
export const packNames = ({storm}: PlanOptions): string[] =>
  packLibraries.filter(({speaksHttp}) => speaksHttp || storm?.fits !== 'http').map(({name}) => name);

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
