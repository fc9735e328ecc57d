// Kills what a child process leaves behind. Its process group is killed as a whole, but a grandchild may have left
// the group (`detached`, setsid); its environment still carries the child's mark. The mark is read from /proc, so on
// other systems than Linux the group has to do.
import {readdirSync, readFileSync} from 'node:fs';

export const tagVariable = 'FOULWEATHER_CHILD';

/** A process may start another one while it is being looked for. */
const rounds = 5;

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** Kills a process group; one that is gone already is fine. */
export const killGroup = (pid: number): void => {
  // A child that could not be started has no process id, and 0, 1 and -1 would mean other processes than its group.
  if (pid > 1) kill(-pid);
};

/** Synchronous, since /proc answers from memory: all of it is read in a few milliseconds. */
export const killTagged = (mark: string): void => {
  if (process.platform !== 'linux') return;
  for (let round = 0; round < rounds; round++) {
    const pids = findTagged(`${tagVariable}=${mark}\0`);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
};

const findTagged = (entry: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 1 && pid !== process.pid && environmentOf(pid).includes(entry));

const environmentOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    // Gone, or another user's: in neither case one of these.
    return '';
  }
};
