// Module hooks around the scenario file: `foulweather` resolves to this very package wherever the file lies,
// and the packages that the file imports are noted with their versions.
import {readFileSync} from 'node:fs';
import {registerHooks} from 'node:module';
import {fileURLToPath} from 'node:url';

const publicFace = new URL(`../index.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href;

const packagePattern = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;

type Found = {readonly name: string; readonly version: string};

const packageOf = (moduleUrl: string): Found | null => {
  const match = packagePattern.exec(moduleUrl);
  if (!match) return null;
  const manifest = JSON.parse(readFileSync(fileURLToPath(`${match[1]}/package.json`), 'utf8')) as {
    version?: string;
  };
  return {name: match[2]!, version: manifest.version ?? 'unknown'};
};

/** @returns the versions found so far, by package name; it fills while modules load. */
export const hookScenario = (scenarioUrl: string): Record<string, string> => {
  const versions: Record<string, string> = {};
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier === 'foulweather') return {url: publicFace, shortCircuit: true};
      const resolved = nextResolve(specifier, context);
      if (context.parentURL === scenarioUrl) {
        const found = packageOf(resolved.url);
        if (found) versions[found.name] = found.version;
      }
      return resolved;
    },
  });
  return versions;
};
