// Whole runs with packet faults: in a network namespace of their own, as the user who runs the tests and as an ordinary one.
import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import test, {type ExecutionContext} from 'ava';
import {exitCodes} from '../../src/model/errors.ts';
import type {Gate} from '../../src/model/run.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {CliProcess} from '../helpers/cli-process.ts';
import {openPlace} from '../helpers/cli-world.ts';
import {otherGates} from '../helpers/machine-doubt.ts';
import {launch} from '../helpers/own-network.ts';
import {fixture, temporaryFolder} from '../helpers/run-folders.ts';

const nothing = {processes: [], ports: []};
const isRoot = process.getuid?.() === 0;
const said = 'With packet or DNS faults, the run takes place in its own network namespace.';

type Result = {
  readonly variants: readonly {
    readonly trials: readonly {readonly gates: readonly Gate[]}[];
    readonly phases: readonly {
      readonly phase: string;
      readonly responseP50Ms: number | null;
      readonly responseP99Ms: number | null;
      readonly faults: readonly {readonly connectionsHit: number; readonly actions: number}[];
    }[];
  }[];
};

const believable = (t: ExecutionContext, {variants}: Result): void => {
  const [calm, lossy, parted] = variants[0]!.phases;
  t.is(lossy!.phase, 'lossy');
  // A lost packet comes again after 200 ms at the earliest.
  t.true(
    calm!.responseP50Ms! < 200 && lossy!.responseP99Ms! >= 200,
    `${calm!.responseP50Ms} ${lossy!.responseP99Ms}`,
  );
  for (const phase of [lossy, parted]) {
    t.true(
      phase!.faults[0]!.actions > 0 && phase!.faults[0]!.connectionsHit > 0,
      JSON.stringify(phase!.faults),
    );
  }
};

const ends: readonly (number | null)[] = [exitCodes.met, exitCodes.missed, exitCodes.inconclusive];

/** Whatever the library made of it. Only a machine that was busy may have kept it from being judged. */
const judged = async (t: ExecutionContext, cli: CliProcess, scenario: string): Promise<Result> => {
  const {code, signal} = await cli.exited;
  t.true(signal === null && ends.includes(code), `${code} ${signal} ${cli.stderr}`);
  const text = await readFile(join(cli.cwd, 'reports', scenario, 'result.json'), 'utf8');
  const result = JSON.parse(text) as Result;
  const gates = result.variants.flatMap(({trials}) => trials.flatMap(trial => trial.gates));
  t.deepEqual(otherGates(t, gates), []);
  if (code === exitCodes.inconclusive) t.true(gates.length > 0, cli.stderr);
  return result;
};

if (launch !== null) {
  test.serial(
    'a run loses packets and is what it is without: its exit code, its report, nothing is left',
    async t => {
      const cli = await CliProcess.run(t, 'lossy', '--no-profiles');
      const result = await judged(t, cli, 'lossy');
      t.is(cli.stderr.split(said).length, 2, 'it says so once');
      believable(t, result);
      t.true(cli.watch.seenCount >= 3);
      t.deepEqual(await cli.watch.remains(), nothing);
    },
  );

  test.serial('after a kill of the command line nothing is left of its namespace', async t => {
    const cli = await CliProcess.run(t, 'lossy', '--no-profiles');
    await cli.untilSecondPhase();
    cli.kill('SIGKILL');
    t.like(await cli.exited, {signal: 'SIGKILL'});
    t.deepEqual(await cli.watch.remains(), nothing);
    t.deepEqual(await cli.temporaryFiles(), []);
  });

  test.serial('Ctrl-C ends it in order', async t => {
    const cli = await CliProcess.run(t, 'lossy', '--no-profiles');
    await cli.untilSecondPhase();
    cli.kill('SIGINT');
    t.deepEqual(await cli.exited, {code: 130, signal: null});
    t.regex(cli.stderr, /Stopping: removing faults and writing a partial report/);
    t.deepEqual(await cli.watch.remains(), nothing);
  });

  test.serial('a name is gone for a while, for a library that asks for it', async t => {
    const cli = await CliProcess.run(t, 'nameless', '--no-profiles');
    const {variants} = await judged(t, cli, 'nameless');
    t.true(variants[0]!.phases[1]!.faults[0]!.actions > 3);
    t.regex(await readFile(join(cli.cwd, 'reports', 'nameless', 'details.md'), 'utf8'), /\d+ DNS queries/);
    t.deepEqual(await cli.watch.remains(), nothing);
  });

  test.serial('explore --replay does not run it, and says so', async t => {
    const place = await openPlace(t);
    await mkdir(join(place.cwd, 'kept'));
    const own = `export {default} from ${JSON.stringify(fixture('lossy'))};\n`;
    await writeFile(join(place.cwd, 'kept/own.ts'), own);
    const {code, stdout, stderr} = await place.call(['explore', '--replay', '--reproducers', 'kept']);
    t.is(code, exitCodes.inconclusive, stderr);
    t.regex(
      stdout,
      /^Inconclusive: kept\/own\.ts\n.*packet or DNS faults, which only `foulweather run` can run/m,
    );
  });

  const {program, folders} = services.redis;
  if (findProgram(program, folders, {path: process.env['PATH'] ?? '', cwd: import.meta.dirname})) {
    test.serial('a server that is started for the run is in the namespace, too', async t => {
      const cli = await CliProcess.run(t, 'served-nameless', '--start-services', '--no-profiles');
      const {variants} = await judged(t, cli, 'served-nameless');
      const [, parted, nameless] = variants[0]!.phases;
      t.true(parted!.faults[0]!.actions > 0);
      t.true(nameless!.faults[0]!.actions > 0);
      t.deepEqual(await cli.watch.remains(), nothing);
    });
  } else {
    console.error(`Not tried: a server in a namespace. ${installCommand(services.redis)}`);
  }

  if (isRoot) {
    test.serial('an ordinary user can run it, too', async t => {
      const folder = await temporaryFolder(t);
      await chmod(folder, 0o777);
      const {stdout} = await asNobody(folder, [
        'run',
        fixture('lossy'),
        '--no-profiles',
        '--json',
        '--out',
        'reports',
      ]);
      believable(t, JSON.parse(stdout) as Result);
    });
  } else {
    console.error('Not tried: a run with packet faults as root.');
  }

  test.serial('where user namespaces are off, it says which setting allows them', async t => {
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o777);
    const off =
      'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set -all --inh-caps -all "$@"';
    const args = ['--user', '--map-root-user', 'sh', '-c', off, 'sh', process.execPath, entry];
    const child = spawn('unshare', [...args, 'run', fixture('lossy')], {
      cwd: folder,
      env: {...process.env, NO_COLOR: '1', COLUMNS: '300'},
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', text => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    t.is(code, 64, stderr);
    t.regex(stderr, /FW_NAMESPACE_REFUSED/);
    t.regex(stderr, /sudo sysctl -w user\.max_user_namespaces=15000/);
  });
}

const entry = join(import.meta.dirname, '../fixtures/cli-entry.ts');

/** A missed goal is an answer, too, and so is that the machine was busy. */
const asNobody = (cwd: string, argv: readonly string[]): Promise<{readonly stdout: string}> =>
  promisify(execFile)(
    'setpriv',
    ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, entry, ...argv],
    {cwd, env: {...process.env, HOME: cwd, TMPDIR: cwd, NODE_COMPILE_CACHE: cwd}, timeout: 110_000},
  ).catch((error: {readonly code?: unknown; readonly stdout: string}) => {
    if (error.code === exitCodes.missed || error.code === exitCodes.inconclusive) return error;
    throw error;
  });

test('a server outside of the namespace is refused before the start', async t => {
  const place = await openPlace(t);
  const answer = await place.call(['run', fixture('lossy'), '--target', 'http://127.0.0.1:9']);
  t.is(answer.code, 64);
  t.regex(answer.stderr, /FW_FAULT_UNSUPPORTED/);
  t.deepEqual(await place.watch.remains(), nothing);
});
