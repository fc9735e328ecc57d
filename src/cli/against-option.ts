// --against: another version of the library, to compare the installed one with.
import {resolve} from 'node:path';
import {InvalidArgumentError, Option} from 'commander';
import {type PackageSpec, parsePackageSpec} from '../scenarios/version-comparison.ts';

const specOf = (text: string, previous: readonly PackageSpec[] = []): readonly PackageSpec[] => {
  const parsed = parsePackageSpec(text);
  if (parsed === null) throw new InvalidArgumentError('Give a package and a version: redis@5.8.0');
  return [...previous, parsed];
};

export const againstOption = (): Option =>
  new Option(
    '--against <package@version>',
    'hold the installed version against this one, with the first variant’s options (repeatable)',
  ).argParser(specOf);

/** A folder is relative to the user's working directory, and not to the scenario's file. */
export const fromHere = (packages: readonly PackageSpec[], cwd: string): readonly PackageSpec[] =>
  packages.map(({name, spec}) => ({
    name,
    spec: spec.startsWith('file:') ? `file:${resolve(cwd, spec.slice('file:'.length))}` : spec,
  }));
