// --until-precise and --max-trials: how precisely the goodput ratio is to be known, and when to give up.
import {InvalidArgumentError} from 'commander';
import {FoulweatherError} from '../model/errors.ts';
import type {PrecisionGoal} from '../model/run.ts';

export type PrecisionOptions = {
  readonly trials?: number;
  /** A share of the ratio, 0 to 1. */
  readonly untilPrecise?: number;
  readonly maxTrials?: number;
};

export const defaultMostTrials = 20;

/** "10%" or "10" is 0.1. Throws commander's error, which names the option. */
export const percentRatio = (text: string): number => {
  const percent = Number(/^(\d+(?:\.\d+)?) ?%?$/.exec(text)?.[1] ?? Number.NaN);
  if (percent >= 0.1 && percent <= 100) return percent / 100;
  throw new InvalidArgumentError('It must be a share from 0.1% to 100%, such as 10%.');
};

/** @throws FoulweatherError FW_USAGE where the options contradict each other */
export const precisionOf = ({
  untilPrecise,
  maxTrials,
  trials = 1,
}: PrecisionOptions): PrecisionGoal | undefined => {
  if (untilPrecise === undefined) {
    if (maxTrials === undefined) return undefined;
    throw new FoulweatherError(
      'FW_USAGE',
      '--max-trials only works with --until-precise.',
      'Add --until-precise 10%, or set the number of trials with --trials.',
    );
  }
  const mostTrials = maxTrials ?? Math.max(defaultMostTrials, trials);
  if (trials <= mostTrials) return {halfWidthRatio: untilPrecise, mostTrials};
  throw new FoulweatherError(
    'FW_USAGE',
    `--trials ${trials} is more than --max-trials ${mostTrials}.`,
    'Omit --trials, or raise --max-trials.',
  );
};

/** As they were given, for the command that repeats the run. */
export const precisionArgs = ({untilPrecise, maxTrials}: PrecisionOptions): string[] => [
  ...(untilPrecise === undefined ? [] : [`--until-precise ${Number((untilPrecise * 100).toFixed(3))}%`]),
  ...(maxTrials === undefined ? [] : [`--max-trials ${maxTrials}`]),
];
