import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {findProgram} from '../../src/services/find-program.ts';
import {accountIn} from '../../src/services/server.ts';
import {temporaryFolder} from '../helpers/run-folders.ts';

const withPrograms = async (t: ExecutionContext, files: readonly string[]): Promise<string> => {
  const root = await temporaryFolder(t);
  for (const file of files) {
    const path = join(root, file);
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
  }
  return root;
};

test('the newest version counts, before what PATH has', async t => {
  const root = await withPrograms(t, ['lib/9/bin/served', 'lib/15/bin/served', 'bin/served']);
  const places = {path: join(root, 'bin'), cwd: root};
  t.is(findProgram('served', [join(root, 'lib/*/bin')], places), join(root, 'lib/15/bin/served'));
  t.is(findProgram('served', [], places), join(root, 'bin/served'));
});

test('a program of an npm package is found from the folders below it', async t => {
  const root = await withPrograms(t, ['node_modules/.bin/served']);
  const cwd = join(root, 'a/b');
  t.is(findProgram('served', [], {path: '', cwd}), join(root, 'node_modules/.bin/served'));
});

test('a file that nobody may run is no program', async t => {
  const root = await withPrograms(t, ['bin/served']);
  await chmod(join(root, 'bin/served'), 0o644);
  t.is(findProgram('served', [], {path: join(root, 'bin'), cwd: root}), null);
});

const passwd =
  'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533::/:/bin/false\nmemcache:x:105:113::/:/bin/false\n';

test('the first account that there is counts', t => {
  t.deepEqual(accountIn(passwd, ['memcache', 'nobody']), {name: 'memcache', uid: 105, gid: 113});
  t.deepEqual(accountIn(passwd, ['postgres', 'nobody']), {name: 'nobody', uid: 65_534, gid: 65_533});
  t.is(accountIn(passwd, ['postgres']), null);
});
