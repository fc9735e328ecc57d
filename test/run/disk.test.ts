// A disk that is full in the middle of a run: it breaks off at once, says so, and what was written can be read.
import {execFileSync} from 'node:child_process';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import {reopenRun} from '../../src/run/reopen.ts';
import {RunFolder} from '../../src/store/run-folder.ts';
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
  const {record, trials, judgement} = await reopenRun(await RunFolder.open(baseDir, 'latest'));
  t.is(record.status, 'failed');
  t.deepEqual(
    trials.map(({id}) => id),
    ['one-1'],
    'no other trial was begun',
  );
  t.is(judgement.verdict, 'inconclusive');
});
