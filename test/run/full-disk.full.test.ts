// A disk that is full in the middle of a run: it breaks off at once, says so, and what was written can be read.
import {execFileSync} from 'node:child_process';
import {stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {dataFolder, RunFolder} from '../../src/store/run-folder.ts';
import {CliProcess} from '../helpers/cli-process.ts';
import {temporaryFolder} from '../helpers/run-folders.ts';
import {runOnce} from '../helpers/run-once.ts';

/** A file system of half a megabyte; null where this process may not make one. */
const smallDisk = async (t: ExecutionContext): Promise<string | null> => {
  const folder = await temporaryFolder(t);
  execFileSync('mkdir', ['-p', folder]);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder], {stdio: 'pipe'});
  } catch (error) {
    t.log(`left out: no file system can be mounted here: ${String(error).split('\n').slice(0, 2).join(' ')}`);
    return null;
  }
  t.teardown(() => execFileSync('umount', ['-l', folder]));
  return folder;
};

test('a full disk breaks the run off with exit code 70, and what was written until then can be told', async t => {
  const baseDir = await smallDisk(t);
  if (baseDir === null) {
    t.pass();
    return;
  }
  const filler = join(baseDir, 'filler');
  const broken = await t.throwsAsync<FoulweatherError>(
    runOnce(t, 'calm', {
      baseDir,
      onEdge(trialId, phase) {
        if (trialId === 'one-1' && phase === 1) {
          try {
            execFileSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'], {stdio: 'pipe'});
          } catch {
            // It ends when there is no room.
          }
        }
      },
    }),
    {instanceOf: FoulweatherError, code: 'FW_RUN_BROKEN'},
  );
  t.is(broken.exitCode, 70);
  t.regex(broken.message, /^The run broke off: ENOSPC/);
  await writeFile(filler, '');
  const {record, trials, judgement} = await reopenRun(await RunFolder.open(dataFolder(baseDir), 'latest'));
  t.is(record.status, 'failed');
  t.deepEqual(
    trials.map(({id}) => id),
    ['one-1'],
    'no other trial was begun',
  );
  t.is(judgement.verdict, 'inconclusive');
});

/** Needs no rights: a process may always be allowed smaller files than it was. Null where there is no such tool. */
const capFiles = (pid: number, bytes: number): string | null => {
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}`], {stdio: 'pipe'});
    return null;
  } catch (error) {
    return String(error).split('\n').slice(0, 2).join(' ');
  }
};

test('a journal that may grow no more breaks foulweather run off with exit code 70, and the run can be told', async t => {
  const cli = await CliProcess.run(t, 'endless', '--quiet');
  await cli.untilSecondPhase();
  const folder = await cli.runFolder();
  const {size} = await stat(join(folder, 'trials', 'only-1', 'events.ndjson'));
  // Room for the record, which is written anew, and none for the next second of the journal.
  const refused = capFiles(cli.pid, Math.max(size, 32 * 1024) + 100);
  if (refused !== null) {
    t.log(`left out: no limit can be set here: ${refused}`);
    t.pass();
    return;
  }
  t.deepEqual(await cli.exited, {code: 70, signal: null}, cli.stderr);
  t.regex(cli.stderr, /The run broke off: EFBIG/);
  const {record, trials, judgement} = await reopenRun(await RunFolder.open(dataFolder(cli.cwd), 'latest'));
  t.is(record.status, 'failed');
  t.is(judgement.verdict, 'inconclusive');
  t.true(trials[0]!.driver.phases[0]!.outcomes.ok > 0, 'what was written until then is there');
  t.deepEqual(await cli.watch.remains(), {processes: [], ports: []});
});
