// Versions of a library that come from the registry.

import {mkdir, readdir, readFile, symlink, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test from 'ava';
import type {Result} from '../../src/report/formats/result.ts';
import {packagesFolder} from '../../src/run/packages.ts';
import {dataFolder} from '../../src/store/run-folder.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {readReport} from '../helpers/report-text.ts';
import {writePlace} from '../helpers/version-places.ts';

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
  const [folder] = await readdir(packagesFolder(dataFolder(place.cwd)));
  const manifest = join(
    packagesFolder(dataFolder(place.cwd)),
    folder!,
    'node_modules',
    'wobbly',
    'package.json',
  );
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
  operation: {deadlineMs: 10_000, idempotent: true},
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
    t.regex(stderr, /installing undici@\^7 for seven\n/);
    const report = await readReport(join(place.cwd, 'reports', 'majors'));
    t.true(report.includes('| `package undici` | `^7` | `^8` |'));
    t.is((await readdir(packagesFolder(dataFolder(place.cwd)))).length, 2);
  },
);
