// A project with a library of which there are several versions, and a scenario that says which one it found.
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Result} from '../../src/report/formats/result.ts';
import type {Place} from './cli-world.ts';

/** A package that says its version, to import and to require, from its main file and from a part of it. */
export const writeLibrary = async (folder: string, version: string): Promise<void> => {
  await mkdir(folder, {recursive: true});
  const exports = {'.': {import: './main.mjs', require: './main.cjs'}, './part': './part.cjs'};
  await writeFile(join(folder, 'package.json'), JSON.stringify({name: 'wobbly', version, exports}));
  await writeFile(join(folder, 'part.cjs'), `exports.version = '${version}';\n`);
  await writeFile(join(folder, 'main.cjs'), "exports.version = require('wobbly/part').version;\n");
  await writeFile(join(folder, 'main.mjs'), "export {version} from 'wobbly/part';\n");
};

export const scenario = (variants: string, body = ''): string => `
import {createRequire} from 'node:module';
import {version} from 'wobbly';
import {version as ofPart} from 'wobbly/part';
import other from 'other';
import {defineScenario, latency} from 'foulweather';
const required = createRequire(import.meta.url)('wobbly');
export default defineScenario({
  name: 'versions',
  observation: 'It is slower since the update.',
  target: {kind: 'http'},
  variants: [${variants}],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 100},
  operation: {deadlineMs: 10_000, idempotent: true},
  phases: [
    {name: 'baseline', role: 'baseline', durationMs: 300},
    {name: 'slow', role: 'fault', durationMs: 300, faults: [latency({latencyMs: 5})]},
  ],
  ${body}
  subject: {
    open({url, options}) {
      const found = [version, ofPart, required.version, other, required.seenBy ?? null];
      if (JSON.stringify(found) !== JSON.stringify(options)) throw new Error('found ' + JSON.stringify(found));
      return url;
    },
    async perform(url, {id}) {
      const response = await fetch(url + '/echo/' + id);
      return {echoedId: (await response.json()).id};
    },
  },
});
`;

export const writePlace = async (place: Place, variants: string, body?: string): Promise<void> => {
  await writeLibrary(join(place.cwd, 'node_modules', 'wobbly'), '0.9.0');
  const other = join(place.cwd, 'node_modules', 'other');
  await mkdir(other, {recursive: true});
  await writeFile(join(other, 'index.js'), "module.exports = 'other of the project';\n");
  await writeFile(join(place.cwd, 'package.json'), '{}');
  await writeFile(join(place.cwd, 'versions.mjs'), scenario(variants, body));
};

export const versionsOf = (json: string): (string | undefined)[] =>
  (JSON.parse(json) as Result).variants.map(variant => variant.versions['wobbly']);
