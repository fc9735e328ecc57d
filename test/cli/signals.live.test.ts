// Ctrl-C once and twice, SIGTERM, and the sudden death of the command line: nothing survives it.

import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {RunRecord} from '../../src/model/run.ts';
import {CliProcess} from '../helpers/cli-process.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {readReport} from '../helpers/report-text.ts';
import {startSubject, subjectNames} from '../helpers/toxiproxy-subjects.ts';

const nothing = {processes: [], ports: []};

const leavesNothing = async (t: ExecutionContext, cli: CliProcess): Promise<void> => {
  t.true(cli.watch.seenCount >= 3, 'the watch saw the processes');
  t.deepEqual(await cli.watch.remains(), nothing);
  t.deepEqual(await cli.temporaryFiles(), []);
};

const recordOf = async (cli: CliProcess): Promise<RunRecord> =>
  JSON.parse(await readFile(join(await cli.runFolder(), 'run.json'), 'utf8')) as RunRecord;

const stops = test.macro(async (t, signal: 'SIGINT' | 'SIGTERM', code: number) => {
  const injector = await startSubject('ours');
  t.teardown(() => injector.stop());
  const cli = await CliProcess.run(t, 'endless', '--toxiproxy', injector.url);
  await cli.untilSecondPhase();
  const proxies = async (): Promise<object> =>
    (await (await fetch(`${injector.url}/proxies`)).json()) as object;
  t.is(Object.keys(await proxies()).length, 1);

  cli.kill(signal);
  t.deepEqual(await cli.exited, {code, signal: null});
  t.regex(cli.stderr, /Stopping: removing faults and writing a partial report/);
  t.notRegex(cli.stderr, /error|\n\s+at /);
  t.deepEqual(await proxies(), {});
  t.is((await recordOf(cli)).status, 'interrupted');
  const report = await readReport(join(cli.cwd, 'reports', 'endless'));
  t.regex(report, /interrupted/i);
  t.regex(report, /only-1|`only`, trial 1: the trial was interrupted/);
  await leavesNothing(t, cli);
});

test(
  'the first Ctrl-C takes the faults away, writes a partial report and ends with 130',
  stops,
  'SIGINT',
  130,
);
test('SIGTERM does the same and ends with 143', stops, 'SIGTERM', 143);

test('the second Ctrl-C ends at once with 130, and the guard cleans up', async t => {
  const cli = await CliProcess.run(t, 'endless');
  await cli.untilSecondPhase();
  cli.kill('SIGINT');
  await cli.untilSays('Stopping');
  cli.kill('SIGINT');
  t.deepEqual(await cli.exited, {code: 130, signal: null});
  t.false(existsSync(join(cli.cwd, 'reports')), 'it did not wait for the report');
  await leavesNothing(t, cli);
});

test('Ctrl-C while the scenario is still loading ends with 130, and there is nothing to report', async t => {
  const cli = await CliProcess.run(t, 'dawdling');
  await cli.watch.untilSeen(/describe-main/);
  cli.kill('SIGINT');
  t.deepEqual(await cli.exited, {code: 130, signal: null});
  t.regex(cli.stderr, /Interrupted before the run began/);
  t.false(existsSync(join(cli.cwd, 'reports')));
  await leavesNothing(t, cli);
});

test('Ctrl-C as soon as the run has begun writes a report', async t => {
  const cli = await CliProcess.run(t, 'endless');
  await cli.untilSays('Data in ');
  cli.kill('SIGINT');
  t.deepEqual(await cli.exited, {code: 130, signal: null});
  t.notRegex(cli.stderr, /error|\n\s+at /);
  t.is((await recordOf(cli)).status, 'interrupted');
  t.regex(await readReport(join(cli.cwd, 'reports', 'endless')), /interrupted/i);
  await leavesNothing(t, cli);
});

for (const name of subjectNames(line => console.error(line))) {
  test(`after a kill of the command line, its processes and its proxies on ${name === 'ours' ? 'our own injector' : 'a real Toxiproxy'} are gone`, async t => {
    const injector = await startSubject(name);
    t.teardown(() => injector.stop());
    const cli = await CliProcess.run(t, 'endless', '--toxiproxy', injector.url);
    await cli.untilSecondPhase();
    cli.kill('SIGKILL');
    t.like(await cli.exited, {signal: 'SIGKILL'});
    await leavesNothing(t, cli);
    const proxies = await fetch(`${injector.url}/proxies`);
    t.deepEqual(await proxies.json(), {});

    const place = await openPlace(t);
    const answer = await place.call(['report', 'latest'], {cwd: cli.cwd});
    t.is(answer.code, 0, answer.stderr);
    t.regex(answer.stdout, /inconclusive/i);
  });
}
