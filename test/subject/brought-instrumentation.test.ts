// An instrumentation that a variant brings has its own copies of what it is made of, and patches what is imported all the same.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {cp, mkdir, readdir, readFile, realpath, symlink, writeFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {temporaryFolder} from '../helpers/run-folders.ts';

const installed = resolve(import.meta.dirname, '../../node_modules');
const name = '@opentelemetry/instrumentation-ioredis';

/** What npm would install for the variant: copies of their own of what registers hooks, and links to the rest. */
const writeSet = async (t: ExecutionContext): Promise<string> => {
  const folder = join(await temporaryFolder(t), 'set');
  const copied = [name, '@opentelemetry/instrumentation', 'import-in-the-middle', 'require-in-the-middle'];
  const scoped = await readdir(join(installed, '@opentelemetry'));
  const others = ['module-details-from-path', 'cjs-module-lexer', 'es-module-lexer', 'debug', 'ms'];
  for (const own of [...scoped.map(part => `@opentelemetry/${part}`), ...others, ...copied.slice(2)]) {
    const to = join(folder, 'node_modules', own);
    await mkdir(dirname(to), {recursive: true});
    if (copied.includes(own)) await cp(join(installed, own), to, {recursive: true});
    else await symlink(join(installed, own), to);
  }
  await writeFile(join(folder, 'package.json'), '{"private": true}');
  return realpath(folder);
};

type Answer = {readonly isPatched: boolean; readonly unapplied: readonly unknown[]};

const fixture = new URL('../fixtures/patched-ioredis.ts', import.meta.url);

const answerOf = async (folder: string, how: 'import' | 'require', version: string): Promise<Answer> => {
  const sdk = {scenarioFile: fixture.pathname, instrumentations: [], use: ['ioredis'], mode: 'api-only'};
  const child = fork(fixture, [how, version], {
    execArgv: ['--import', new URL('../../src/subject/preload.ts', import.meta.url).href],
    env: {
      ...process.env,
      FOULWEATHER_SDK: JSON.stringify(sdk),
      FOULWEATHER_PACKAGES: JSON.stringify({folder, names: [name]}),
    },
  });
  const exited = once(child, 'exit');
  const [answer] = (await once(child, 'message')) as [Answer];
  await exited;
  return answer;
};

test('it patches what is imported and what is required', async t => {
  const folder = await writeSet(t);
  for (const how of ['import', 'require'] as const) {
    t.deepEqual(await answerOf(folder, how, '6.0.0'), {isPatched: true, unapplied: []}, how);
  }
});

test('one that is not for the version that is loaded is told', async t => {
  const folder = await writeSet(t);
  const main = join(folder, 'node_modules', name);
  const manifest = JSON.parse(await readFile(join(main, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  for (const file of await readdir(main, {recursive: true})) {
    if (!/\.[cm]?js$/.test(file)) continue;
    const text = await readFile(join(main, file), 'utf8');
    await writeFile(join(main, file), text.replaceAll('>=2.0.0 <7', '>=2.0.0 <3'));
  }
  const {isPatched, unapplied} = await answerOf(folder, 'import', '6.0.0');
  t.false(isPatched);
  t.deepEqual(unapplied, [
    {
      instrumentation: `${name} ${manifest.version}`,
      package: 'ioredis',
      version: '6.0.0',
      supports: '>=2.0.0 <3',
    },
  ]);
});
