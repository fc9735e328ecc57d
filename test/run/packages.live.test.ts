// Versions of a library as variants: each set is installed into a folder of its own, and only these names come from there.

import {mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test from 'ava';
import type {Result} from '../../src/report/formats/result.ts';
import {packagesFolder} from '../../src/run/packages.ts';
import {dataFolder} from '../../src/store/run-folder.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {readReport} from '../helpers/report-text.ts';
import {scenario, versionsOf, writeLibrary, writePlace} from '../helpers/version-places.ts';

const instrumentation = resolve(import.meta.dirname, '../fixtures/patching.ts');

test.serial(
  'each variant loads its own version, to import and to require, and instrumentations by name see it',
  async t => {
    const place = await openPlace(t);
    const other = "'other of the project'";
    await writePlace(
      place,
      `{name: 'installed', options: ['0.9.0', '0.9.0', '0.9.0', ${other}, null]},
     {name: 'one', options: ['1.0.0', '1.0.0', '1.0.0', ${other}, 'instrumentation of 1.0.0'], packages: {wobbly: 'file:./lib-1'}},
     {name: 'two', options: ['2.0.0', '2.0.0', '2.0.0', ${other}, 'instrumentation of 2.0.0'], packages: {wobbly: 'file:./lib-2'}, change: 'Update wobbly.'},`,
      `telemetry: {instrumentations: ['${instrumentation}']},`,
    );
    await writeLibrary(join(place.cwd, 'lib-1'), '1.0.0');
    await writeLibrary(join(place.cwd, 'lib-2'), '2.0.0');
    const first = await place.call(['run', './versions.mjs', '--json']);
    t.is(first.code, 0, first.stderr + first.stdout.slice(0, 3000));
    t.regex(first.stderr, /installing wobbly@file:\S+lib-1 for one\n/);
    t.deepEqual(versionsOf(first.stdout), ['0.9.0', '1.0.0', '2.0.0']);
    const report = await readReport(join(place.cwd, 'reports', 'versions'));
    t.true(report.includes('| `package wobbly` | not set | `file:./lib-2` |'));
    t.true(report.includes('| wobbly (version loaded) | `0.9.0` | `2.0.0` |'));

    // What has not changed is installed already; a working copy that has is installed anew.
    await writeLibrary(join(place.cwd, 'lib-2'), '2.0.1');
    const changed = scenario(
      "{name: 'two', options: ['2.0.1', '2.0.1', '2.0.1', 'other of the project', null], packages: {wobbly: 'file:./lib-2'}}",
    );
    await writeFile(join(place.cwd, 'versions.mjs'), changed);
    const runs = [
      place.call(['run', './versions.mjs', '--json']),
      place.call(['run', './versions.mjs', '--json']),
    ];
    for (const again of await Promise.all(runs)) {
      // Two runs at once may find that they take each other's time.
      t.true(again.code === 0 || again.code === 2, again.stderr);
      t.deepEqual(versionsOf(again.stdout), ['2.0.1']);
    }
    const kept = await readdir(packagesFolder(dataFolder(place.cwd)));
    t.is(kept.length, 3, 'two at the same time put one folder in place, and leave no draft');
    const still = await place.call(['run', './versions.mjs']);
    t.is(still.code, 0);
    t.notRegex(still.stderr, /installing/);
  },
);

test('what cannot be installed is told with its reason, and nothing is left behind', async t => {
  const place = await openPlace(t);
  const fails = async (spec: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
    await writePlace(place, `{name: 'only', options: [], packages: {wobbly: '${spec}'}}`);
    const {code, stderr} = await place.call(['run', './versions.mjs'], {env});
    t.is(code, 64, stderr);
    t.notRegex(stderr, /^\s+at .*:\d+/m);
    return stderr;
  };
  t.regex(
    await fails('file:./nowhere'),
    /is specified as file:\.\/nowhere, but \S*nowhere is neither .* \(FW_PACKAGE_INSTALL\)/s,
  );
  await mkdir(join(place.cwd, 'broken'));
  await writeFile(
    join(place.cwd, 'broken', 'package.json'),
    '{"name": "wobbly", "version": "1.0.0", "dependencies": {"gone": "file:./gone"}}',
  );
  t.regex(
    await fails('file:./broken'),
    /npm could not install wobbly@file:\S*broken:\n {2}npm error .*FW_PACKAGE_INSTALL/s,
  );
  await writeLibrary(join(place.cwd, 'whole'), '3.0.0');
  t.regex(
    await fails('file:./whole', {PATH: place.cwd}),
    /npm is needed to install wobbly@.*, but was not found\.\n.* \(FW_NPM_MISSING\)/s,
  );
  t.deepEqual(await readdir(packagesFolder(dataFolder(place.cwd))), []);
  await rm(join(place.cwd, 'whole'), {recursive: true});
});

test.serial(
  '--against: the version that is named is the baseline, and the installed one the candidate',
  async t => {
    const place = await openPlace(t);
    const found = (version: string): string =>
      `['${version}', '${version}', '${version}', 'other of the project', null]`;
    // open() compares what it finds with its options, so this one takes either.
    await writePlace(place, `{name: 'defaults', options: ${found('0.9.0')}}`);
    const file = join(place.cwd, 'versions.mjs');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/if \(JSON.stringify\(found\)[^\n]*/, ''));
    await writeLibrary(join(place.cwd, 'lib-1'), '0.8.0');
    const run = await place.call(['run', './versions.mjs', '--against', 'wobbly@file:lib-1', '--json']);
    t.is(run.code, 0, run.stderr);
    const {variants, command} = JSON.parse(run.stdout) as Result;
    t.deepEqual(
      variants.map(({name, role, versions}) => [role, versions['wobbly'], name.startsWith('wobbly-file-')]),
      [
        ['baseline', '0.8.0', true],
        ['candidate', '0.9.0', false],
      ],
    );
    t.regex(command, /--against wobbly@file:lib-1 --seed 1$/);
  },
);
