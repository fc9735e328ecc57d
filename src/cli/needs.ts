// Whether what a built-in scenario needs is there: packages, as its own file would find them, and a server's program.
import {findPackageJSON} from 'node:module';
import {pathToFileURL} from 'node:url';
import {FoulweatherError} from '../model/errors.ts';
import {installHint} from '../run/describe.ts';
import {type Builtin, builtinFile, builtins} from '../scenarios/builtin.ts';
import {services} from '../services/catalogue.ts';
import {findProgram} from '../services/find-program.ts';
import type {Service} from '../services/service.ts';
import type {CliIo} from './cli-io.ts';

export type Missing = {
  readonly packages: readonly string[];
  readonly service: Service | null;
  /** What runs its language, in words. */
  readonly toolchain: string | null;
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
    toolchain: language === 'python' && findProgram('python3', [], places) === null ? 'Python 3' : null,
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
