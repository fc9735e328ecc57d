// A corpus of published bugs: pairs of versions of a library, the last one with the bug and the first one without it.
import {existsSync} from 'node:fs';
import {copyFile, mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {basename, join, resolve} from 'node:path';
import {z} from 'zod';
import {npmInstall} from '../src/run/npm.ts';
import {packageNameOf} from '../src/subject/package-name.ts';

const pairSchema = z.object({
  id: z.string(),
  package: z.string(),
  bad: z.string(),
  fixed: z.string(),
  scenario: z.string(),
  expected: z.string(),
});

export type Pair = z.infer<typeof pairSchema>;

const root = resolve(import.meta.dirname, '..');

/** @param only ids with commas between them; empty: all */
export const pairsOf = async (folder: string, only: string): Promise<readonly Pair[]> => {
  const corpus = z.array(pairSchema).parse(JSON.parse(await readFile(join(folder, 'corpus.json'), 'utf8')));
  const wanted = only === '' ? null : only.split(',');
  for (const id of wanted ?? []) {
    if (!corpus.some(pair => pair.id === id)) throw new Error(`${folder} has no pair ${id}`);
  }
  return corpus.filter(({id}) => wanted === null || wanted.includes(id));
};

/** `?x` is a symptom that there was no name for when the corpus was made: part of a name counts. */
export const isExpected = ({expected}: Pair, symptom: string): boolean =>
  expected
    .split('|')
    .some(name => (name.startsWith('?') ? symptom.includes(name.slice(1)) : symptom === name));

/** A place where the scenarios find foulweather, and the libraries of which they bring other versions. */
export const workshop = async (folder: string): Promise<string> => {
  const place = join(root, '.foulweather', 'corpus', basename(resolve(folder)));
  await mkdir(place, {recursive: true});
  const sources = (await readdir(folder)).filter(name => name.endsWith('.ts'));
  const imported = new Set<string>();
  for (const name of sources) {
    await copyFile(join(folder, name), join(place, name));
    const source = await readFile(join(folder, name), 'utf8');
    for (const [, specifier = ''] of source.matchAll(/from '([^']+)'/g)) {
      const packageName = packageNameOf(specifier);
      if (packageName !== null) imported.add(packageName);
    }
  }
  imported.delete('foulweather');
  const isThere = (name: string, base: string): boolean => existsSync(join(base, 'node_modules', name));
  const needed = [...imported].filter(name => !isThere(name, root));
  if (!needed.every(name => isThere(name, place))) {
    const dependencies = Object.fromEntries(needed.map(name => [name, '*']));
    await writeFile(
      join(place, 'package.json'),
      JSON.stringify({private: true, type: 'module', dependencies}),
    );
    console.log(`npm installs ${needed.join(', ')}`);
    const signal = new AbortController().signal;
    await npmInstall(place, needed.join(' '), {environment: process.env, signal});
  }
  const link = join(place, 'node_modules', 'foulweather');
  await mkdir(join(place, 'node_modules'), {recursive: true});
  await rm(link, {force: true});
  await symlink(root, link);
  return place;
};
