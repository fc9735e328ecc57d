// Scenario files of all kinds, each in an unrelated folder and in a process of its own.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, realpath, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';

const loader = fileURLToPath(new URL('../fixtures/load-scenario.ts', import.meta.url));

/** Writes the files into an empty folder, and gives its path. */
const folderOf = async (t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'foulweather-load-')));
  t.teardown(() => rm(folder, {recursive: true}));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), {recursive: true});
    await writeFile(join(folder, name), text);
  }
  return folder;
};

const load = async (file: string): Promise<unknown> => {
  const child = fork(loader, [file], {execArgv: []});
  const exited = once(child, 'exit');
  const [answer] = await once(child, 'message');
  await exited;
  return answer;
};

const scenario = `
  import {defineScenario, stall} from 'foulweather';
  const name: string = 'own';
  export default defineScenario({name, phases: [stall()]} as never);
`;

test('a TypeScript scenario imports foulweather where nothing is installed', async t => {
  const folder = await folderOf(t, {'own.ts': scenario});
  t.deepEqual(await load(join(folder, 'own.ts')), {name: 'own', versions: {}});
});

test('a plain JavaScript scenario does, too', async t => {
  const text = `import {defineScenario} from 'foulweather'; export default defineScenario({name: 'plain'});`;
  const folder = await folderOf(t, {'own.mjs': text});
  t.deepEqual(await load(join(folder, 'own.mjs')), {name: 'plain', versions: {}});
});

const inCommonJsPackage = test.macro({
  title: (title, name) => `in a package of type commonjs, as npm init makes it, ${name} ${title}`,
  async exec(t, name: string, text: string, answer: object) {
    const folder = await folderOf(t, {
      'package.json': '{"type": "commonjs"}',
      [name]: text,
      'near.js': 'exports.there = typeof require;',
    });
    const answered = JSON.stringify(await load(join(folder, name)));
    t.like(JSON.parse(answered.replaceAll(`${folder}/`, '$')), answer);
  },
});

const own = {name: 'own', versions: {}};
const plain = `import {defineScenario} from 'foulweather';\nexport default defineScenario({name: 'own'});`;
const required = `const {defineScenario} = require('foulweather');\nmodule.exports = defineScenario({name: 'own'});`;
const nearby = `import near from './near.js'; export default near.there === 'function' ? ours : null;`;

test('is an ES module', inCommonJsPackage, 'own.ts', scenario, own);
test('is an ES module', inCommonJsPackage, 'own.mts', scenario, own);
test('is an ES module if it is written as one', inCommonJsPackage, 'own.js', plain, own);
test('stays CommonJS if it is written so', inCommonJsPackage, 'required.js', required, own);
test('stays CommonJS', inCommonJsPackage, 'own.cjs', required, own);
test('has its syntax errors told with their line', inCommonJsPackage, 'own.js', `${plain}\nconst b = ;`, {
  message: "$own.js:3: SyntaxError: Unexpected token ';'",
});
test(
  'may import CommonJS files beside it',
  inCommonJsPackage,
  'importing.ts',
  `${scenario.replace('export default', 'const ours =')}${nearby}`,
  own,
);

test('the versions of imported packages are recorded, linked ones among them', async t => {
  const folder = await folderOf(t, {
    'own.ts': `import 'plain'; import '@scope/scoped/part.js'; import 'bare'; import 'linked'; import 'node:fs';
      import './near.ts'; ${scenario}`,
    'near.ts': `import 'far';`,
    'node_modules/plain/package.json': '{"version": "1.2.3", "main": "main.js"}',
    'node_modules/plain/main.js': '',
    'node_modules/@scope/scoped/package.json': '{"version": "0.1.0-beta.1"}',
    'node_modules/@scope/scoped/part.js': '',
    'node_modules/bare/index.js': '',
    'node_modules/far/package.json': '{"version": "9.9.9", "main": "main.js"}',
    'node_modules/far/main.js': '',
    'copy/package.json': '{"version": "2.0.0-dev", "main": "dist/main.js"}',
    'copy/dist/package.json': '{"type": "commonjs"}',
    'copy/dist/main.js': '',
  });
  await symlink('../copy', join(folder, 'node_modules/linked'));
  t.deepEqual(await load(join(folder, 'own.ts')), {
    name: 'own',
    versions: {plain: '1.2.3', '@scope/scoped': '0.1.0-beta.1', bare: 'unknown', linked: '2.0.0-dev'},
  });
});

test('versions are recorded for a scenario that is a symbolic link', async t => {
  const folder = await folderOf(t, {
    'own.ts': `import 'plain'; ${scenario}`,
    'node_modules/plain/package.json': '{"version": "1.2.3", "main": "main.js"}',
    'node_modules/plain/main.js': '',
  });
  await symlink('own.ts', join(folder, 'link.ts'));
  t.deepEqual(await load(join(folder, 'link.ts')), {name: 'own', versions: {plain: '1.2.3'}});
});

type Explained = {readonly says: string; readonly hint?: RegExp; readonly missingModule?: string};

const explains = test.macro({
  title: title => `it explains ${title}`,
  async exec(t, files: Readonly<Record<string, string>>, {says, hint, missingModule}: Explained) {
    const folder = await folderOf(t, files);
    const told = (await load(join(folder, Object.keys(files)[0]!))) as Record<string, string | null>;
    t.is(told['message'], says.replaceAll('$', `${folder}/`));
    t.is(told['missingModule'], missingModule ?? null);
    if (hint) t.regex(told['hint'] ?? '', hint);
    else t.is(told['hint'], null);
  },
});

const explained: readonly (readonly [string, Readonly<Record<string, string>>, Explained])[] = [
  [
    'a syntax error in TypeScript',
    {'a.ts': 'const a: number = 1;\nconst b = ;\n'},
    {says: '$a.ts:2: SyntaxError: Expression expected'},
  ],
  [
    'a syntax error in JavaScript',
    {'a.mjs': 'const a = 1;\n\nconst b = ;\n'},
    {says: "$a.mjs:3: SyntaxError: Unexpected token ';'"},
  ],
  [
    'a syntax error in a file that it imports',
    {'a.ts': "import './b.mjs';", 'b.mjs': 'const a = 1;\nconst b = ;\n'},
    {says: "$b.mjs:2: SyntaxError: Unexpected token ';'"},
  ],
  [
    'an enum',
    {'a.ts': '\nenum A {x}\n'},
    {
      says: '$a.ts:2: SyntaxError: TypeScript enum is not supported in strip-only mode',
      hint: /instead of an enum/,
    },
  ],
  [
    'a parameter property',
    {'a.ts': 'class A {\n  constructor(private a: number) {}\n}\n'},
    {
      says: '$a.ts:2: SyntaxError: TypeScript parameter property is not supported in strip-only mode',
      hint: /Declare the field/,
    },
  ],
  [
    'a missing package',
    {'a.ts': "\nimport 'no-such-thing/part';"},
    {
      says: "$a.ts:2: Error: Cannot find package 'no-such-thing' imported from $a.ts",
      missingModule: 'no-such-thing',
    },
  ],
  [
    'a missing package with a scope',
    {'a.ts': "import '@no/such/part';"},
    {says: "$a.ts:1: Error: Cannot find package '@no/such' imported from $a.ts", missingModule: '@no/such'},
  ],
  [
    'a missing file, which is no package',
    {'a.ts': "\nimport './near.ts';"},
    {says: '$a.ts:2: there is no file ./near.ts', hint: /Check the path/},
  ],
  [
    'an import without its extension',
    {'a.ts': "\nimport './lib/near';", 'lib/near.ts': ''},
    {says: '$a.ts:2: there is no file ./lib/near', hint: /^Write '\.\/lib\/near\.ts'/},
  ],
  [
    'an import with the extension of what it compiles to',
    {'a.ts': "import './near.js';", 'near.ts': ''},
    {says: '$a.ts:1: there is no file ./near.js', hint: /^Write '\.\/near\.ts'/},
  ],
  [
    'the import of a folder',
    {'a.ts': "import './lib';", 'lib/index.ts': ''},
    {says: '$a.ts:1: there is no file ./lib', hint: /^Write '\.\/lib\/index\.ts'/},
  ],
  [
    'a missing export of ours',
    {'a.ts': "\nimport {hail} from 'foulweather';"},
    {
      says: "$a.ts:2: SyntaxError: The requested module 'foulweather' does not provide an export named 'hail'",
      hint: /^Check the name\./,
    },
  ],
  [
    'a type that is imported like a value',
    {'a.ts': "import {Shop} from './near.ts';", 'near.ts': 'export interface Shop {name: string}'},
    {
      says: "$a.ts:1: SyntaxError: The requested module './near.ts' does not provide an export named 'Shop'",
      hint: /^Shop is a type: write `import type \{Shop\} from '\.\/near\.ts'`/,
    },
  ],
  [
    'a name that a CommonJS package does not tell',
    {
      'a.ts': "import {call} from 'old';",
      'node_modules/old/package.json': '{"main": "main.js"}',
      'node_modules/old/main.js': "module.exports['c' + 'all'] = 1;",
    },
    {
      says: "$a.ts:1: SyntaxError: Named export 'call' not found. The requested module 'old' is a CommonJS module, which may not support all module.exports as named exports.",
      hint: /`import lib from 'old'` and `const \{call\} = lib`/,
    },
  ],
  [
    'require in an ES module',
    {'a.mjs': "\nrequire('node:fs');"},
    {
      says: '$a.mjs:2: ReferenceError: require is not defined in ES module scope, you can use import instead',
      hint: /use import and export, or name it \.cjs/,
    },
  ],
  [
    'no default export',
    {'a.ts': 'export const a = 1;'},
    {
      says: '$a.ts: it has no default export made by defineScenario()',
      hint: /`export default defineScenario\(\{…\}\)`/,
    },
  ],
  [
    'a default export of something else',
    {'a.ts': 'export default {name: "plain"};'},
    {
      says: '$a.ts: it has no default export made by defineScenario()',
      hint: /`export default defineScenario\(\{…\}\)`/,
    },
  ],
  [
    'an error that is thrown',
    {'a.ts': "\n\nthrow new TypeError('boom');"},
    {says: '$a.ts:3: TypeError: boom'},
  ],
  [
    'an error that is thrown by a file that it imports',
    {'a.ts': "import './b.ts';", 'b.ts': "\nthrow new TypeError('boom');"},
    {says: '$b.ts:2: TypeError: boom'},
  ],
  ['a text that is thrown', {'a.ts': "throw 'boom';"}, {says: '$a.ts: it threw boom'}],
  [
    'what is thrown and has no text',
    {'a.ts': 'throw Object.create(null);'},
    {says: '$a.ts: it threw a value that cannot be turned into text'},
  ],
];
for (const [title, files, told] of explained) test(title, explains, files, told);

test('it explains a file that is not there', async t => {
  const folder = await folderOf(t, {});
  t.like(await load(join(folder, 'a.ts')), {missingModule: null});
});
