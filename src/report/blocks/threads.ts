// The threads of the process by name, before and after: how many there are, and what they did.
import type {SystemSample, ThreadGroup} from '../../model/process-witness.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import type {VariantStory} from '../case-study/run-story.ts';
import {type Block, code, paragraph, type Text, table} from '../document.ts';
import {count, percent, plural, unknownFigure} from '../format.ts';

type Group = {
  readonly name: string;
  readonly countMax: number;
  /** Share of the samples. */
  readonly sleepingRatio: number;
  /** Of a core, all of them together; null with one sample. */
  readonly cpuRatio: number | null;
};

type Told = {readonly groups: readonly Group[]; readonly countMax: number};

/** V8's own thread for the CPU profile; it is not the library's. */
const profilersThread = 'v8:ProfEvntProc';

const groupsIn = (trial: Trial, phase: number): Told | null => {
  const window = phaseWindow(trial, phase);
  if (!window) return null;
  const samples = trial.system.filter(
    ({atMs, threads}) => threads && atMs >= window.startMs && atMs <= window.endMs,
  );
  const seen = samples.flatMap(({atMs, threads = []}) => threads.map(group => ({atMs, ...group})));
  if (seen.length === 0) return null;
  const groups = [...Map.groupBy(seen, ({name}) => name)].map(([name, moments]): Group => {
    const total = sum(moments, group => group.count);
    const awake = sum(moments, group => group.runningCount + group.blockedCount);
    return {
      name,
      countMax: Math.max(...moments.map(group => group.count)),
      sleepingRatio: 1 - awake / total,
      cpuRatio: cpuRatio(moments),
    };
  });
  return {
    groups: groups.sort((a, b) => b.countMax - a.countMax),
    countMax: Math.max(...samples.map(threadCountOf)),
  };
};

const threadCountOf = ({threadCount}: SystemSample): number => threadCount ?? 0;

const sum = (groups: readonly ThreadGroup[], figure: (group: ThreadGroup) => number): number =>
  groups.reduce((total, group) => total + figure(group), 0);

/** When a group loses a thread, the time of that thread is lost with it: the sum is then not known. */
const cpuRatio = (moments: readonly (ThreadGroup & {readonly atMs: number})[]): number | null => {
  const first = moments[0];
  const last = moments.at(-1);
  if (!first || !last || last.atMs <= first.atMs || last.cpuMs < first.cpuMs) return null;
  return (last.cpuMs - first.cpuMs) / (last.atMs - first.atMs);
};

const groupText = ({countMax, sleepingRatio, cpuRatio}: Group): string =>
  `${count(countMax)}, sleeping ${percent(sleepingRatio)}${cpuRatio === null ? '' : `, CPU ${percent(cpuRatio)}`}`;

const nameText = (name: string): Text =>
  name === profilersThread ? [code(name), ' (harness)'] : [code(name)];

/** Of each variant the first trial in which they were seen. Empty where the platform does not report them. */
export const threadBlocks = (variants: readonly VariantStory[], phase: number): Block[] => {
  const perVariant = variants.map(({trials}) =>
    trials.map(({trial}) => groupsIn(trial, phase)).find(found => found !== null),
  );
  if (perVariant.every(found => found === undefined)) return [];
  const names = [...new Set(perVariant.flatMap(found => found?.groups.map(({name}) => name) ?? []))];
  const rows = names.map((name): Text[] => [
    nameText(name),
    ...perVariant.map((found): Text => {
      const group = found?.groups.find(candidate => candidate.name === name);
      return [group ? groupText(group) : found ? 'none' : unknownFigure];
    }),
  ]);
  const all: Text[] = [
    ['total'],
    ...perVariant.map((found): Text => [found ? plural(found.countMax, 'thread') : unknownFigure]),
  ];
  return [
    paragraph('Threads (peak) by name; sleeping threads wait for work, a lock or the network:'),
    table(['Threads', ...variants.map(({variant}) => variant.name)], [...rows, all]),
  ];
};
