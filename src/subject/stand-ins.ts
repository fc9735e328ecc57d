// Which code ran where another copy stands in for a package: undici's `fetch` and `request` go through a global dispatcher,
// and that is of the copy that was loaded first.
import {createRequire} from 'node:module';
import type {StandIn} from '../model/loaded-code.ts';

type Undici = {
  readonly getGlobalDispatcher?: () => unknown;
  readonly Dispatcher?: new () => object;
};

const isLoadedByNode = (): boolean => {
  const {moduleLoadList = []} = process as {readonly moduleLoadList?: readonly string[]};
  return moduleLoadList.some(name => name.endsWith('internal/deps/undici/undici'));
};

/** @param versions of the packages that the scenario has imported, by name */
export const standInsOf = (
  scenarioFile: string,
  versions: {readonly [name: string]: string},
): readonly StandIn[] => {
  const version = versions['undici'];
  if (version === undefined) return [];
  const {getGlobalDispatcher, Dispatcher} = createRequire(scenarioFile)('undici') as Undici;
  if (!getGlobalDispatcher || !Dispatcher || getGlobalDispatcher() instanceof Dispatcher) return [];
  const by = isLoadedByNode() ? `Node.js ${process.version} (undici ${process.versions['undici']})` : null;
  return [{package: 'undici', version, by}];
};
