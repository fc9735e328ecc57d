// Loads a scenario file, and explains in a user's words why one cannot be loaded.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync, realpathSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {asText} from '../load/error-facts.ts';
import {isScenario, type Scenario} from '../scenarios/define-scenario.ts';
import {expandSweep} from '../scenarios/sweep.ts';
import {packageNameOf} from './package-name.ts';
import {hookScenario} from './scenario-hooks.ts';

export class ScenarioLoadError extends Error {
  override readonly name = 'ScenarioLoadError';
  /** The package that is not installed, where that is the reason. */
  readonly missingModule: string | null;

  constructor(message: string, missingModule: string | null, cause?: unknown) {
    super(message, {cause});
    this.missingModule = missingModule;
  }
}

export type LoadedScenario = {
  readonly scenario: Scenario;
  /** Versions of the packages that the file imports; it may still grow. */
  readonly versions: Readonly<Record<string, string>>;
};

/** As Node will call it, errors included. A file that is not there is reported by Node. */
const realFile = (file: string): string => (existsSync(file) ? realpathSync(file) : file);

/** @throws ScenarioLoadError */
export const loadScenario = async (file: string): Promise<LoadedScenario> => {
  const url = pathToFileURL(realFile(file)).href;
  const versions = hookScenario(url);
  let namespace: {default?: unknown};
  try {
    namespace = (await import(url)) as {default?: unknown};
  } catch (error) {
    throw explain(file, error);
  }
  if (!isScenario(namespace.default)) {
    throw new ScenarioLoadError(`${file} must default-export what defineScenario() returns.`, null);
  }
  return {scenario: expandSweep(namespace.default).scenario, versions};
};

/** Node has no code for the package's name; its message quotes it, and relative paths are not packages. */
const missingPackage = (message: string): string | null => {
  const specifier = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  return specifier === undefined ? null : packageNameOf(specifier);
};

export const explain = (file: string, error: unknown): ScenarioLoadError => {
  if (!(error instanceof Error)) return new ScenarioLoadError(`${file} threw ${asText(error)}.`, null, error);
  const code = 'code' in error ? error.code : undefined;
  const missing =
    code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' ? missingPackage(error.message) : null;
  const place = placeOf(file, error);
  return new ScenarioLoadError(`${place}: ${error.name}: ${error.message.split('\n')[0]}`, missing, error);
};

/** A syntax error's stack begins with `file:line`; another error's holds it in a frame. */
const placeOf = (file: string, error: Error): string => {
  const line = lineIn(error.stack ?? '', file) ?? (error instanceof SyntaxError ? checkedLine(file) : null);
  return line === null ? file : `${file}:${line}`;
};

const lineIn = (text: string, file: string): string | null => {
  const real = realFile(file);
  for (const name of [real, pathToFileURL(real).href]) {
    const at = text.indexOf(`${name}:`);
    const line = at < 0 ? undefined : /^:(\d+)/.exec(text.slice(at + name.length))?.[1];
    if (line !== undefined) return line;
  }
  return null;
};

/**
 * Of plain JavaScript that does not parse, Node shows the line on stderr only. It is given the text alone, since
 * beside its package.json an ES module could be taken for CommonJS, and fail at its first import.
 */
const checkedLine = (file: string): string | null => {
  const type = file.endsWith('.cjs') ? 'commonjs' : 'module';
  const options = ['--check', `--input-type=${type}`, '-'];
  const {stderr} = spawnSync(process.execPath, options, {encoding: 'utf8', input: readFileSync(file)});
  return /^\[stdin\]:(\d+)/m.exec(stderr)?.[1] ?? null;
};
