// Loads a scenario file, or makes a scenario of a program's; why one cannot be loaded is explained beside it.
import {extname} from 'node:path';
import {pathToFileURL} from 'node:url';
import {isScenario, type Scenario} from '../scenarios/define-scenario.ts';
import {programScenario, scenarioExtensions} from '../scenarios/program-scenario.ts';
import {expandSweep} from '../scenarios/sweep.ts';
import {explainLoad, notAScenario, realFile} from './explain-load.ts';
import {hookScenario} from './scenario-hooks.ts';

export type LoadedScenario = {
  readonly scenario: Scenario;
  /** Versions of the packages that the file imports; it may still grow. */
  readonly versions: Readonly<Record<string, string>>;
};

/** @throws ScenarioLoadError */
export const loadScenario = async (file: string): Promise<LoadedScenario> => {
  if (!scenarioExtensions.includes(extname(file))) return {scenario: programScenario(file), versions: {}};
  const url = pathToFileURL(realFile(file)).href;
  const versions = hookScenario(url);
  let namespace: {default?: unknown};
  try {
    namespace = (await import(url)) as {default?: unknown};
  } catch (error) {
    throw await explainLoad(file, error);
  }
  if (!isScenario(namespace.default)) throw notAScenario(file);
  return {scenario: expandSweep(namespace.default).scenario, versions};
};
