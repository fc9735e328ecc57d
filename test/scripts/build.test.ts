// dist/ as `npm run build` makes it of src/.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import test from 'ava';
import {builtinFile, builtinNames} from '../../src/scenarios/builtin.ts';

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');
const dist = join(root, 'dist');

const read = (file: string): string => readFileSync(file, 'utf8');

const namedInSources = readdirSync(src, {recursive: true, encoding: 'utf8'})
  .filter(path => path.endsWith('.ts'))
  .flatMap(path => [...read(join(src, path)).matchAll(/\bentry(?:File|Url)\('([^']+)'\)/g)])
  .map(([, path]) => path!);

const scenarios = builtinNames.map(name => relative(src, builtinFile(name)!).replace(/\.ts$/, ''));

/** From src/ and from dist/, without the ending. */
const entries: readonly string[] = ['cli/main', ...namedInSources, ...scenarios];

test('what is loaded by its place is there', t => {
  t.true(namedInSources.length > 10);
  t.deepEqual(
    entries.filter(path => !existsSync(join(dist, `${path}.js`))),
    [],
  );
});

test('the package exports what the sources do, and nothing else', async t => {
  const names = async (file: string): Promise<string[]> => Object.keys(await import(file)).toSorted();
  t.deepEqual(await names(join(dist, 'index.js')), await names(join(src, 'index.ts')));
});

const importPattern =
  /(?:^|\n)(?:import|export)\s+(?!type\b)[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|\n)import\s*['"]([^'"]+)['"]/g;

/** What is loaded with a file: files, and packages by name. What it imports later does not count. */
const loadedWith = (file: string, loaded = new Set<string>()): Set<string> => {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const [, from, alone] of read(file).matchAll(importPattern)) {
    const specifier = (from ?? alone)!;
    if (specifier.startsWith('.')) loadedWith(resolve(dirname(file), specifier), loaded);
    else loaded.add(specifier);
  }
  return loaded;
};

const packagesOf = (file: string): string[] =>
  [...loadedWith(file)].filter(name => !name.startsWith('/') && !name.startsWith('node:')).toSorted();

for (const path of entries) {
  test(`the chunks of ${path} bring no package that its sources do without`, t => {
    const needed = packagesOf(join(src, `${path}.ts`));
    t.deepEqual(
      packagesOf(join(dist, `${path}.js`)).filter(name => !needed.includes(name)),
      [],
    );
  });
}

test('no module is there twice: an error or a registry is the same to all files of a process', t => {
  const modules = readdirSync(dist, {recursive: true, encoding: 'utf8'})
    .filter(path => path.endsWith('.js'))
    .flatMap(path => read(join(dist, path)).match(/^\/\/ src\/.+$/gm) ?? []);
  t.true(modules.length > 500);
  t.deepEqual(
    modules.filter((module, index) => modules.indexOf(module) !== index),
    [],
  );
});
