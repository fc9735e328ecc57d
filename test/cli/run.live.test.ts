// foulweather run and report, in a world of their own: what is printed where, what is written, and the exit code.
import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {RunRecord} from '../../src/model/run.ts';
import type {Result} from '../../src/report/formats/result.ts';
import type {Weather} from '../../src/report/weather/weather.ts';
import {openPlace} from '../helpers/cli-world.ts';

// One run after the other: several at once take each other's time, which a run notices, and then proves nothing.

const control = '\u001b[';
const red = `${control}31m`;
const bold = `${control}1m`;

const clock = (): (() => Date) => {
  let ms = Date.UTC(2026, 10, 2, 14, 0, 0);
  return () => {
    ms += 1000;
    return new Date(ms);
  };
};

test.serial(
  'a scenario says how many trials it makes, unless --trials does, or only one variant is driven',
  async t => {
    const place = await openPlace(t);
    await place.bring('calm');
    const scenario = [
      "import {defineScenario} from 'foulweather';",
      "import calm from './calm.ts';",
      "export default defineScenario({...calm, name: 'twice', trials: 2});",
    ];
    await writeFile(join(place.cwd, 'twice.ts'), scenario.join('\n'));
    const madeBy = async (...options: string[]): Promise<readonly [trials: number, command: string]> => {
      const {stdout, stderr} = await place.call(['run', 'twice.ts', '--no-profiles', '--json', ...options]);
      const {trialsPerVariant, command} = JSON.parse(stdout || '{}');
      t.truthy(trialsPerVariant, stderr);
      return [trialsPerVariant, command];
    };
    t.deepEqual(await madeBy(), [2, 'npx foulweather run twice.ts --seed 1 --no-profiles']);
    t.deepEqual(await madeBy('--trials', '1'), [
      1,
      'npx foulweather run twice.ts --seed 1 --trials 1 --no-profiles',
    ]);
    t.is((await madeBy('--variant', 'one'))[0], 1);
  },
);

test.serial('a run of two trials: interleaved, reported, and rendered again byte for byte', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const now = clock();
  const run = await place.call(['run', 'calm.ts', '--trials', '2', '--seed', '7', '--out', 'here'], {now});
  t.is(run.code, 0, run.stderr);
  t.regex(run.stdout, /^.*Met {2}/);
  t.regex(
    run.stdout,
    /Report: here\/calm\/report\.md\nRepeat: npx foulweather run calm\.ts --seed 7 --trials 2\n$/,
  );

  const [id] = await readdir(join(place.cwd, '.foulweather', 'runs'));
  const folder = join(place.cwd, '.foulweather', 'runs', id!);
  const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord;
  t.deepEqual(record.trialIds, ['one-1', 'many-1', 'many-2', 'one-2']);
  t.like(record, {id: '2026-11-02T14-00-01-calm', seed: 7, status: 'complete', trialsPerVariant: 2});
  t.true(record.calibration!.operationCount > 0);

  const files = ['report.md', 'result.json', 'report.html', 'timeline.svg', 'throughput.svg'];
  const read = async (out: string): Promise<string[]> =>
    Promise.all(files.map(name => readFile(join(place.cwd, out, name), 'utf8')));
  const written = await read('here/calm');
  t.deepEqual(await read(join('.foulweather', 'runs', id!)), written);
  for (const name of [id!, 'latest']) {
    const again = await place.call(['report', name, '--out', name], {now});
    t.is(again.code, 0);
    t.is(again.stdout, run.stdout.replace('here/calm', `${name}/calm`));
    t.is(again.stderr, '');
    t.deepEqual(await read(join(name, 'calm')), written);
  }
  const json = await place.call(['report', 'latest', '--json']);
  t.is(json.stdout, written[1]!);

  // Off a terminal: a line per phase and trial, without colours; on a busy machine also what the run waits for.
  const lines = run.stderr.replace(/^ {2}waiting for .*\n/gm, '');
  t.regex(
    lines,
    /^Scenario calm: one, many\n4 trials of .*, about .* in all\nSeed 7, injector .*\nData in .*\nTrial 1 of 4: one-1\n {2}baseline +\d+ ok/,
  );
  t.deepEqual(lines.match(/^ {2}\w+/gm), Array(4).fill(['  baseline', '  slow']).flat());
  t.false((run.stderr + run.stdout).includes(control));
  t.deepEqual(await place.watch.remains(), {processes: [], ports: []});
});

test.serial(
  '--json prints one document, --quiet nothing on stderr, --variant drives only that one, --data keeps it elsewhere',
  async t => {
    const place = await openPlace(t);
    await place.bring('calm');
    const {code, stdout, stderr} = await place.call([
      'run',
      'calm.ts',
      '--json',
      '--quiet',
      '--variant',
      'many',
      '--data',
      'kept',
    ]);
    t.is(code, 0, stderr);
    t.is(stderr, '');
    const result = JSON.parse(stdout) as Result;
    t.like(result, {scenario: 'calm', verdict: 'met', candidate: 'many', status: 'complete'});
    t.deepEqual(
      result.variants.map(({name}) => name),
      ['many'],
    );
    t.is(result.command, 'npx foulweather run calm.ts --variant many --seed 1');
    t.deepEqual((await readdir(place.cwd)).sort(), ['calm.ts', 'kept', 'reports']);
    const again = await place.call(['report', 'latest', '--json'], {env: {FOULWEATHER_DATA: 'kept'}});
    t.is(again.stdout, stdout);
    t.is((await place.call(['report', 'latest'])).code, 64);
  },
);

test.serial('of several scenarios the worst exit code tells, and --json is still one document', async t => {
  const place = await openPlace(t);
  await place.bring('unmet', 'spared');
  const {code, stdout, stderr} = await place.call(['run', 'unmet.ts', 'spared.ts', '--json']);
  t.is(code, 1, stderr);
  const results = JSON.parse(stdout) as Result[];
  t.deepEqual(
    results.map(({scenario, verdict}) => ({scenario, verdict})),
    [
      {scenario: 'unmet', verdict: 'missed'},
      {scenario: 'spared', verdict: 'inconclusive'},
    ],
  );
  t.deepEqual((await readdir(join(place.cwd, 'reports'))).sort(), ['spared', 'unmet']);

  const ids = await readdir(join(place.cwd, '.foulweather', 'runs'));
  const again = await place.call(['report', ...ids]);
  t.is(again.code, 0, again.stderr);
  t.is(again.stderr, 'Weather report: reports/weather/weather.md\n');
  t.deepEqual((await readdir(join(place.cwd, 'reports', 'weather'))).sort(), [
    'spared',
    'unmet',
    'weather.html',
    'weather.json',
    'weather.md',
  ]);
  const weather = JSON.parse(
    await readFile(join(place.cwd, 'reports/weather/weather.json'), 'utf8'),
  ) as Weather;
  t.like(weather, {status: 'complete', storm: null, seed: 1, leftOut: []});
  t.is(
    weather.command,
    `npx foulweather run ${ids.map(id => `${id.split('-').at(-1)}.ts`).join(' ')} --seed 1`,
  );
  t.deepEqual(weather.rows.map(({scenario}) => scenario).sort(), ['spared', 'unmet']);
  const twice = await place.call(['report', ids[0]!, ids[0]!]);
  t.is(twice.code, 64);
  t.regex(twice.stderr, /are runs of one scenario/);
});

test.serial('a fault that hit nothing makes the run inconclusive', async t => {
  const place = await openPlace(t);
  await place.bring('spared');
  const {code, stdout} = await place.call(['run', './spared.ts'], {terminal: true});
  t.is(code, 2);
  t.regex(stdout, /Inconclusive/);
  t.regex(stdout, /The fault resetPeer of phase reset hit nothing although \d+ operations started/);
});

test.serial('on a terminal there is a live line, in colour', async t => {
  const place = await openPlace(t);
  await place.bring('unmet');
  const {code, stderr} = await place.call(['run', 'unmet.ts'], {terminal: true, env: {TERM: 'xterm'}});
  t.is(code, 1);
  t.true(stderr.includes(bold));
  t.regex(stderr, /only-1 \(1\/1\)[^\n]*baseline[^\n]*s left[^\n]* ok/);
});

test('an error is red on a terminal, unless NO_COLOR or --no-color asks for none', async t => {
  const place = await openPlace(t);
  const run = ['run', 'nothing-like-it'];
  const call = async (argv: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> => {
    const {code, stderr} = await place.call(argv, {terminal: true, env});
    t.is(code, 64);
    return stderr.includes(red);
  };
  t.true(await call(run, {}));
  t.false(await call(run, {NO_COLOR: '1'}));
  t.true(await call(run, {NO_COLOR: ''}));
  t.false(await call([...run, '--no-color'], {}));
  t.false(await call(run, {TERM: 'dumb'}));
  t.true(await call(run, {TERM: 'dumb', FORCE_COLOR: '1'}));
});
