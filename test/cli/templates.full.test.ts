// Each template is written, and runs as it is, against its real server where that is installed.

import {globSync} from 'node:fs';
import {readFile, symlink, writeFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import test from 'ava';
import {parse} from 'yaml';
import {type TemplateName, templateNames} from '../../src/cli/templates.ts';
import type {Result} from '../../src/report/formats/result.ts';
import {openPlace} from '../helpers/cli-world.ts';

const modules = resolve(import.meta.dirname, '../../node_modules');

/** Where Debian puts the servers; null: none is needed. */
const programs: {readonly [template in TemplateName]: string | null} = {
  http: null,
  redis: '/usr/bin/redis-server',
  postgres: '/usr/lib/postgresql/*/bin/postgres',
  amqp: '/usr/sbin/rabbitmq-server',
  mqtt: '/usr/sbin/mosquitto',
  function: null,
};

const runsAsItIs = test.macro<[TemplateName]>({
  title: (_, template) => `the template ${template} runs as it is`,
  async exec(t, template) {
    t.timeout(120_000);
    const program = programs[template];
    const place = await openPlace(t);
    await symlink(modules, join(place.cwd, 'node_modules'));
    const written = await place.call(['init', 'mine.ts', '--template', template]);
    t.is(written.code, 0, written.stderr);
    const flags = program === null ? '' : ' --start-services';
    t.regex(written.stdout, /^Wrote mine\.ts\.\n/);
    t.true(written.stdout.endsWith(`\nRun:      npx foulweather run ./mine.ts${flags}\n`));
    if (program !== null && globSync(program).length === 0) {
      t.log(`not run: there is no ${program} on this machine`);
      return;
    }
    const file = join(place.cwd, 'mine.ts');
    const text = await readFile(file, 'utf8');
    // As it is, but for its phases' length.
    await writeFile(file, text.replaceAll(/durationMs: [\d_]+/g, 'durationMs: 1000'));
    const argv = ['run', 'mine.ts', '--json', '--quiet', '--no-profiles', ...flags.trim().split(' ')];
    const run = await place.call(argv.filter(word => word !== ''));
    t.true([0, 1, 2].includes(run.code), run.stderr);
    const result = JSON.parse(run.stdout) as Result;
    t.is(result.variants.length, 2);
    for (const {name, trials, phases} of result.variants) {
      t.is(trials[0]?.end.kind, 'completed', `${name}: ${JSON.stringify(trials[0]?.end)}`);
      const baseline = phases.find(({role}) => role === 'baseline');
      t.true((baseline?.outcomes.ok ?? 0) > 20, `${name}: ${JSON.stringify(baseline?.outcomes)}`);
    }
  },
});

for (const template of templateNames) test.serial(runsAsItIs, template);

test('init --ci writes a workflow that runs the scenario, and installs the server that it needs', async t => {
  const place = await openPlace(t);
  const {code, stdout} = await place.call(['init', 'tests/my redis.ts', '--template', 'redis', '--ci']);
  t.is(code, 64, 'the folder is not there');
  t.is(stdout, '');
  const again = await place.call(['init', 'my redis.ts', '--template', 'redis', '--ci']);
  t.is(again.code, 0, again.stderr);
  t.regex(
    again.stdout,
    /\nWrote \.github\/workflows\/reliability\.yml\. .*npm install --save-dev foulweather ioredis\)\.\n$/,
  );
  const file = join(place.cwd, '.github/workflows/reliability.yml');
  const workflow = await readFile(file, 'utf8');
  t.regex(workflow, /^# - a committed package-lock\.json/m);
  t.regex(workflow, /^ {6}- run: sudo apt-get update && sudo apt-get install --yes redis-server$/m);
  t.regex(
    workflow,
    /^ {6}- run: npx foulweather run '\.\/my redis\.ts' --start-services --out reliability --reporter github /m,
  );
  const refused = await place.call(['init', 'other.ts', '--ci']);
  t.is(refused.code, 64);
  t.regex(refused.stderr, /reliability\.yml already exists/);
  const bare = await openPlace(t);
  t.is((await bare.call(['init', '--ci'])).code, 0);
  const plain = await readFile(join(bare.cwd, '.github/workflows/reliability.yml'), 'utf8');
  t.false(plain.includes('apt-get'));
  t.is((parse(plain) as {jobs: {reliability: {steps: unknown[]}}}).jobs.reliability.steps.length, 6);
  t.regex(workflow, /^ {6}- run: npx foulweather explore --replay --start-services --reporter github /m);
  t.regex(plain, /^ {6}- run: npx foulweather explore --replay --reporter github /m);
});

type Job = {
  readonly needs?: string;
  readonly strategy?: {readonly matrix: {readonly shard: readonly number[]}};
  readonly steps: readonly {readonly run?: string; readonly uses?: string; readonly with?: object}[];
};

test('init --ci --shards writes a job for each shard, and one that merges what they leave', async t => {
  const place = await openPlace(t);
  const argv = ['init', 'redis.ts', '--template', 'redis', '--ci', '--shards', '3'];
  t.is((await place.call(argv)).code, 0);
  const text = await readFile(join(place.cwd, '.github/workflows/reliability.yml'), 'utf8');
  const {jobs} = parse(text) as {jobs: {shard: Job; reliability: Job}};
  const {shard, reliability} = jobs;
  const number = `$\{{ matrix.shard }}`;
  t.deepEqual(shard.strategy?.matrix.shard, [1, 2, 3]);
  t.is(reliability.needs, 'shard');
  const commandsOf = ({steps}: Job): string[] => steps.flatMap(({run}) => run ?? []);
  const install = 'sudo apt-get update && sudo apt-get install --yes redis-server';
  t.deepEqual(commandsOf(shard), [
    'npm ci',
    install,
    // As many for each shard, and five pairs at least.
    `npx foulweather run ./redis.ts --start-services --trials 6 --shard ${number}/$\{{ strategy.job-total }} --data shard`,
  ]);
  t.deepEqual(commandsOf(reliability).slice(0, 3), [
    'npm ci',
    install,
    'npx foulweather merge shards --out reliability --reporter github --reporter junit=reliability/junit.xml',
  ]);
  const [uploaded] = shard.steps.filter(({uses}) => uses?.startsWith('actions/upload-artifact@'));
  const [downloaded] = reliability.steps.filter(({uses}) => uses?.startsWith('actions/download-artifact@'));
  t.deepEqual(uploaded?.with, {name: `shard-${number}`, path: 'shard/runs'});
  t.deepEqual(downloaded?.with, {pattern: 'shard-*', path: 'shards'});
});

test('a template that is not there is refused with those that are', async t => {
  const place = await openPlace(t);
  const {code, stderr} = await place.call(['init', '--template', 'soap']);
  t.is(code, 64);
  t.regex(stderr, /Allowed choices are http, redis, postgres, amqp, mqtt, function/);
});
