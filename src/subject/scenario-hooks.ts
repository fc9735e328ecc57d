// Module hooks around the scenario file: `foulweather` resolves to this very package wherever the file lies, the
// packages that the file imports are recorded with their versions, and the file is an ES module if it is written as
// one, whatever `npm init` wrote into the package.json beside it.
import {existsSync, readFileSync} from 'node:fs';
import {findPackageJSON, registerHooks} from 'node:module';
import {fileURLToPath} from 'node:url';
import {entryUrl} from '../model/own-files.ts';
import {baseOf} from './package-hooks.ts';
import {packageNameOf} from './package-name.ts';

const publicFace = entryUrl('index').href;

/** Found from the importing file and not from the module's own place, so that a linked working copy is found, too. */
const manifestOf = (specifier: string, parentUrl: string, resolvedUrl: string): string | undefined => {
  try {
    return findPackageJSON(specifier, parentUrl);
  } catch {
    // Found by NODE_PATH, which only require() knows.
    return findPackageJSON(resolvedUrl);
  }
};

const versionOf = (specifier: string, parentUrl: string, resolvedUrl: string): string => {
  const manifestFile = manifestOf(specifier, parentUrl, resolvedUrl);
  if (manifestFile === undefined || !existsSync(manifestFile)) return 'unknown';
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as {readonly version?: string};
  return manifest.version ?? 'unknown';
};

/** What Node takes for CommonJS only because of the package.json: with the endings .cjs and .cts it is meant. */
const moduleFormats: Readonly<Record<string, string>> = {
  commonjs: 'module',
  'commonjs-typescript': 'module-typescript',
};

const isWrittenAsModule = (file: string): boolean =>
  !/\.c[jt]s$/.test(file) && /^\s*(?:import|export)\b(?!\s*\()/m.test(readFileSync(file, 'utf8'));

/** Null: Node's own answer stays. */
const moduleFormat = (scenarioUrl: string, format: string | null | undefined): string | null => {
  const wanted = moduleFormats[format ?? ''];
  return wanted !== undefined && isWrittenAsModule(fileURLToPath(scenarioUrl)) ? wanted : null;
};

/**
 * @param scenarioUrl the file's real place: Node follows symbolic links
 * @returns the versions found so far, by package name; it fills while modules load.
 */
export const hookScenario = (scenarioUrl: string): Record<string, string> => {
  const versions: Record<string, string> = {};
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'foulweather') return {url: publicFace, shortCircuit: true};
      // Asked first: a later hook that looks elsewhere changes the parent in this very context.
      const name = context.parentURL === scenarioUrl ? packageNameOf(specifier) : null;
      const resolved = nextResolve(specifier, context);
      if (resolved.url === scenarioUrl) {
        const format = moduleFormat(scenarioUrl, resolved.format);
        return format === null ? resolved : {...resolved, format};
      }
      if (name !== null) versions[name] = versionOf(specifier, baseOf(specifier, scenarioUrl), resolved.url);
      return resolved;
    },
  });
  return versions;
};
