// The subject's process as the operating system sees it. Linux only, by /proc; elsewhere there are no samples.
import {readdir, readFile, readlink} from 'node:fs/promises';
import type {SystemSample} from '../model/event.ts';

/** The kernel counts CPU time in ticks of 10 ms: USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10;

/** Above this many descriptors only their number is read: a readlink each would cost more than it tells. */
const descriptorsRead = 2000;

const fieldKb = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);

/** CPU time, from /proc/pid/stat; the fields are counted after the name, which may hold spaces. */
const cpuMs = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * msPerTick;
};

const countSockets = async (pid: number, descriptors: readonly string[]): Promise<number | null> => {
  if (descriptors.length > descriptorsRead) return null;
  const links = await Promise.all(
    descriptors.map(descriptor => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
  );
  return links.filter(link => link.startsWith('socket:')).length;
};

/** Null when the process is gone or the platform does not tell. */
export const sampleProcess = async (pid: number, atMs: number): Promise<SystemSample | null> => {
  if (process.platform !== 'linux') return null;
  try {
    const [stat, status, descriptors] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
      readdir(`/proc/${pid}/fd`),
    ]);
    return {
      atMs,
      cpuMs: cpuMs(stat),
      rssBytes: fieldKb(status, 'VmRSS') * 1024,
      threadCount: fieldKb(status, 'Threads'),
      fileDescriptorCount: descriptors.length,
      socketCount: await countSockets(pid, descriptors),
    };
  } catch {
    // Between two reads the process may end; that is told by its exit, not here.
    return null;
  }
};
