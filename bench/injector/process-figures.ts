// What the kernel says of a process: its memory and its CPU time. Linux only, since it reads /proc.
import {readFileSync} from 'node:fs';

const ticksPerSecond = 100; // of /proc, whatever the kernel's own clock (man 5 proc, USER_HZ)

/** Resident memory in bytes. */
export const residentBytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
};

/** User and system time since the process started. */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
};
