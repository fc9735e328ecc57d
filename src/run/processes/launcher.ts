// How a child's Node is started: normally, or pinned to a few CPUs.
import {accessSync, constants, readFileSync} from 'node:fs';

export type Launcher = {readonly execPath: string; readonly execArgv: readonly string[]};

/** `0-3,8` → 0, 1, 2, 3, 8: the format of Cpus_allowed_list in /proc/self/status. */
export const cpusOf = (list: string): number[] =>
  list
    .trim()
    .split(',')
    .flatMap(range => {
      const [first, last = first] = range.split('-').map(Number);
      return Array.from({length: last! - first! + 1}, (_, index) => first! + index);
    });

const taskset = '/usr/bin/taskset';

/** The CPUs that this process may use itself: in a container, not all of the machine's. */
const allowedCpus = (): number[] | null => {
  try {
    accessSync(taskset, constants.X_OK);
    const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return list === undefined ? null : cpusOf(list);
  } catch {
    return null;
  }
};

/**
 * The last CPUs, since the first ones handle more of the machine's interrupts. Where the platform cannot pin a
 * process it is started unpinned; the CPUs that it found are in its `loaded` event, and in the report.
 */
export const launcherOf = (cpuCount: number | undefined): Launcher => {
  const cpus = cpuCount === undefined ? null : allowedCpus();
  if (cpus === null || cpuCount === undefined) return {execPath: process.execPath, execArgv: []};
  return {
    execPath: taskset,
    execArgv: ['--cpu-list', cpus.slice(-cpuCount).join(','), process.execPath],
  };
};
