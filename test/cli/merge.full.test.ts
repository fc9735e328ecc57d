// foulweather run --shard and merge: what two machines would make, one after the other, and put together.
import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {Result} from '../../src/report/formats/result.ts';
import type {Weather} from '../../src/report/weather/weather.ts';
import {openPlace} from '../helpers/cli-world.ts';

// One run after the other: several at once take each other's time, which a run notices, and then proves nothing.

test.serial('two shards are the trials of one run, and merged they are reported as one', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const shard = async (which: string, env: NodeJS.ProcessEnv = {}): Promise<Result> => {
    const argv = [
      'run',
      'calm.ts',
      '--trials',
      '2',
      '--seed',
      '7',
      '--no-profiles',
      '--json',
      '--shard',
      which,
    ];
    const answer = await place.call([...argv, '--data', `data-${which.replace('/', '-')}`], {env});
    t.is(answer.code, 0, answer.stderr);
    t.regex(answer.stderr, /\n2 trials of .*\nShard \d of 2: trial \d of 2 per variant\n/);
    t.regex(answer.stderr, /\nTrial 1 of 2: /);
    return JSON.parse(answer.stdout) as Result;
  };
  const first = await shard('1/2');
  const second = await shard('auto', {CIRCLE_NODE_INDEX: '1', CIRCLE_NODE_TOTAL: '2'});
  t.like(first, {
    trialsPerVariant: 2,
    shard: {index: 1, count: 2, rounds: [1]},
    command: 'npx foulweather run calm.ts --seed 7 --trials 2 --no-profiles --shard 1/2',
  });
  t.like(second, {verdict: 'met', shard: {index: 2, count: 2, rounds: [2]}});
  t.regex(second.headline, /^calm \(shard 2 of 2\): /);
  const trialsOf = ({variants}: Result): (readonly [string, number])[] =>
    variants.flatMap(({trials}) => trials.map(({id, seed}) => [id, seed] as const));
  t.deepEqual(trialsOf(first), [
    ['one-1', 7],
    ['many-1', 7],
  ]);
  t.deepEqual(trialsOf(second), [
    ['one-2', 8],
    ['many-2', 8],
  ]);

  const merged = await place.call(['merge', 'data-1-2', 'data-auto/runs', '--reporter', 'json=merged.json']);
  t.is(merged.code, 0, merged.stderr);
  t.regex(merged.stdout, /^Met {2}calm: /);
  t.regex(merged.stdout, /Repeat: npx foulweather run calm\.ts --seed 7 --trials 2 --no-profiles\n$/);
  const result = JSON.parse(await readFile(join(place.cwd, 'merged.json'), 'utf8')) as Result;
  t.deepEqual(trialsOf(result), [
    ['one-1', 7],
    ['one-2', 8],
    ['many-1', 7],
    ['many-2', 8],
  ]);
  t.deepEqual(
    result.variants.flatMap(({trials}) => trials),
    [0, 1].flatMap(variant => [first, second].flatMap(({variants}) => variants[variant]!.trials)),
  );
  t.deepEqual(
    result.merged?.shards.map(({runId}) => runId),
    [first.runId, second.runId],
  );
  const again = await place.call(['report', 'latest', '--json']);
  t.is(again.stdout, await readFile(join(place.cwd, 'merged.json'), 'utf8'));
  t.deepEqual(await place.watch.remains(), {processes: [], ports: []});

  const lacking = await place.call(['merge', 'data-1-2']);
  t.is(lacking.code, 2);
  t.regex(lacking.stdout, /^Inconclusive {2}calm\n {2}Shard 2 of 2 is missing, and with it trial 2 /);
});

test.serial('a shard without anything to do says so, and fails nothing', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const {code, stdout, stderr} = await place.call(['run', 'calm.ts', '--trials', '2', '--shard', '3/3']);
  t.is(code, 0);
  t.is(stdout, '');
  t.regex(
    stderr,
    /^Shard 3 of 3 has nothing to do: calm has 2 trials per variant, and other shards make them\. Use fewer shards, or more --trials\.\n$/,
  );
  t.deepEqual(await readdir(place.cwd), ['calm.ts']);
});

test.serial('several scenarios are dealt out, and merged into one weather report', async t => {
  const place = await openPlace(t);
  await place.bring('unmet', 'spared');
  const argv = ['run', 'unmet.ts', 'spared.ts', '--no-profiles', '--quiet', '--data', 'data', '--shard'];
  t.is((await place.call([...argv, '1/2'])).code, 1);
  t.is((await place.call([...argv, '2/2'])).code, 2);
  const idle = await place.call([...argv, '3/3']);
  t.is(idle.code, 0, idle.stderr);
  t.regex(idle.stderr, /^Shard 3 of 3 has nothing to do: other shards run the 2 scenarios\./);
  const runs = await readdir(join(place.cwd, 'data', 'runs'));
  t.deepEqual(runs.map(id => id.split('-').at(-1)).sort(), ['spared', 'unmet']);

  const merged = await place.call(['merge', 'data']);
  t.is(merged.code, 1, merged.stderr);
  t.is(merged.stderr, 'Weather report: reports/weather/weather.md\n');
  const file = join(place.cwd, 'reports/weather/weather.json');
  const weather = JSON.parse(await readFile(file, 'utf8')) as Weather;
  t.is(weather.command, 'npx foulweather run unmet.ts spared.ts --seed 1 --no-profiles');
  t.deepEqual(
    weather.rows.map(({scenario, verdict}) => ({scenario, verdict})),
    [
      {scenario: 'unmet', verdict: 'missed'},
      {scenario: 'spared', verdict: 'inconclusive'},
    ],
  );

  const [spared] = runs.filter(id => id.endsWith('spared'));
  const lacking = await place.call(['merge', join('data', 'runs', spared!)]);
  t.is(lacking.code, 2, lacking.stderr);
  t.regex(lacking.stderr, /^Skipping unmet\.ts: No shard has a run of it\.\n {2}Shard 1 of 2 was to run it/);
});
