// A server's processes, all at once: some of them have a process group of their own, such as PostgreSQL's, but they are still
// its children.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

/** A child is listed at the thread that started it. */
const childrenByProc = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(thread =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // Gone between two reads.
    return [];
  }
};

const childrenByPs = (pid: number): number[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid='], {encoding: 'utf8'})
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .flatMap(([own, parent]) => (own !== undefined && parent === pid ? [own] : []));

const childrenOf = process.platform === 'linux' ? childrenByProc : childrenByPs;

const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)];

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
};

/** Stops a process and all below it where they are, those too that it starts meanwhile. Returns which they are. */
export const freeze = (pid: number): readonly number[] => {
  const frozen = new Set<number>();
  for (;;) {
    const others = treeOf(pid).filter(candidate => !frozen.has(candidate));
    if (others.length === 0) return [...frozen];
    for (const other of others) {
      signal(other, 'SIGSTOP');
      frozen.add(other);
    }
  }
};

/** Lets them go on, the last one first: a parent finds its children as they were. */
export const thaw = (pids: readonly number[]): void => {
  for (const pid of pids.toReversed()) signal(pid, 'SIGCONT');
};

/** Kills a process and all below it; none of them gets to start another one. */
export const killTree = (pid: number): void => {
  for (const other of freeze(pid)) signal(other, 'SIGKILL');
};
