// Makes dist/ of src/: JavaScript in bundles, the declarations that `tsc` left there as one, and the page's assets.
import {cpSync, globSync, writeFileSync} from 'node:fs';
import {isAbsolute, join, relative, resolve} from 'node:path';
import {rolldown} from 'rolldown';
import {builtinFile, builtinNames} from '../src/scenarios/builtin.ts';
import {rolledUp} from './declarations.ts';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');
const dist = join(root, 'dist');

/** From src/, without its ending. */
const nameOf = (file: string): string => relative(src, file).replaceAll('\\', '/').replace(/\.ts$/, '');

/** What is loaded by its place (model/own-files), and keeps it. All else goes into chunks that these share. */
const entries = [
  ...globSync(['index.ts', '**/main.ts', '**/*-main.ts', 'subject/preload.ts'], {cwd: src}).map(path =>
    join(src, path),
  ),
  ...builtinNames.map(name => builtinFile(name)!),
];

/** Packages, and Node's own modules. */
const isExternal = (specifier: string): boolean => !specifier.startsWith('.') && !isAbsolute(specifier);

/** What hardly any process does without. */
const isBase = (file: string): boolean =>
  /^model\/(?:channel|error-message|errors|own-files)$/.test(nameOf(file));

/** Small, and of use to many. The rest of model/ is for few of them, or brings a package. */
const isModel = (file: string): boolean =>
  /^(?:model\/(?!schema\/|symptoms|suggestions|plan)|scenarios\/define-scenario)/.test(nameOf(file));

/** What a scenario shares with others keeps its place, too: its frames are the scenario's (profiles/owner). */
const isOfScenarios = (file: string): boolean => /^scenarios\/(?:builtin|pack)\//.test(nameOf(file));

const declarations = rolledUp(join(dist, 'index.d.ts'));

const bundle = await rolldown({
  input: Object.fromEntries(entries.map(file => [nameOf(file), file])),
  cwd: root,
  platform: 'node',
  external: isExternal,
  // The oldest that package.json allows.
  transform: {target: 'node22.20'},
  preserveEntrySignatures: 'allow-extension',
});
await bundle.write({
  dir: dist,
  cleanDir: true,
  format: 'es',
  // Stacks and profiles name functions and lines.
  minify: false,
  minifyInternalExports: false,
  comments: false,
  entryFileNames: '[name].js',
  chunkFileNames: ({name, moduleIds}) => {
    if (name.startsWith('scenarios/')) return '[name].js';
    // Of a module that is loaded lazily, and lies in a chunk with others.
    return moduleIds.length === 0 ? 'lazy/[name].js' : 'chunks/[name].js';
  },
  codeSplitting: {
    // Besides those that the bundler makes of what the same entries load.
    groups: [
      {name: 'base', test: isBase},
      {name: 'model', test: isModel},
      {
        name: nameOf,
        debugName: 'scenarios',
        test: isOfScenarios,
        minShareCount: 2,
        includeDependenciesRecursively: false,
      },
    ],
  },
});
await bundle.close();

writeFileSync(join(dist, 'index.d.ts'), declarations);
const assets = 'report/page/assets';
cpSync(join(src, assets), join(dist, assets), {recursive: true});
