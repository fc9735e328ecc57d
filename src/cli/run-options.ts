// The options of `foulweather run`, and the arguments that repeat them.
import type {Plan} from '../model/plan.ts';
import {type DataOptions, type TargetOptions, targetArgs} from './options.ts';
import {type PlanOptions, planArgs} from './plan-choice.ts';
import {type PrecisionOptions, precisionArgs} from './precision-option.ts';
import type {ReporterChoice} from './reporter-option.ts';
import type {ShardOption} from './shard-option.ts';
import {shellQuote} from './shell-quote.ts';

export type RunCommandOptions = PrecisionOptions &
  TargetOptions &
  DataOptions &
  PlanOptions & {
    readonly variant?: string[];
    readonly toxiproxy?: string;
    readonly seed: number;
    readonly shard?: ShardOption;
    readonly profiles: boolean;
    readonly heapSnapshot?: boolean;
    readonly telemetry: boolean;
    readonly otlpEndpoint?: string;
    readonly out?: string;
    readonly json?: boolean;
    readonly reporter?: ReporterChoice[];
    readonly quiet?: boolean;
    readonly keepGoing?: boolean;
  };

/**
 * The choices that a single scenario and a whole series have in common: every one that is not the default, but for where
 * things are kept, and which part of the run is made here.
 */
const commonArgs = (options: RunCommandOptions): string[] => [
  ...planArgs(options),
  ...(options.toxiproxy === undefined ? [] : [`--toxiproxy ${shellQuote(options.toxiproxy)}`]),
  ...targetArgs(options),
  `--seed ${options.seed}`,
  ...(options.trials === undefined ? [] : [`--trials ${options.trials}`]),
  ...precisionArgs(options),
  ...(options.profiles ? [] : ['--no-profiles']),
  ...(options.heapSnapshot ? ['--heap-snapshot'] : []),
  ...(options.telemetry ? [] : ['--no-telemetry']),
  ...(options.keepGoing ? ['--keep-going'] : []),
  ...(options.otlpEndpoint === undefined ? [] : [`--otlp-endpoint ${shellQuote(options.otlpEndpoint)}`]),
];

/** The command that repeats the run of one scenario. Of the whole pack only some variants may have been chosen. */
export const commandOf = (name: string, options: RunCommandOptions, {variants}: Plan): string => {
  const {all, everyVariant, variant: named = []} = options;
  const chosen = all && !everyVariant ? [variants[0].name] : named;
  return [
    'npx foulweather run',
    shellQuote(name),
    ...chosen.map(variant => `--variant ${shellQuote(variant)}`),
    ...commonArgs(options),
  ].join(' ');
};

/** The command that repeats a run of the whole pack. */
export const packCommandOf = (options: RunCommandOptions): string =>
  [
    'npx foulweather run --all',
    ...(options.language === undefined ? [] : [`--language ${options.language.join(',')}`]),
    ...(options.everyVariant ? ['--every-variant'] : []),
    ...commonArgs(options),
  ].join(' ');
