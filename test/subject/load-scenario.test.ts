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

const explains = test.macro({
  title: title => `it explains ${title}`,
  async exec(t, name: string, text: string, statement: string, missingModule: string | null = null) {
    const folder = await folderOf(t, {[name]: text});
    t.deepEqual(await load(join(folder, name)), {
      message: statement.replaceAll('$', `${folder}/`),
      missingModule,
    });
  },
});

test(
  'a syntax error in TypeScript',
  explains,
  'a.ts',
  'const a: number = 1;\nconst b = ;\n',
  '$a.ts:2: SyntaxError: Expression expected',
);
test(
  'a syntax error in JavaScript',
  explains,
  'a.mjs',
  'const a = 1;\n\nconst b = ;\n',
  "$a.mjs:3: SyntaxError: Unexpected token ';'",
);
test(
  'TypeScript that Node cannot strip',
  explains,
  'a.ts',
  '\nenum A {x}\n',
  '$a.ts:2: SyntaxError: TypeScript enum is not supported in strip-only mode',
);
test(
  'a missing package',
  explains,
  'a.ts',
  "import 'no-such-thing/part';",
  "$a.ts: Error: Cannot find package 'no-such-thing' imported from $a.ts",
  'no-such-thing',
);
test(
  'a missing package with a scope',
  explains,
  'a.ts',
  "import '@no/such/part';",
  "$a.ts: Error: Cannot find package '@no/such' imported from $a.ts",
  '@no/such',
);
test(
  'a missing file, which is no package',
  explains,
  'a.ts',
  "import './near.ts';",
  "$a.ts: Error: Cannot find module '$near.ts' imported from $a.ts",
);
test(
  'a missing export of ours',
  explains,
  'a.ts',
  "\nimport {hail} from 'foulweather';",
  "$a.ts:2: SyntaxError: The requested module 'foulweather' does not provide an export named 'hail'",
);
test(
  'no default export',
  explains,
  'a.ts',
  'export const a = 1;',
  '$a.ts must default-export what defineScenario() returns.',
);
test(
  'a default export of something else',
  explains,
  'a.ts',
  'export default {name: "plain"};',
  '$a.ts must default-export what defineScenario() returns.',
);
test(
  'an error that is thrown',
  explains,
  'a.ts',
  "\n\nthrow new TypeError('boom');",
  '$a.ts:3: TypeError: boom',
);
test('a text that is thrown', explains, 'a.ts', "throw 'boom';", '$a.ts threw boom.');
test(
  'what is thrown and has no text',
  explains,
  'a.ts',
  'throw Object.create(null);',
  '$a.ts threw a value that cannot be turned into text.',
);

test('it explains a file that is not there', async t => {
  const folder = await folderOf(t, {});
  t.like(await load(join(folder, 'a.ts')), {missingModule: null});
});
