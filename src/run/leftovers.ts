// Ends what a child process leaves behind. Its process group ends as a whole, but a grandchild may have left
// the group (`detached`, setsid); its environment still carries the child's mark. The mark is read from /proc, so
// on other systems than Linux the group has to do.
import {readdir, readFile} from 'node:fs/promises';

export const markVariable = 'FOULWEATHER_CHILD';

/** A process may start another one while it is being looked for. */
const rounds = 5;

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** Ends a process group; one that is gone already is fine. */
export const killGroup = (pid: number): void => {
  // A child that could not be started has no process id, and 0, 1 and -1 mean others than its group.
  if (pid > 1) kill(-pid);
};

export const killMarked = async (mark: string): Promise<void> => {
  if (process.platform !== 'linux') return;
  for (let round = 0; round < rounds; round++) {
    const pids = await findMarked(`${markVariable}=${mark}\0`);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
};

const findMarked = async (entry: string): Promise<number[]> => {
  const pids = (await readdir('/proc')).map(Number).filter(pid => pid > 1 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async pid => {
      try {
        return (await readFile(`/proc/${pid}/environ`, 'latin1')).includes(entry);
      } catch {
        // Gone, or another user's: not ours in both cases.
        return false;
      }
    }),
  );
  return pids.filter((_, index) => found[index]);
};
