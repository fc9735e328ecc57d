// One line of /proc/pid/stat, or of /proc/pid/task/tid/stat.

/** The kernel counts CPU time in ticks of 10 ms: USER_HZ is 100 on every Linux that Node runs on. */
const msPerTick = 10;

export type ProcStat = {readonly name: string; readonly state: string; readonly cpuMs: number};

/** The fields are counted after the name, which may hold spaces and parentheses. */
export const parseStat = (stat: string): ProcStat => {
  const nameEnds = stat.lastIndexOf(')');
  const fields = stat.slice(nameEnds + 2).split(' ');
  return {
    name: stat.slice(stat.indexOf('(') + 1, nameEnds),
    state: fields[0] ?? '',
    cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick,
  };
};
