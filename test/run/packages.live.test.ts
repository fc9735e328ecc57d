// Versions of a library as variants: each set is installed into a folder of its own, and only these names come from there.
import {mkdir, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test from 'ava';
import type {Result} from '../../src/report/result.ts';
import {packagesFolder} from '../../src/run/packages.ts';
import {openPlace, type Place} from '../helpers/cli-world.ts';

const instrumentation = resolve(import.meta.dirname, '../fixtures/patching.ts');

/** A package that says its version, to import and to require, from its main file and from a part of it. */
const writeLibrary = async (folder: string, version: string): Promise<void> => {
  await mkdir(folder, {recursive: true});
  const exports = {'.': {import: './main.mjs', require: './main.cjs'}, './part': './part.cjs'};
  await writeFile(join(folder, 'package.json'), JSON.stringify({name: 'wobbly', version, exports}));
  await writeFile(join(folder, 'part.cjs'), `exports.version = '${version}';\n`);
  await writeFile(join(folder, 'main.cjs'), "exports.version = require('wobbly/part').version;\n");
  await writeFile(join(folder, 'main.mjs'), "export {version} from 'wobbly/part';\n");
};

const scenario = (variants: string, body = ''): string => `
import {createRequire} from 'node:module';
import {version} from 'wobbly';
import {version as ofPart} from 'wobbly/part';
import other from 'other';
import {defineScenario, latency} from 'foulweather';
const required = createRequire(import.meta.url)('wobbly');
export default defineScenario({
  name: 'versions',
  observation: 'It is slower since the update.',
  target: {kind: 'http'},
  variants: [${variants}],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 100},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [
    {name: 'baseline', role: 'baseline', durationMs: 300},
    {name: 'slow', role: 'fault', durationMs: 300, faults: [latency({latencyMs: 5})]},
  ],
  ${body}
  subject: {
    open({url, options}) {
      const found = [version, ofPart, required.version, other, required.seenBy ?? null];
      if (JSON.stringify(found) !== JSON.stringify(options)) throw new Error('found ' + JSON.stringify(found));
      return url;
    },
    async perform(url, {id}) {
      const response = await fetch(url + '/echo/' + id);
      return {echoedId: (await response.json()).id};
    },
  },
});
`;

const writePlace = async (place: Place, variants: string, body?: string): Promise<void> => {
  await writeLibrary(join(place.cwd, 'node_modules', 'wobbly'), '0.9.0');
  const other = join(place.cwd, 'node_modules', 'other');
  await mkdir(other, {recursive: true});
  await writeFile(join(other, 'index.js'), "module.exports = 'other of the project';\n");
  await writeFile(join(place.cwd, 'package.json'), '{}');
  await writeFile(join(place.cwd, 'versions.mjs'), scenario(variants, body));
};

const versionsOf = (json: string): (string | undefined)[] =>
  (JSON.parse(json) as Result).variants.map(variant => variant.versions['wobbly']);

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
    t.regex(first.stderr, /npm installs wobbly@file:\S+lib-1 for one\n/);
    t.deepEqual(versionsOf(first.stdout), ['0.9.0', '1.0.0', '2.0.0']);
    const report = await readFile(join(place.cwd, 'reports', 'versions', 'report.md'), 'utf8');
    t.true(report.includes('| `package wobbly` | not set | `file:./lib-2` |'));
    t.true(report.includes('| wobbly, as it was loaded | `0.9.0` | `2.0.0` |'));

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
    const kept = await readdir(packagesFolder(place.cwd));
    t.is(kept.length, 3, 'two at the same time put one folder in place, and leave no draft');
    const still = await place.call(['run', './versions.mjs']);
    t.is(still.code, 0);
    t.notRegex(still.stderr, /npm installs/);
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
    /is to come from file:\.\/nowhere, and \S+nowhere is neither .* \(FW_PACKAGE_INSTALL\)/s,
  );
  await mkdir(join(place.cwd, 'broken'));
  await writeFile(
    join(place.cwd, 'broken', 'package.json'),
    '{"name": "wobbly", "version": "1.0.0", "dependencies": {"gone": "file:./gone"}}',
  );
  t.regex(
    await fails('file:./broken'),
    /npm could not install wobbly@file:\S+broken:\n {2}npm error .*FW_PACKAGE_INSTALL/s,
  );
  await writeLibrary(join(place.cwd, 'whole'), '3.0.0');
  t.regex(
    await fails('file:./whole', {PATH: place.cwd}),
    /npm was not found, and it has to install wobbly@.* \(FW_NPM_MISSING\)/s,
  );
  t.deepEqual(await readdir(packagesFolder(place.cwd)), []);
  await rm(join(place.cwd, 'whole'), {recursive: true});
});

test.serial('a version comes from the registry, and an unknown one is told of', async t => {
  const place = await openPlace(t);
  await writePlace(
    place,
    "{name: 'only', options: ['2.1.3', '', '', '', ''], packages: {wobbly: 'npm:ms@2.1.3'}}",
  );
  const {code, stderr} = await place.call(['run', './versions.mjs']);
  if (/npm could not install/.test(stderr)) {
    t.log(`left out: the registry cannot be reached: ${stderr.split('\n').slice(0, 3).join(' ')}`);
    t.pass();
    return;
  }
  // It was installed and is what is loaded: ms has no part.
  t.not(code, 0);
  const [folder] = await readdir(packagesFolder(place.cwd));
  const manifest = join(packagesFolder(place.cwd), folder!, 'node_modules', 'wobbly', 'package.json');
  t.like(JSON.parse(await readFile(manifest, 'utf8')), {name: 'ms', version: '2.1.3'});
  await writePlace(place, "{name: 'only', options: [], packages: {wobbly: 'npm:ms@99.99.99'}}");
  const unknown = await place.call(['run', './versions.mjs']);
  t.is(unknown.code, 64);
  t.regex(unknown.stderr, /npm could not install wobbly@npm:ms@99\.99\.99:\n {2}npm error code ETARGET/);
});

const undiciScenario = `
import {Pool} from 'undici';
import {defineScenario, latency} from 'foulweather';
export default defineScenario({
  name: 'majors',
  observation: 'It is slower since the update.',
  target: {kind: 'http'},
  variants: [
    {name: 'seven', options: {}, packages: {undici: '^7'}},
    {name: 'eight', options: {}, packages: {undici: '^8'}, change: 'Update undici.'},
  ],
  load: {model: 'open', ratePerSecond: 50, maxInFlight: 100},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [
    {name: 'baseline', role: 'baseline', durationMs: 300},
    {name: 'slow', role: 'fault', durationMs: 300, faults: [latency({latencyMs: 5})]},
  ],
  subject: {
    open: ({url}) => new Pool(url),
    async perform(pool, {id}) {
      const {body} = await pool.request({path: '/echo/' + id, method: 'GET'});
      return {echoedId: (await body.json()).id};
    },
    close: pool => pool.close(),
  },
});
`;

test.serial(
  'two ranges of versions of one library are installed from the registry and compared in one run',
  async t => {
    const place = await openPlace(t);
    // The scenario is described with what the project has; each trial then runs with its own.
    await mkdir(join(place.cwd, 'node_modules'), {recursive: true});
    await symlink(
      resolve(import.meta.dirname, '../../node_modules/undici'),
      join(place.cwd, 'node_modules', 'undici'),
    );
    await writeFile(join(place.cwd, 'majors.mjs'), undiciScenario);
    const {code, stdout, stderr} = await place.call(['run', './majors.mjs', '--json']);
    if (/npm could not install/.test(stderr)) {
      t.log(`left out: the registry cannot be reached: ${stderr.split('\n').slice(0, 3).join(' ')}`);
      t.pass();
      return;
    }
    t.is(code, 0, stderr + stdout.slice(0, 3000));
    const {variants} = JSON.parse(stdout) as Result;
    t.deepEqual(
      variants.map(({name, versions}) => [name, versions['undici']?.split('.')[0]]),
      [
        ['seven', '7'],
        ['eight', '8'],
      ],
    );
    t.regex(stderr, /npm installs undici@\^7 for seven\n/);
    const report = await readFile(join(place.cwd, 'reports', 'majors', 'report.md'), 'utf8');
    t.true(report.includes('| `package undici` | `^7` | `^8` |'));
    t.is((await readdir(packagesFolder(place.cwd))).length, 2);
  },
);

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
