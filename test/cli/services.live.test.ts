// Scenarios against real servers, from the command line: what is needed, what is started, and that nothing outlives it.

import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {type AddressInfo, createServer} from 'node:net';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {CliProcess} from '../helpers/cli-process.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {readReport} from '../helpers/report-text.ts';
import {fixture} from '../helpers/run-folders.ts';
import {until} from '../helpers/run-until.ts';
import {workingIn} from '../helpers/working-in.ts';

const nothing = {processes: [], ports: []};

test('without a server and without leave to start one, it says how to get it', async t => {
  const place = await openPlace(t);
  const {code, stdout, stderr} = await place.call(['run', fixture('served')]);
  t.is(code, 64);
  t.is(stdout, '');
  t.regex(stderr, /Scenario "served" needs a running Redis\./);
  t.regex(
    stderr,
    /Add --start-services to start one \(`apt-get install redis-server` installs it\), or use your own: --target redis:\/\/127\.0\.0\.1:6379/,
  );
  t.deepEqual(await place.watch.remains(), nothing);
});

test('--target wants an address', async t => {
  const place = await openPlace(t);
  const {code, stderr} = await place.call(['run', fixture('served'), '--target', 'localhost:6379']);
  t.is(code, 64);
  t.regex(stderr, /It must be an address such as redis:\/\/127\.0\.0\.1:6379/);
});

const reportOf = async ({cwd}: CliProcess): Promise<string> => readReport(join(cwd, 'reports', 'served'));

/** The service's process has its folder among its arguments. */
const folderOf = ({watch}: CliProcess): string => {
  const [, folder] = /"folder":"([^"]+)"/.exec(watch.alive().join('\n')) ?? [];
  if (folder === undefined) throw new Error('there is no service');
  return folder;
};

test("--target takes the user's own server", async t => {
  const own = createServer(socket => {
    socket.on('error', () => {});
    socket.on('data', asked => socket.write(`${asked}`.startsWith('INFO') ? '-NOAUTH no\r\n' : '+PONG\r\n'));
  });
  own.listen(0, '127.0.0.1');
  await once(own, 'listening');
  t.teardown(() => own.close());
  const {port} = own.address() as AddressInfo;
  const cli = await CliProcess.run(t, 'served', '--target', `redis://:geheim@127.0.0.1:${port}`);
  await cli.untilSecondPhase();
  cli.kill('SIGINT');
  await cli.exited;
  const report = await reportOf(cli);
  t.true(report.includes(`against Redis (unknown version) at 127.0.0.1:${port}`), cli.stderr);
  t.notRegex(report, /geheim/);
  t.regex(report, /--target/);
  t.deepEqual(await cli.watch.remains(), nothing);
});

test('a server that a fault takes away has to be started by foulweather', async t => {
  const place = await openPlace(t);
  const without = await place.call(['run', fixture('paused')]);
  t.is(without.code, 64);
  t.regex(
    without.stderr,
    /Add --start-services to start one \(`apt-get install redis-server` installs it\)\. \(FW_SERVICE_NEEDED\)/,
  );
  const theirs = await place.call(['run', fixture('paused'), '--target', 'redis://127.0.0.1:6379']);
  t.is(theirs.code, 64);
  t.regex(
    theirs.stderr,
    /The fault serverPause of phase "paused" acts on the server itself, and foulweather leaves the one at --target alone\./,
  );
  t.regex(theirs.stderr, /Use --start-services instead of --target/);
  t.deepEqual(await place.watch.remains(), nothing);
});

const {program, folders} = services.redis;
if (findProgram(program, folders, {path: process.env['PATH'] ?? '', cwd: import.meta.dirname})) {
  const started = async (t: ExecutionContext): Promise<{cli: CliProcess; folder: string}> => {
    const cli = await CliProcess.run(t, 'served', '--start-services');
    await cli.untilSecondPhase();
    const folder = folderOf(cli);
    t.true(existsSync(folder));
    return {cli, folder};
  };

  const isStandingStill = (pid: number): boolean =>
    /^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

  const leavesNothing = async (t: ExecutionContext, cli: CliProcess, folder: string): Promise<void> => {
    t.deepEqual(await cli.watch.remains(), nothing);
    t.false(existsSync(folder));
  };

  test('--start-services starts it, the report says which it was, and Ctrl-C ends it', async t => {
    const {cli, folder} = await started(t);
    cli.kill('SIGINT');
    t.deepEqual(await cli.exited, {code: 130, signal: null});
    const report = await reportOf(cli);
    t.regex(report, /against Redis \d+\.\d+\.\d+, started for this run/);
    t.regex(report, /\| Target +\| Redis \d+\.\d+\.\d+, started for this run/);
    t.regex(report, /--start-services/);
    await leavesNothing(t, cli, folder);
  });

  test('after a kill of the command line a server that stands still is gone, too', async t => {
    const cli = await CliProcess.run(t, 'paused', '--start-services');
    await cli.untilSecondPhase();
    const folder = folderOf(cli);
    await until(() => workingIn(folder).some(isStandingStill), 60_000, 'the pause');
    cli.kill('SIGKILL');
    await cli.exited;
    await leavesNothing(t, cli, folder);
    t.deepEqual(workingIn(folder), []);
  });

  test('after a kill of the command line the server and its folder are gone', async t => {
    const {cli, folder} = await started(t);
    cli.kill('SIGKILL');
    await cli.exited;
    await leavesNothing(t, cli, folder);
  });
} else {
  console.error(`No server is started: ${installCommand(services.redis)}`);
}
