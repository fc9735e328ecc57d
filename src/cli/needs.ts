// Whether what a built-in scenario needs is there: packages, as its own file would find them, and a server's program.
import {findPackageJSON} from 'node:module';
import {pathToFileURL} from 'node:url';
import {FoulweatherError} from '../model/errors.ts';
import {installHint} from '../run/describe.ts';
import {type Builtin, builtinFile, builtins} from '../scenarios/builtin.ts';
import type {Language} from '../scenarios/pack.ts';
import {services} from '../services/catalogue.ts';
import {findProgram, type SearchPlaces} from '../services/find-program.ts';
import type {Service} from '../services/service.ts';
import type {CliIo} from './cli-io.ts';

export type Missing = {
  readonly packages: readonly string[];
  readonly service: Service | null;
  /** What runs or builds programs in its language, in words. */
  readonly toolchain: string | null;
};

type Tools = {readonly programs: readonly string[]; readonly words: string};

const tools: {readonly [language in Exclude<Language, 'javascript'>]: Tools} = {
  python: {programs: ['python3'], words: 'Python 3.9 or newer'},
  go: {programs: ['go'], words: 'Go 1.21 or newer'},
  java: {programs: ['java', 'javac', 'mvn'], words: 'a JDK, 17 or newer, and Maven'},
};

const missingTools = (language: Language, places: SearchPlaces): string | null => {
  if (language === 'javascript') return null;
  const {programs, words} = tools[language];
  return programs.every(program => findProgram(program, [], places) !== null) ? null : words;
};

export const missingFor = (
  {name, language, needs}: Builtin,
  {env, cwd}: Pick<CliIo, 'env' | 'cwd'>,
): Missing => {
  const file = pathToFileURL(builtinFile(name)!);
  const places = {path: env['PATH'] ?? '', cwd};
  const service = needs.service === null ? null : services[needs.service];
  const isInstalled = service === null || findProgram(service.program, service.folders, places) !== null;
  return {
    packages: needs.packages.filter(packageName => !isThere(packageName, file)),
    service: isInstalled ? null : service,
    toolchain: missingTools(language, places),
  };
};

const isThere = (packageName: string, from: URL): boolean => {
  try {
    return findPackageJSON(packageName, from) !== undefined;
  } catch {
    return false;
  }
};

/** All packages that a built-in scenario lacks, at once; null where it has them, or the file is the user's. */
export const missingPackages = (name: string, io: Pick<CliIo, 'env' | 'cwd'>): FoulweatherError | null => {
  const builtin = builtins.find(candidate => candidate.name === name);
  const packages = builtin ? missingFor(builtin, io).packages : [];
  if (packages.length === 0) return null;
  const named = {scenario: name, scenarioFile: builtinFile(name)!, baseDir: io.cwd};
  return new FoulweatherError(
    'FW_MODULE_MISSING',
    `Scenario "${name}" needs ${packages.length === 1 ? 'a package that is' : 'packages that are'} not installed: ${packages.join(', ')}.`,
    installHint(named, packages),
  );
};
