// A fresh checkout, as `npm ci` leaves it: there is no dist/.
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
  t.regex(stdout, /^undici-stall {2}/m);
  t.is(stderr, '');
});
