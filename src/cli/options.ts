// Options that several commands have, and how their values are read.
import {resolve} from 'node:path';
import {InvalidArgumentError, Option} from 'commander';
import {didYouMean} from '../model/suggestions.ts';
import type {TargetChoice} from '../run/processes/start-target.ts';
import {type Language, languages} from '../scenarios/pack.ts';
import {findStorm, type StormChoice, stormNames} from '../scenarios/storms.ts';
import {type PackageSpec, parsePackageSpec} from '../scenarios/version-comparison.ts';
import {dataFolder} from '../store/run-folder.ts';
import type {CliIo} from './cli-io.ts';
import {shellQuote} from './shell-quote.ts';

/** Parses decimal digits within limits, both included. Throws commander's error, which names the option. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

export const seedOption = (): Option =>
  new Option('--seed <number>', 'seed of all random decisions')
    .argParser(wholeNumber(0, 2 ** 31 - 1))
    .default(1);

export const httpUrl = (text: string): string => {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:8474.');
};

export const collect = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

const stormChoices = [...stormNames, 'auto'];

const stormOf = (name: string): StormChoice => {
  const storm = name === 'auto' ? name : findStorm(name);
  if (storm) return storm;
  throw new InvalidArgumentError(`There is no storm "${name}". ${didYouMean(name, stormChoices)}`);
};

/** The phases of a named plan of faults, instead of the scenario's own. */
export const stormOption = (): Option =>
  new Option(
    '--storm <name>',
    "use the faults of a built-in storm instead of the scenario's own (auto: the one for what the library speaks)",
  )
    .choices(stormChoices)
    .argParser(stormOf);

/** In the order of the pack, each once. */
const languagesOf = (text: string, previous: readonly Language[] = []): readonly Language[] => {
  const named = text.split(',').flatMap((name): readonly Language[] => {
    if (name === 'all') return languages;
    const known = languages.find(language => language === name);
    if (known) return [known];
    throw new InvalidArgumentError(
      `There is no language "${name}". ${didYouMean(name, [...languages, 'all'])}`,
    );
  });
  return languages.filter(language => named.includes(language) || previous.includes(language));
};

export const languageOption = (): Option =>
  new Option(
    '--language <names>',
    'with --all, run the libraries in these languages, separated by commas (default: javascript)',
  )
    .choices([...languages, 'all'])
    .argParser(languagesOf);

const specOf = (text: string, previous: readonly PackageSpec[] = []): readonly PackageSpec[] => {
  const parsed = parsePackageSpec(text);
  if (parsed === null)
    throw new InvalidArgumentError(
      'It must be a package and a version, such as redis@5.8.0, or redis.clients:jedis@5.1.0 for a Java program.',
    );
  return [...previous, parsed];
};

export const againstOption = (): Option =>
  new Option(
    '--against <package@version>',
    "compare the installed version with this one, using the first variant's options (repeatable)",
  ).argParser(specOf);

/** A folder is named from where the user is, and not from where the scenario lies. */
export const fromHere = (packages: readonly PackageSpec[], cwd: string): readonly PackageSpec[] =>
  packages.map(({name, spec}) => ({
    name,
    spec: spec.startsWith('file:') ? `file:${resolve(cwd, spec.slice('file:'.length))}` : spec,
  }));

export type TargetOptions = {readonly target?: string; readonly startServices?: boolean};

const serverUrl = (text: string): string => {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]/i.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It must be an address such as redis://127.0.0.1:6379.');
};

export const targetOption = (): Option =>
  new Option('--target <url>', "use your own server at this address instead of the scenario's").argParser(
    serverUrl,
  );

export const startServicesOption = (): Option =>
  new Option('--start-services', 'start the real server that a scenario needs, if it is installed');

export const targetChoice = ({target, startServices}: TargetOptions): TargetChoice => ({
  targetUrl: target ?? null,
  startServices: startServices ?? false,
});

/** The same choice, as words of a command. */
export const targetArgs = ({target, startServices}: TargetOptions): string[] => [
  ...(target === undefined ? [] : [`--target ${shellQuote(target)}`]),
  ...(startServices ? ['--start-services'] : []),
];

export type DataOptions = {readonly data?: string};

export const dataVariable = 'FOULWEATHER_DATA';

export const dataOption = (): Option =>
  new Option('--data <dir>', `directory where runs are kept (default: ${dataVariable}, or .foulweather)`);

export const dataDirOf = ({data}: DataOptions, {cwd, env}: Pick<CliIo, 'cwd' | 'env'>): string => {
  const named = data ?? env[dataVariable] ?? '';
  return named === '' ? dataFolder(cwd) : resolve(cwd, named);
};

export const outOption = (): Option => new Option('--out <dir>', 'directory for reports').default('reports');
