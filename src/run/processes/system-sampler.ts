// The subject's process as the operating system sees it: by /proc on Linux, by `ps` on another Unix, else not at all.
import {readdir, readFile, readlink} from 'node:fs/promises';
import type {SystemSample} from '../../model/process-witness.ts';
import {askPs} from './ps.ts';
import {parseStat, sampleThreads} from './threads.ts';

/** Above this many descriptors only their number is read: a readlink for each would cost too much. */
const descriptorsRead = 2000;

const fieldKb = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);

const countSockets = async (pid: number, descriptors: readonly string[]): Promise<number | null> => {
  if (descriptors.length > descriptorsRead) return null;
  const links = await Promise.all(
    descriptors.map(descriptor => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
  );
  return links.filter(link => link.startsWith('socket:')).length;
};

const fromProc = async (pid: number, atMs: number): Promise<SystemSample> => {
  const [stat, status, descriptors, threads] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
    sampleThreads(pid),
  ]);
  return {
    atMs,
    cpuMs: parseStat(stat).cpuMs,
    rssBytes: fieldKb(status, 'VmRSS') * 1024,
    threadCount: fieldKb(status, 'Threads'),
    fileDescriptorCount: descriptors.length,
    socketCount: await countSockets(pid, descriptors),
    ...(threads && {threads}),
  };
};

const fromPs = async (pid: number, atMs: number): Promise<SystemSample | null> => {
  const figures = await askPs(pid);
  return figures && {atMs, ...figures, threadCount: null, fileDescriptorCount: null, socketCount: null};
};

/** Null when the process is gone or the platform does not report it. */
export const sampleProcess = async (pid: number, atMs: number): Promise<SystemSample | null> => {
  try {
    if (process.platform === 'linux') return await fromProc(pid, atMs);
    return process.platform === 'win32' ? null : await fromPs(pid, atMs);
  } catch {
    // Between two reads the process may end; its exit is reported elsewhere.
    return null;
  }
};
