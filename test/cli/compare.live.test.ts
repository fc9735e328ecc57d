// foulweather compare, on results in files and on a saved run.
import {cp, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {runStory} from '../../src/report/case-study/run-story.ts';
import {resultOf} from '../../src/report/formats/result.ts';
import {redactRun} from '../../src/report/redact.ts';
import {openPlace, type Place} from '../helpers/cli-world.ts';
import {judgedRun} from '../helpers/judged-run.ts';

const resultText = (trialsPerVariant: number): string =>
  JSON.stringify(resultOf(runStory(redactRun(judgedRun({trialsPerVariant})))));

const withResults = async (place: Place): Promise<void> => {
  for (const [name, trials] of [
    ['old', 1],
    ['new', 5],
  ] as const) {
    await mkdir(join(place.cwd, name), {recursive: true});
    await writeFile(join(place.cwd, name, 'result.json'), resultText(trials));
  }
};

test('files, folders and variants', async t => {
  const place = await openPlace(t);
  await withResults(place);
  const folders = await place.call(['compare', 'old', 'new/result.json']);
  t.is(folders.code, 0, folders.stderr);
  t.regex(folders.stdout, /^undici-stall: from old to new, /);
  const back = await place.call(['compare', 'new', 'new:defaults', '--markdown']);
  t.is(back.code, 1);
  t.regex(back.stdout, /^## undici-stall: .* got worse/);
  t.regex(back.stdout, /once is proof/);
  const data = JSON.parse((await place.call(['compare', 'old', 'new', '--json'])).stdout) as {
    scenario: string;
  };
  t.is(data.scenario, 'undici-stall');
});

test('a single trial, which is too little to tell figures, and enough for what may never happen', async t => {
  const place = await openPlace(t);
  await withResults(place);
  const {code, stdout, stderr} = await place.call(['compare', 'new:bounded-2', 'new:defaults-3', '--json']);
  t.is(code, 1, stderr);
  const {before, after, goals, figures} = JSON.parse(stdout);
  t.deepEqual([before.title, before.variant, after.title], ['new:bounded-2', 'bounded', 'new:defaults-3']);
  t.true(goals.some(({change}: {change: string}) => change === 'worse'));
  t.true(figures.length > 0);
  t.true(figures.every(({interval}: {interval: unknown}) => interval === null));
});

test('a saved run against a result that was kept', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  t.is((await place.call(['run', 'calm.ts', '--quiet', '--out', 'kept'])).code, 0);
  await cp(join(place.cwd, 'kept/calm/result.json'), join(place.cwd, 'before.json'));
  const told = await place.call(['compare', 'before.json', 'latest']);
  t.is(told.code, 0, told.stderr);
  t.regex(told.stdout, /^calm: from .* no goal got better or worse/);
  t.true((await readFile(join(place.cwd, 'before.json'), 'utf8')).length > 0);
});

const isRefused = test.macro<[readonly string[], RegExp]>({
  title: (_, argv) => `refused: compare ${argv.join(' ')}`,
  async exec(t, argv, message) {
    const place = await openPlace(t);
    await withResults(place);
    await writeFile(join(place.cwd, 'no.json'), '{"schemaVersion": 7}');
    await writeFile(join(place.cwd, 'other.json'), resultText(1).replace('"undici-stall"', '"other"'));
    const {code, stdout, stderr} = await place.call(['compare', ...argv]);
    t.is(code, 64);
    t.is(stdout, '');
    t.regex(stderr, message);
  },
});

test(isRefused, ['old', 'nowhere'], /No saved runs in \.foulweather\/runs/);
test(isRefused, ['old', 'new:bounde'], /no variant or trial "bounde"[\s\S]*bounded/);
test(isRefused, ['old', 'new:bounded-6'], /no variant or trial "bounded-6"[\s\S]*bounded-/);
test(isRefused, ['no.json', 'new'], /schema version is 7/);
test(isRefused, ['old', 'other.json'], /result of scenario "undici-stall", .* of "other"/);
