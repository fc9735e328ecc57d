// Whose code a frame is: a package's, the scenario's, Node's, V8's, or foulweather's. Paths come out relative.
import type {OwnerKind, ProfileFrame} from '../model/profile.ts';
import type {CallFrame} from '../model/profile-part.ts';

export type CodeLocations = {
  /** `file:` URL of the scenario file. */
  readonly scenarioUrl: string;
  /** `file:` URL of the folder with foulweather's own code, with a slash at its end. */
  readonly harnessUrl: string;
};

type Owner = {readonly owner: string; readonly ownerKind: OwnerKind; readonly path: string | null};

/** The names that V8 gives to what is not a function. */
const engineNames: ReadonlyMap<string, string> = new Map([
  ['(idle)', 'idle'],
  ['(garbage collector)', 'garbage collector'],
  ['(GC)', 'garbage collector'],
  ['(program)', 'native code'],
  ['(root)', 'V8'],
  ['(V8 API)', 'native code'],
  ['(EXTERNAL)', 'native code'],
  ['(BYTECODE_COMPILER)', 'compiler'],
  ['(COMPILER)', 'compiler'],
  ['(PARSER)', 'compiler'],
]);

const builtinScenario = /^scenarios\/(?:builtin|pack)\//;

const telemetryPackage = /^@opentelemetry\/|^(?:import|require)-in-the-middle$/;

/** As a `file:` URL: CommonJS modules and native stacks have plain paths. */
const urlOf = (url: string): string => {
  if (url.startsWith('/')) return `file://${url}`;
  return /^[a-z]:[\\/]/i.test(url) ? `file:///${url.replaceAll('\\', '/')}` : url;
};

const inPackage = (url: string): {name: string; path: string} | null => {
  const parts = url.split('/node_modules/');
  const last = parts.length > 1 ? parts.at(-1) : undefined;
  const found = last === undefined ? null : /^((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(last);
  return found ? {name: found[1]!, path: found[2]!} : null;
};

const ownerOf = ({url: raw, functionName}: CallFrame, {scenarioUrl, harnessUrl}: CodeLocations): Owner => {
  const url = urlOf(raw);
  if (url === '')
    return {owner: engineNames.get(functionName) ?? 'native code', ownerKind: 'engine', path: null};
  if (url.startsWith('node:')) return {owner: 'Node.js', ownerKind: 'node', path: url};
  if (url === scenarioUrl) {
    return {owner: 'the scenario', ownerKind: 'scenario', path: url.slice(url.lastIndexOf('/') + 1)};
  }
  if (url.startsWith(harnessUrl)) {
    const path = url.slice(harnessUrl.length);
    // What a built-in scenario shares with its neighbours is a scenario's code, too.
    if (builtinScenario.test(path)) {
      return {owner: 'the scenario', ownerKind: 'scenario', path: path.slice(path.lastIndexOf('/') + 1)};
    }
    // foulweather's wrappers of Buffer's own functions: what they cost is the caller's, as it would be without them.
    if (functionName === 'bufferWrapper') {
      return {owner: 'Node.js', ownerKind: 'node', path: null};
    }
    return {owner: 'foulweather', ownerKind: 'harness', path};
  }
  const found = inPackage(url);
  if (found) {
    return telemetryPackage.test(found.name)
      ? {owner: 'OpenTelemetry', ownerKind: 'telemetry', path: `${found.name}/${found.path}`}
      : {owner: found.name, ownerKind: 'package', path: found.path};
  }
  if (!url.startsWith('file:')) return {owner: 'generated code', ownerKind: 'application', path: null};
  return {owner: 'the application', ownerKind: 'application', path: besideScenario(url, scenarioUrl)};
};

/** Relative to the scenario's folder; for files elsewhere only the file's name is shown. */
const besideScenario = (url: string, scenarioUrl: string): string => {
  const folder = scenarioUrl.slice(0, scenarioUrl.lastIndexOf('/') + 1);
  return url.startsWith(folder) ? url.slice(folder.length) : url.slice(url.lastIndexOf('/') + 1);
};

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

export const describeFrame = (frame: CallFrame, locations: CodeLocations): ProfileFrame => {
  const {owner, ownerKind, path} = ownerOf(frame, locations);
  return {
    functionName: frame.functionName === '' ? '(anonymous)' : frame.functionName,
    owner,
    ownerKind,
    place: path === null ? null : `${decoded(path)}:${frame.lineNumber + 1}`,
  };
};
