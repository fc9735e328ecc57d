// --storm: the phases of a named plan of faults, instead of the scenario's own.
import {InvalidArgumentError, Option} from 'commander';
import {didYouMean} from '../model/suggestions.ts';
import type {Storm} from '../scenarios/storms/storm.ts';
import {findStorm, stormNames} from '../scenarios/storms.ts';

const stormOf = (name: string): Storm => {
  const storm = findStorm(name);
  if (storm) return storm;
  throw new InvalidArgumentError(`There is no storm "${name}". ${didYouMean(name, stormNames)}`);
};

export const stormOption = (): Option =>
  new Option(
    '--storm <name>',
    `the faults of a built-in storm instead of the scenario's own: ${stormNames.join(', ')}`,
  ).argParser(stormOf);
