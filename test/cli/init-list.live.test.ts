// foulweather init and list, help and version.
import {existsSync} from 'node:fs';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test from 'ava';
import {stormNames} from '../../src/scenarios/storms.ts';
import {openPlace} from '../helpers/cli-world.ts';

test('init writes a scenario that is described without a mistake and runs', async t => {
  const place = await openPlace(t);
  const {code, stdout, stderr} = await place.call(['init', 'mine.ts']);
  t.is(code, 0);
  t.is(stdout, 'Wrote mine.ts.\nRun:      npx foulweather run ./mine.ts\n');
  t.is(stderr, '');
  const file = join(place.cwd, 'mine.ts');
  // As it is, but for its phases' length.
  const short = (await readFile(file, 'utf8')).replaceAll(/durationMs: [\d_]+/g, 'durationMs: 400');
  await writeFile(file, short);
  const run = await place.call(['run', 'mine.ts', '--variant', 'bounded', '--json', '--quiet']);
  t.true(run.code === 0 || run.code === 1 || run.code === 2, run.stderr);
  const result = JSON.parse(run.stdout) as {variants: {trials: {end: object; phases: {phase: string}[]}[]}[]};
  const [trial] = result.variants[0]!.trials;
  t.deepEqual(trial!.end, {kind: 'completed', close: 'resolved', error: null});
  t.is(trial!.phases.length, 7);
});

test('init names the file as it was named, in its message and in the file', async t => {
  const place = await openPlace(t);
  const absolute = join(place.cwd, 'my client.ts');
  const {stdout} = await place.call(['init', absolute]);
  t.is(stdout, `Wrote ${absolute}.\nRun:      npx foulweather run '${absolute}'\n`);
  t.true((await readFile(absolute, 'utf8')).includes("// Run it:  npx foulweather run './my client.ts'\n"));
});

for (const [name, statement] of [
  ['mine.mjs', /must end in \.ts or \.mts/],
  ['mine.cjs', /must end in \.ts or \.mts/],
  ['mine', /must end in \.ts or \.mts/],
  ['.', /is a folder\.\n.*foulweather init scenario\.ts/],
] as const) {
  test(`init does not write ${name}`, async t => {
    const place = await openPlace(t);
    await mkdir(place.cwd, {recursive: true});
    const {code, stderr} = await place.call(['init', name]);
    t.is(code, 64);
    t.regex(stderr, statement);
  });
}

test('init writes scenario.ts where no name is given, and overwrites only with --force', async t => {
  const place = await openPlace(t);
  const file = join(place.cwd, 'scenario.ts');
  t.is((await place.call(['init'])).code, 0);
  const written = await readFile(file, 'utf8');
  await writeFile(file, 'mine');
  const refused = await place.call(['init']);
  t.is(refused.code, 64);
  t.is(refused.stdout, '');
  t.regex(refused.stderr, /scenario\.ts already exists\.\n.*--force.*FW_FILE_EXISTS/);
  t.is(await readFile(file, 'utf8'), 'mine');
  t.is((await place.call(['init', '--force'])).code, 0);
  t.is(await readFile(file, 'utf8'), written);
});

test('list names the built-in scenarios, for people and for machines', async t => {
  const place = await openPlace(t);
  const list = await place.call(['list']);
  t.is(list.code, 0);
  t.is(list.stderr, '');
  const json = await place.call(['list', '--json']);
  const builtins = JSON.parse(json.stdout) as {name: string; summary: string}[];
  for (const {name, summary} of builtins) {
    t.true(
      list.stdout
        .split('\n')
        .some(line => line.slice(4).startsWith(`${name} `) && line.includes(`  ${summary}`)),
    );
  }
  const titles = list.stdout.split('\n').filter(line => /^[A-Z].*\)?$/.test(line));
  t.deepEqual(
    titles.slice(0, 7).map(title => title.replace(/ \(.*/, '')),
    [
      'Start here',
      'Case studies',
      'Libraries',
      'Libraries in Python',
      'Libraries in Go',
      'Libraries in Java',
      'Inside a library',
    ],
  );
  const {stdout: names} = await place.call(['list', '--names']);
  t.is(names, builtins.map(({name}) => `${name}\n`).join(''));
  const storms = await place.call(['list', '--storms', '--names']);
  t.is(storms.stdout, stormNames.map(name => `${name}\n`).join(''));
});

test('list says what a scenario lacks on this machine, and how to get it', async t => {
  const place = await openPlace(t);
  const env = {PATH: '/no/such/folder'};
  const {stdout} = await place.call(['list'], {env});
  const lines = stdout.split('\n');
  const at = lines.findIndex(line => line.startsWith('  ✗ memjs '));
  t.regex(lines[at + 1] ?? '', /^ +missing: apt-get install memcached$/);
  const below = (name: string): string =>
    lines[lines.findIndex(line => line.startsWith(`  ✗ ${name} `)) + 1] ?? '';
  t.regex(below('python-requests'), /^ +missing: Python 3\.9 or newer$/);
  t.regex(below('go-net-http'), /^ +missing: Go 1\.21 or newer$/);
  t.regex(below('java-net-http'), /^ +missing: a JDK, 17 or newer, and Maven$/);
  const json = await place.call(['list', '--json'], {env});
  const memjs = (JSON.parse(json.stdout) as {name: string}[]).find(({name}) => name === 'memjs');
  t.like(memjs, {
    group: 'library',
    needs: {service: 'memcached'},
    missing: {packages: [], service: 'memcached', toolchain: null},
  });
});

test('without a command, and with --help, the help comes on stdout', async t => {
  const place = await openPlace(t);
  for (const argv of [[], ['--help'], ['run', '--help']]) {
    const {code, stdout, stderr} = await place.call(argv);
    t.is(code, 0);
    t.is(stderr, '');
    t.regex(stdout, /^Usage: foulweather/);
    t.regex(stdout, /\nExamples:\n {2}foulweather run/);
    t.regex(stdout, /--no-color/);
  }
  const [, ...pages] = /\nDocumentation: (.*), (.*)\n/.exec((await place.call(['--help'])).stdout) ?? [];
  t.deepEqual(
    pages.map(page => existsSync(resolve(place.cwd, page))),
    [true, true],
  );
});

test('--version tells the version of the package', async t => {
  const place = await openPlace(t);
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  for (const argv of [['--version'], ['-v'], ['-V'], ['run', '--version'], ['run', '-v']]) {
    t.deepEqual(await place.call(argv), {code: 0, stdout: `${manifest.version}\n`, stderr: ''});
  }
});
