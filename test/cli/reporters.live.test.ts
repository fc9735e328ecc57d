// --reporter: several at once, to files and stdout, from a saved run.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import type {Result} from '../../src/report/formats/result.ts';
import {openPlace} from '../helpers/cli-world.ts';

test('several reporters at once, of a run and of the same run saved', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const summaryFile = join(place.cwd, 'summary.md');
  const reporters = [
    ['--reporter', 'junit=ci/junit.xml'],
    ['--reporter', 'json=ci/result.json'],
    ['--reporter', 'markdown=ci/report.md'],
    ['--reporter', 'html=ci/report.html'],
    ['--reporter', 'github'],
  ].flat();
  const env = {GITHUB_STEP_SUMMARY: summaryFile};
  const {code, stdout, stderr} = await place.call(['run', 'calm.ts', '--quiet', ...reporters], {env});
  t.is(code, 0, stderr);
  // The list is for people and stays, for nothing else has stdout.
  t.regex(stdout, /^Met {2}calm/);
  const read = (file: string): Promise<string> => readFile(join(place.cwd, file), 'utf8');
  const junit = await read('ci/junit.xml');
  t.regex(junit, /<testsuite name="calm"/);
  t.is((JSON.parse(await read('ci/result.json')) as Result).scenario, 'calm');
  t.is(await read('ci/report.md'), await read('reports/calm/report.md'));
  t.is(await read('ci/report.html'), await read('reports/calm/report.html'));
  t.regex(await read('ci/report.html'), /^<!doctype html>[\s\S]*<h1[^>]*>calm/i);
  const summary = await read('summary.md');
  t.regex(summary, /^## calm/);

  const again = await place.call(['report', 'latest', ...reporters], {env});
  t.is(again.code, 0, again.stderr);
  t.is(await read('ci/junit.xml'), junit);
  // GitHub's file is added to: other steps write there too.
  t.is(await read('summary.md'), summary + summary);

  const printed = await place.call(['report', 'latest', '--reporter', 'junit']);
  t.is(printed.stdout, junit);

  const nowhere = await place.call(['report', 'latest', '--reporter', 'junit=calm.ts/junit.xml']);
  t.is(nowhere.code, 64);
  t.regex(nowhere.stderr, /Cannot write calm\.ts\/junit\.xml/);
});

const isRefused = test.macro<[readonly string[], RegExp]>({
  title: (_, argv) => `refused before anything runs: ${argv.join(' ')}`,
  async exec(t, argv, message) {
    const place = await openPlace(t);
    await place.bring('calm');
    const {code, stdout, stderr} = await place.call(['run', 'calm.ts', ...argv]);
    t.is(code, 64);
    t.is(stdout, '');
    t.regex(stderr, message);
  },
});

test(isRefused, ['--reporter', 'jnit'], /It must be one of list, json, junit/);
test(isRefused, ['--reporter', 'junit='], /Name a file/);
test(isRefused, ['--reporter', 'github=x'], /GITHUB_STEP_SUMMARY/);
test(isRefused, ['--reporter', 'junit', '--json'], /Only one reporter can write to stdout/);
test(isRefused, ['--reporter', 'github', '--json'], /Only one reporter can write to stdout/);
test(isRefused, ['calm.ts', '--reporter', 'html=a.html'], /a single run/);
