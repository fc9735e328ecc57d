// Loads a scenario file, and tells in a user's words why one cannot be loaded.
import {pathToFileURL} from 'node:url';
import {isScenario, type Scenario} from '../scenarios/define-scenario.ts';
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

/** @throws ScenarioLoadError */
export const loadScenario = async (file: string): Promise<LoadedScenario> => {
  const url = pathToFileURL(file).href;
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
  return {scenario: namespace.default, versions};
};

/** Node has no code for the package's name; its message quotes it, and relative paths are not packages. */
const missingPackage = (message: string): string | null => {
  const specifier = /Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (
    specifier === undefined ||
    specifier.startsWith('.') ||
    specifier.startsWith('/') ||
    specifier.includes(':')
  ) {
    return null;
  }
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
};

export const explain = (file: string, error: unknown): ScenarioLoadError => {
  if (!(error instanceof Error)) return new ScenarioLoadError(`${file} threw ${String(error)}.`, null, error);
  const code = 'code' in error ? error.code : undefined;
  const missing =
    code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND' ? missingPackage(error.message) : null;
  const place = placeOf(file, error);
  return new ScenarioLoadError(`${place}: ${error.name}: ${error.message.split('\n')[0]}`, missing, error);
};

/** A syntax error's stack begins with `file:line`; another error's holds it in a frame. */
const placeOf = (file: string, error: Error): string => {
  const url = pathToFileURL(file).href;
  for (const text of [file, url]) {
    const at = error.stack?.indexOf(`${text}:`) ?? -1;
    const line = at < 0 ? undefined : /^:(\d+)/.exec(error.stack!.slice(at + text.length))?.[1];
    if (line !== undefined) return `${file}:${line}`;
  }
  return file;
};
