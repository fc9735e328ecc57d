// Reads a process's CPU time and memory by `ps`, on a Unix without /proc.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';

const run = promisify(execFile);

export type PsFigures = {readonly cpuMs: number; readonly rssBytes: number};

/** `rss` is in KiB; `time` is `[[days-]hours:]minutes:seconds[.hundredths]`. Null for any other output. */
export const parsePs = (line: string): PsFigures | null => {
  const found = /^\s*(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(line);
  if (!found) return null;
  const [, rss, days = '0', hours = '0', minutes, seconds] = found;
  const wholeMinutes = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  return {cpuMs: (wholeMinutes * 60 + Number(seconds)) * 1000, rssBytes: Number(rss) * 1024};
};

/** Null when the process is gone. */
export const askPs = async (pid: number): Promise<PsFigures | null> => {
  const {stdout} = await run('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
  return parsePs(stdout);
};

/** All processes below this one, added up; null where there are none. */
export const askPsOfChildren = async (pid: number): Promise<PsFigures | null> => {
  const {stdout} = await run('ps', ['-A', '-o', 'pid=,ppid=,rss=,time=']);
  return sumOfChildren(stdout, pid);
};

export const sumOfChildren = (lines: string, pid: number): PsFigures | null => {
  const processes = lines.split('\n').flatMap(line => {
    const [, own, parent, rest] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const figures = rest === undefined ? null : parsePs(rest);
    return figures ? [{pid: Number(own), parent: Number(parent), figures}] : [];
  });
  const below = (parent: number): PsFigures[] =>
    processes
      .filter(process => process.parent === parent)
      .flatMap(process => [process.figures, ...below(process.pid)]);
  const all = below(pid);
  if (all.length === 0) return null;
  return {
    cpuMs: all.reduce((sum, {cpuMs}) => sum + cpuMs, 0),
    rssBytes: all.reduce((sum, {rssBytes}) => sum + rssBytes, 0),
  };
};
