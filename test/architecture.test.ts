// The house's rules, read off the imports: which room may know which, no cycles, and who may touch the process.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import test from 'ava';

const src = resolve(import.meta.dirname, '../src');

/** Room → what it may import: whole rooms, or single files of them. Type imports count too. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  model: [],
  stats: [],
  certificates: [],
  profiles: ['model'],
  scenarios: ['model'],
  targets: ['model', 'certificates'],
  services: ['model'],
  'faults/server': ['model', 'certificates'],
  faults: ['model'],
  load: ['model'],
  telemetry: ['model'],
  measures: ['model', 'stats'],
  symptoms: ['model', 'stats', 'measures'],
  conventions: ['model', 'measures'],
  explore: ['model', 'stats'],
  report: ['model', 'stats', 'explore'],
  store: ['model'],
  subject: ['model', 'scenarios', 'load', 'telemetry'],
  children: ['model', 'scenarios', 'subject', 'targets', 'load/error-facts'],
  run: [
    'model',
    'stats',
    'faults',
    'telemetry',
    'store',
    'measures',
    'symptoms',
    'profiles',
    'conventions',
    'services',
    'explore',
    'subject/protocol',
  ],
  'index.ts': ['model', 'scenarios'],
};

/** Packages that only these rooms may know. */
const onlyIn: Readonly<Record<string, string | readonly string[]>> = {
  'toxiproxy-node-client': 'faults',
  commander: 'cli',
  'log-update': 'cli',
  '@opentelemetry/sdk-node': 'subject',
  protobufjs: ['telemetry', 'profiles'],
  '@peculiar/x509': 'certificates',
  'd3-scale': 'report',
  'd3-shape': 'report',
};

type Source = {readonly path: string; readonly text: string; readonly imports: readonly string[]};

const importPattern =
  /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)import\s*['"]([^'"]+)['"]/g;

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');

const sources: readonly Source[] = readdirSync(src, {recursive: true, encoding: 'utf8'})
  .filter(path => path.endsWith('.ts'))
  .map(path => {
    const text = withoutComments(readFileSync(join(src, path), 'utf8'));
    const imports = [...text.matchAll(importPattern)].map(match => (match[1] ?? match[2] ?? match[3])!);
    return {path, text, imports};
  });

const roomOf = (path: string): string => {
  if (path.startsWith('faults/server/')) return 'faults/server';
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
};

const targetOf = (source: Source, specifier: string): string =>
  relative(src, resolve(src, dirname(source.path), specifier));

const localImports = (source: Source): string[] =>
  source.imports.filter(specifier => specifier.startsWith('.')).map(specifier => targetOf(source, specifier));

test('every import stays within what its room may know', t => {
  const wrong = sources.flatMap(source => {
    const room = roomOf(source.path);
    if (room === 'cli') return [];
    const allowed = mayImport[room];
    if (!allowed) return [`${source.path}: the room ${room} is not in the table`];
    return localImports(source)
      .filter(target => {
        const targetRoom = roomOf(target);
        const file = target.replace(/\.ts$/, '');
        return targetRoom !== room && !allowed.includes(targetRoom) && !allowed.includes(file);
      })
      .map(target => `${source.path} imports ${target}`);
  });
  t.deepEqual(wrong, []);
});

test('no imports leave src, but for the manifest', t => {
  const wrong = sources.flatMap(source => localImports(source).filter(target => target.startsWith('..')));
  t.deepEqual(wrong, []);
});

/** Where Node needs to know who asks, any file of the package will do. */
const asksForOthers = /\b(?:createRequire\(|register\([^)]*, )import\.meta\.url\)/g;

test('one file knows where it is, since a bundle has others, and scenarios, which keep their places', t => {
  const wrong = sources
    .filter(({text}) => /import\.meta\.(?:url|dirname|filename)/.test(text.replace(asksForOthers, '')))
    .map(({path}) => path)
    .filter(path => !/^scenarios\/(?:builtin|pack)\//.test(path));
  t.deepEqual(wrong, ['model/own-files.ts']);
});

test('there are no import cycles', t => {
  const graph = new Map(sources.map(source => [source.path, localImports(source)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  t.deepEqual(cycles, []);
});

test('each package stays in the one room that knows it', t => {
  const wrong = sources.flatMap(source =>
    Object.entries(onlyIn)
      .filter(
        ([name, room]) =>
          source.imports.some(specifier => specifier === name || specifier.startsWith(`${name}/`)) &&
          ![room].flat().includes(roomOf(source.path)),
      )
      .map(([name]) => `${source.path} imports ${name}`),
  );
  t.deepEqual(wrong, []);
});

/** Names that had to be explained, and what the field says instead (docs/whats-here.md, Vocabulary). */
const bannedWords =
  /household|surroundings|farewell|give_?back|relay_?station|trial_?desk|trial_?intake|grpc_?door|where_?stuck|kill_?marked|temporary_?base|told_?bytes|said_?of_?itself|toxiproxys|tlses|gravity|tales_?wanted|hand_?over|turned_?away|kept_?file/i;

const everySource = (): string[] =>
  ['src', 'test', 'scripts', 'bench', 'examples'].flatMap(folder =>
    readdirSync(resolve(src, '..', folder), {recursive: true, encoding: 'utf8'})
      .filter(path => path.endsWith('.ts'))
      .map(path => join(folder, path)),
  );

test('names are those of the field', t => {
  const wrong = everySource()
    .filter(path => path !== 'test/architecture.test.ts')
    .flatMap(path => {
      const text = readFileSync(resolve(src, '..', path), 'utf8');
      const words = [path, ...(text.match(/[A-Za-z_$][\w$]*/g) ?? [])];
      return words.filter(word => bannedWords.test(word)).map(word => `${path}: ${word}`);
    });
  t.deepEqual(wrong, []);
});

const valueImportPattern =
  /(?:^|\n)(?:import|export)\s+(?!type\b)[^'";]*?\bfrom\s*'([^']+)'|(?:^|\n)import '([^']+)'/g;

/** A file and all that is loaded with it. */
const loadedWith = (entry: string): Source[] => {
  const loaded = new Map<string, Source>();
  const load = (path: string): void => {
    const source = sources.find(candidate => candidate.path === path);
    if (source === undefined || loaded.has(path)) return;
    loaded.set(path, source);
    for (const [, from, alone] of source.text.matchAll(valueImportPattern))
      load(targetOf(source, (from ?? alone)!));
  };
  load(entry);
  return [...loaded.values()];
};

test('the process with the library does without the schemas: it has their types only', t => {
  const loaded = ['index.ts', 'subject/preload.ts', 'subject/subject-main.ts'].flatMap(loadedWith);
  t.true(loaded.length > 50);
  t.deepEqual(
    loaded.map(({path}) => path).filter(path => path.startsWith('model/schema/')),
    [],
  );
});

const isEntry = (path: string): boolean =>
  path.startsWith('cli/') || /(?:^|\/)(?:main|(?:[a-z]+-)?preload|[a-z]+-main)\.ts$/.test(path);

test('only the command line and child entries touch exit, argv and env', t => {
  const wrong = sources
    .filter(source => !isEntry(source.path) && /(?<!\.)\bprocess\.(?:exit|argv|env)\b/.test(source.text))
    .map(source => source.path);
  t.deepEqual(wrong, []);
});

test('there is no room for leftovers', t => {
  const wrong = sources
    .map(source => source.path)
    .filter(
      path =>
        /(?:^|\/)(?:utils?|helpers?|common|misc)(?:\/|\.ts$)/.test(path) ||
        (path.endsWith('index.ts') && path !== 'index.ts'),
    );
  t.deepEqual(wrong, []);
});

/** Tests of more than one file, and why. */
const ofManyFiles: Readonly<Record<string, string>> = {
  architecture: 'holds all of src/',
  docs: 'README and docs',
  'cli/bad-input': 'one bad input after the other, for all commands',
  'clients/judgements': 'all that is judged of recorded runs, to the letter',
  'faults/server/tolerances': 'the times of several toxics, held against a real Toxiproxy, too',
  'faults/server/toxics': 'all toxics of Toxiproxy, held against a real one, too',
  'faults/server/toxics-upstream': 'all toxics of Toxiproxy, held against a real one, too',
  'report/golden': 'whole reports, held against saved ones',
  'report/golden-for-ci': 'what CI is told, held against saved texts',
  'run/guard': 'what the guard and its parent do together',
  'subject/brought-instrumentation': 'the preload, its hooks and the SDK together',
  'symptoms/answers': 'detectors that look at answers and at the telemetry of retries',
  'symptoms/closed-under-load': 'detectors that look at a close() under load',
  'symptoms/comeback': 'detectors that look at the time after a fault',
  'symptoms/coming-clients': 'detectors that look at clients that come and go',
  'symptoms/endings': 'detectors that look at how the process ended',
  'symptoms/leaks': 'detectors that look at what is left behind',
  'symptoms/ledger': "detectors that look at the target's ledger",
  'symptoms/proofs': 'all detectors have clients that prove them',
};

/** A test `aggregate-spans` is of a source of that name, or of an aspect of `aggregate`. */
const namesOfSource = (name: string): string[] => {
  const parts = name.split('-');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
};

// Tests of whole runs have a second ending, such as `.live`, and are of all files.
test('each test mirrors a source file, or is named here', t => {
  const isSource = (path: string): boolean =>
    ['src/x.ts', 'x.ts', 'x.js'].some(pattern => existsSync(resolve(src, '..', pattern.replace('x', path))));
  const tests = readdirSync(import.meta.dirname, {recursive: true, encoding: 'utf8'})
    .filter(path => /^[^.]+\.test\.ts$/.test(path))
    .map(path => path.replace(/\.test\.ts$/, ''));
  const isOf = (path: string): boolean =>
    namesOfSource(path.slice(path.lastIndexOf('/') + 1)).some(name => isSource(join(dirname(path), name)));
  // A family of symptoms has tests for its detectors.
  const mirrors = (path: string): boolean =>
    isOf(path) || isOf(path.replace(/^symptoms\//, 'model/symptoms/'));
  t.deepEqual(
    tests.filter(path => !mirrors(path) && !Object.hasOwn(ofManyFiles, path)),
    [],
  );
  t.deepEqual(
    Object.keys(ofManyFiles).filter(path => !tests.includes(path) || mirrors(path)),
    [],
  );
});
