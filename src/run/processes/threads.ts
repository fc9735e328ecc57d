// The threads of a process on Linux, grouped by their names: what each group does, and the CPU time it has used.
import {readdir, readFile} from 'node:fs/promises';
import type {ThreadGroup} from '../../model/process-witness.ts';

/** Of more threads only the number is reported: reading each would cost too much. */
const threadsRead = 256;

/** Null where there are too many, or the process is gone. */
export const sampleThreads = async (pid: number): Promise<ThreadGroup[] | null> => {
  const ids = await readdir(`/proc/${pid}/task`);
  if (ids.length > threadsRead) return null;
  const stats = await Promise.all(
    ids.map(id => readFile(`/proc/${pid}/task/${id}/stat`, 'utf8').catch(() => null)),
  );
  const threads = stats.filter(stat => stat !== null).map(parseStat);
  return [...Map.groupBy(threads, ({name}) => name)].map(([name, group]) => ({
    name,
    count: group.length,
    // R runs or waits for a processor; D waits for a disk; all else sleeps.
    runningCount: group.filter(({state}) => state === 'R').length,
    blockedCount: group.filter(({state}) => state === 'D').length,
    cpuMs: group.reduce((sum, {cpuMs}) => sum + cpuMs, 0),
  }));
};

/** The kernel counts CPU time in ticks of 10 ms: USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10;

type ProcStat = {
  readonly name: string;
  readonly state: string;
  readonly cpuMs: number;
  /** Of a process: of its children that have ended and were waited for. */
  readonly endedChildrenCpuMs: number;
};

/** The fields are counted after the name, which may hold spaces and parentheses. */
export const parseStat = (stat: string): ProcStat => {
  const nameEnds = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnds + 2).split(' ');
  return {
    name: stat.slice(stat.indexOf('(') + 1, nameEnds),
    state: fields[0] ?? '',
    cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
    endedChildrenCpuMs: (Number(fields[13]) + Number(fields[14])) * msPerTick,
  };
};

/** Groups of several processes, by name. */
export const mergeThreads = (groups: readonly ThreadGroup[]): ThreadGroup[] =>
  [...Map.groupBy(groups, ({name}) => name)].map(([name, same]) => ({
    name,
    count: total(same, ({count}) => count),
    runningCount: total(same, ({runningCount}) => runningCount),
    blockedCount: total(same, ({blockedCount}) => blockedCount),
    cpuMs: total(same, ({cpuMs}) => cpuMs),
  }));

const total = (groups: readonly ThreadGroup[], figure: (group: ThreadGroup) => number): number =>
  groups.reduce((sum, group) => sum + figure(group), 0);
