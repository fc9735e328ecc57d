// What the harness sets for its own sake does not reach what a library starts.
import {execFile} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {entries, quiet} from '../../src/run/processes/entries.ts';

const run = promisify(execFile);

const seen = test.macro({
  title: (_title, own: string | undefined, present: string, expected: string | undefined) =>
    `a library's child sees ${expected ?? 'no cache'}, where ${present} was set and ${own ?? 'none'} is the harness's`,
  async exec(t, own: string | undefined, present: string, expected: string | undefined) {
    const folder = await mkdtemp(join(tmpdir(), 'foulweather-test-'));
    t.teardown(() => rm(folder, {recursive: true}));
    const {
      NODE_COMPILE_CACHE: _,
      FOULWEATHER_COMPILE_CACHE: __,
      ...environment
    } = process.env as {[name: string]: string};
    const script = `
      const {spawnSync} = require('node:child_process');
      const {getCompileCacheDir} = require('node:module');
      const names = ['NODE_COMPILE_CACHE', 'FOULWEATHER_COMPILE_CACHE'];
      const child = 'console.log(JSON.stringify(' + JSON.stringify(names) + '.map(name => process.env[name] ?? null)))';
      const {stdout} = spawnSync(process.execPath, ['-e', child], {encoding: 'utf8'});
      console.log(JSON.stringify({isCached: getCompileCacheDir() !== undefined, child: JSON.parse(stdout)}));`;
    const at = (name: string): string => join(folder, name);
    const {stdout} = await run(process.execPath, [...quiet, '--import', entries.preload, '-e', script], {
      env: {
        ...environment,
        NODE_COMPILE_CACHE: at(present),
        ...(own === undefined ? {} : {FOULWEATHER_COMPILE_CACHE: at(own)}),
      },
    });
    t.deepEqual(JSON.parse(stdout), {
      isCached: true,
      child: [expected === undefined ? null : at(expected), null],
    });
  },
});

test(seen, 'ours', 'ours', undefined);
test(seen, 'ours', 'theirs', 'theirs');
test(seen, undefined, 'theirs', 'theirs');
