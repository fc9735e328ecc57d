// The entry: of a fresh checkout, where there is no dist/, and on a Node that is too old.
import {execFile} from 'node:child_process';
import {cp, mkdir, symlink, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {temporaryFolder} from '../helpers/run-folders.ts';

const checkout = resolve(import.meta.dirname, '../..');

test('what was never built runs from its sources', async t => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'bin'), {recursive: true});
  await writeFile(join(folder, 'package.json'), '{"type": "module"}\n');
  await cp(join(checkout, 'bin/foulweather.js'), join(folder, 'bin/foulweather.js'));
  await symlink(join(checkout, 'src'), join(folder, 'src'));
  const {stdout, stderr} = await promisify(execFile)(process.execPath, [
    join(folder, 'bin/foulweather.js'),
    'list',
  ]);
  t.regex(stdout, /^ {2}✓ undici-stall {2}/m);
  t.is(stderr, '');
});

test('an older Node gets one clear line with the command that works, and exit code 64', async t => {
  // The check reads process.versions: a preloaded line stands for the older Node.
  const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.0'});Object.defineProperty(process,'version',{value:'v20.19.0'})`;
  const failed = await t.throwsAsync<Error & {code: number; stderr: string; stdout: string}>(
    promisify(execFile)(process.execPath, [
      '--import',
      older,
      join(checkout, 'bin/foulweather.js'),
      'run',
      'undici-stall',
    ]),
  );
  t.is(failed.code, 64);
  t.is(failed.stdout, '');
  t.is(
    failed.stderr,
    'foulweather needs Node.js 22.20 or newer, and this is v20.19.0. This works: npx -p node@24 -p foulweather foulweather run undici-stall\n',
  );
});
