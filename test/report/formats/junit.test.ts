// JUnit: the form, by a strict schema and a parser that is not ours; and what counts as what.
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {type RunStory, runStory} from '../../../src/report/case-study/run-story.ts';
import {checksOf} from '../../../src/report/formats/checks.ts';
import {toJunit} from '../../../src/report/formats/junit.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {judgedRun, type Options} from '../../helpers/judged-run.ts';

const schema = join(import.meta.dirname, '../../fixtures/junit.xsd');

const storyWith = (options: Options = {}): RunStory => runStory(redactRun(judgedRun(options)));

const xmllint = (t: ExecutionContext, args: readonly string[], xml: string): string | null => {
  const {status, stdout, stderr, error} = spawnSync('xmllint', [...args, '-'], {
    input: xml,
    encoding: 'utf8',
  });
  if (error && 'code' in error && error.code === 'ENOENT') {
    t.log('left out: xmllint (package libxml2-utils) is not installed');
    t.pass();
    return null;
  }
  t.is(status, 0, stderr);
  return stdout;
};

const isValid = test.macro<[() => readonly RunStory[]]>({
  title: (what = '') => `the schema holds for ${what}`,
  exec(t, stories) {
    xmllint(t, ['--noout', '--schema', schema], toJunit(stories()));
  },
});

test('a run', isValid, () => [storyWith()]);
test('several runs', isValid, () => [storyWith(), storyWith({trialsPerVariant: 5})]);
test('an interrupted run', isValid, () => [storyWith({interrupted: true})]);
test('a run with one variant', isValid, () => [storyWith({oneVariant: true})]);
test('no run', isValid, () => []);

test('names with all that XML minds', isValid, () => {
  const story = storyWith();
  const name = 'a "b" <c> & \u0007 d';
  const variant = {...story.judged.variant, name};
  return [{...story, judged: {...story.judged, variant}}];
});

test('the counts are those of the cases, read by a parser that is not ours', t => {
  const stories = [storyWith(), storyWith({oneVariant: true})];
  const xml = toJunit(stories);
  const checks = stories.flatMap(checksOf);
  const counted = (status: string): string => String(checks.filter(check => check.status === status).length);
  for (const [query, expected] of [
    ['string(/testsuites/@tests)', String(checks.length)],
    ['count(//testcase)', String(checks.length)],
    ['count(//failure)', counted('failed')],
    ['string(/testsuites/@failures)', counted('failed')],
    ['count(//skipped)', counted('skipped')],
    ['string(/testsuites/@skipped)', counted('skipped')],
    ['count(//error)', '0'],
    ['string((//property[@name="seed"]/@value)[1])', '42'],
    ['count(//testsuite)', '2'],
  ] as const) {
    const told = xmllint(t, ['--xpath', query], xml);
    if (told === null) return;
    t.is(told.trim(), expected, query);
  }
  t.true(checks.some(({status}) => status === 'failed'));
});

test('the times of the cases add up to that of the suite, and goals take that of their phase', t => {
  const xml = toJunit([storyWith()]);
  const timesOf = (pattern: RegExp): number[] => [...xml.matchAll(pattern)].map(([, time]) => Number(time));
  const cases = timesOf(/<testcase [^>]*time="([\d.]+)"/g);
  const [suite] = timesOf(/<testsuite [^>]*time="([\d.]+)"/g);
  t.true(suite! > 0);
  t.true(Math.abs(cases.reduce((sum, seconds) => sum + seconds, 0) - suite!) < 0.01);
  const ofStall = timesOf(/<testcase [^>]*name="goal \w+ of stall: [^>]*time="([\d.]+)"/g);
  t.is(ofStall.length, 2);
  t.true(ofStall.every(seconds => seconds > 1 && seconds === ofStall[0]));
});

test('a harness that did not finish is an error, an interrupted run skipped', t => {
  const story = storyWith();
  const withStatus = (status: RunStory['run']['record']['status']): RunStory => ({
    ...story,
    run: {...story.run, record: {...story.run.record, status}},
  });
  t.is(checksOf(withStatus('failed'))[0]?.status, 'error');
  t.is(checksOf(withStatus('interrupted'))[0]?.status, 'skipped');
  t.is(checksOf(withStatus('complete'))[0]?.status, 'passed');
  t.regex(
    toJunit([withStatus('failed')]),
    /<error message="foulweather did not finish the run\." type="foulweather">/,
  );
});
