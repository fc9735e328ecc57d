// The subject's process, or the tree of a program's processes, as the operating system sees it: by /proc on Linux, by `ps` on another Unix, else not at all.
import {readdir, readFile, readlink} from 'node:fs/promises';
import type {SystemSample} from '../../model/process-witness.ts';
import {askPs, askPsOfChildren} from './ps.ts';
import {mergeThreads, parseStat, sampleThreads} from './threads.ts';

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

type Counted = 'own' | 'with-ended-children';

const fromProc = async (pid: number, atMs: number, counted: Counted = 'own'): Promise<SystemSample> => {
  const [stat, status, descriptors, threads] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
    sampleThreads(pid),
  ]);
  const {cpuMs, endedChildrenCpuMs} = parseStat(stat);
  return {
    atMs,
    cpuMs: counted === 'own' ? cpuMs : cpuMs + endedChildrenCpuMs,
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

/**
 * The processes that a bridge has started, and theirs, as one; null while there are none. One that has detached itself from
 * its parent is not found.
 */
export const sampleChildren = async (bridge: number, atMs: number): Promise<SystemSample | null> => {
  try {
    if (process.platform === 'win32') return null;
    if (process.platform !== 'linux') {
      const figures = await askPsOfChildren(bridge);
      return figures && {atMs, ...figures, threadCount: null, fileDescriptorCount: null, socketCount: null};
    }
    const pids = await descendantsOf(bridge);
    const samples = await Promise.all(
      pids.map(pid => fromProc(pid, atMs, 'with-ended-children').catch(() => null)),
    );
    return samples.filter(sample => sample !== null).reduce<SystemSample | null>(addedUp, null);
  } catch {
    return null;
  }
};

/** A child is listed at the thread that started it. */
const descendantsOf = async (pid: number): Promise<number[]> => {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map(thread => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const children = lists.flatMap(list => list.split(' ').filter(Boolean).map(Number));
  const below = await Promise.all(children.map(descendantsOf));
  return [...children, ...below.flat()];
};

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

const addedUp = (a: SystemSample | null, b: SystemSample): SystemSample => {
  if (a === null) return b;
  const {threads: _, ...figures} = b;
  return {
    ...figures,
    cpuMs: a.cpuMs + b.cpuMs,
    rssBytes: a.rssBytes + b.rssBytes,
    threadCount: sum(a.threadCount, b.threadCount),
    fileDescriptorCount: sum(a.fileDescriptorCount, b.fileDescriptorCount),
    socketCount: sum(a.socketCount, b.socketCount),
    ...(a.threads && b.threads && {threads: mergeThreads([...a.threads, ...b.threads])}),
  };
};
