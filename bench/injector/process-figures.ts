// What the kernel says of a process: its memory and its CPU time. Linux only, since it reads /proc.
import {readdirSync, readFileSync} from 'node:fs';

const ticksPerSecond = 100; // of /proc, whatever the kernel's own clock (man 5 proc, USER_HZ)

/** Resident memory in bytes. */
export const residentBytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
};

/** User and system time of a process's living threads, to the nanosecond, where /proc/<pid>/stat counts hundredths of a second. */
export const cpuMs = (pid: number): number => {
  const onCpuNs = readdirSync(`/proc/${pid}/task`).map(thread => onCpuNsOf(`/proc/${pid}/task/${thread}`));
  return onCpuNs.reduce((sum, ns) => sum + ns, 0) / 1e6;
};

const onCpuNsOf = (thread: string): number => {
  try {
    return Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return 0; // it has just ended
  }
};

/** What all processes of the machine took of its CPUs since it started, the hypervisor's share included. */
export const machineBusyMs = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .split('\n', 1)
    .join()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return ((user + nice + system + irq + softirq + steal) * 1000) / ticksPerSecond;
};
