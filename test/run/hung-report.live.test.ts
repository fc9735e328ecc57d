// Operations that are in flight when the drain is over leave Node's report of the process behind.
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {filesUnder} from '../helpers/run-folders.ts';
import {runOnce} from '../helpers/run-once.ts';

const secret = 'not-to-be-kept';

test('the report of a process with hung operations has no environment', async t => {
  process.env['FOULWEATHER_TEST_SECRET'] = secret;
  t.teardown(() => delete process.env['FOULWEATHER_TEST_SECRET']);
  const ran = await runOnce(t, 'never', {profiles: true});
  t.true(ran.trial('only').trial.driver.drained!.inFlight > 0);
  const text = await readFile(
    join(ran.folder.path, 'trials', 'only-1', 'profiles', 'hung.report.json'),
    'utf8',
  );
  const report = JSON.parse(text) as {libuv: unknown[]; header: object};
  t.true(report.libuv.length > 0);
  t.false('environmentVariables' in report || 'networkInterfaces' in report.header);
  t.false(text.includes(secret));
});

test('a run without profiles has it, too, and the report says where', async t => {
  const ran = await runOnce(t, 'never', {profiles: false});
  t.deepEqual(ran.trial('only').trial.profiles, []);
  const files = (await filesUnder(ran.folder.path)).filter(file => file.includes('profiles'));
  t.is(files.length, 1);
  t.true(files[0]!.endsWith('trials/only-1/profiles/hung.report.json'));
  const report = ran.reportOf('only');
  t.regex(report, /- `trials\/only-1\/profiles\/hung\.report\.json` \(/);
  t.regex(report, /Node's diagnostic report \(profiles\/hung\.report\.json\)/);
});
