// Once a subject is gone: the parts of its profiles become files per phase, and a short summary that stays with the
// trial.
import {writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {messageOf} from '../../model/error-message.ts';
import type {TrialEvent} from '../../model/event.ts';
import type {ProfileSummary} from '../../model/profile.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {type CpuCut, CpuCuts} from '../../profiles/cpu.ts';
import {flameOf} from '../../profiles/flame.ts';
import {type MemoryCut, MemoryCuts} from '../../profiles/memory.ts';
import {type PprofColumn, pprofFile} from '../../profiles/pprof.ts';
import type {Span} from '../../profiles/span.ts';
import {summarise} from '../../profiles/summarise.ts';
import type {CallNode} from '../../profiles/tree.ts';
import {cpuProfileFile, heapProfileFile} from '../../profiles/v8-files.ts';
import {profileParts, removeProfileParts} from '../../store/profile-parts.ts';
import {codeLocationsOf} from '../hook.ts';

/** One profile of a span, and the files that hold it, by the ends of their names. */
type Told = Pick<ProfileSummary, 'what' | 'atMs'> & {
  readonly span: Span;
  readonly tree: CallNode;
  readonly files: {readonly [ending: string]: string | Uint8Array};
};

/** A profile that cannot be read is recorded as trouble, and is no reason to lose the trial. */
export const profilesOf = async (trial: Trial, folder: string, scenarioFile: string): Promise<TrialEvent> => {
  try {
    return {kind: 'profiles', profiles: await gatherProfiles(trial, folder, scenarioFile)};
  } catch (error) {
    return {kind: 'trouble', atMs: trial.exit?.atMs ?? 0, what: 'profiles', message: messageOf(error)};
  }
};

/** Empty where the subject was not profiled. */
const gatherProfiles = async (
  trial: Trial,
  folder: string,
  scenarioFile: string,
): Promise<readonly ProfileSummary[]> => {
  const spans = spansOf(trial);
  const cpu = new CpuCuts(spans);
  const memory = new MemoryCuts(spans);
  for await (const part of profileParts(folder)) {
    if (part.kind === 'cpu') cpu.add(part);
    else memory.add(part);
  }
  const locations = codeLocationsOf(scenarioFile);
  const summaries: ProfileSummary[] = [];
  for (const part of [...cpu.cuts().map(cpuOf), ...memory.cuts().flatMap(memoryOf)]) {
    const {what, atMs, span, tree} = part;
    const summary = summarise(tree, locations);
    // A process that made no Buffers worth mentioning has nothing to show.
    if (summary.total === 0) continue;
    const files: string[] = [];
    for (const [ending, content] of Object.entries(part.files)) {
      const name = `${stemOf(trial, span)}${ending}`;
      await writeFile(join(folder, name), content);
      files.push(`${basename(folder)}/${name}`);
    }
    summaries.push({what, phase: span.phase, atMs, ...summary, flame: flameOf(tree, locations), files});
  }
  await removeProfileParts(folder);
  return summaries;
};

/** The phases that the trial reached, and what came after the load. */
const spansOf = (trial: Trial): Span[] => {
  const phases = trial.plan.phases.flatMap((_, phase) => {
    const window = phaseWindow(trial, phase);
    return window ? [{phase, ...window}] : [];
  });
  const {loadEndedMs, exit} = trial;
  if (loadEndedMs === null) return phases;
  return [...phases, {phase: null, startMs: loadEndedMs, endMs: exit?.atMs ?? Number.MAX_SAFE_INTEGER}];
};

/** `2-stalled`; what follows the load comes last. */
const stemOf = ({plan}: Trial, {phase}: Span): string =>
  phase === null
    ? `${plan.phases.length + 1}-drain`
    : `${phase + 1}-${(plan.phases[phase]?.name ?? '').replaceAll(/[^\w-]+/g, '-')}`;

const cpuOf = (cut: CpuCut): Told => {
  const {span, tree} = cut;
  const columns: PprofColumn[] = [
    {type: 'samples', unit: 'count', tree, weigh: ({sampleCount}) => sampleCount},
    {type: 'cpu', unit: 'nanoseconds', tree, weigh: ({self}) => self * 1e6},
  ];
  return {
    what: 'cpu',
    atMs: span.startMs,
    span,
    tree,
    files: {
      '.cpuprofile': cpuProfileFile(cut),
      '.cpu.pb.gz': pprofFile(columns, span.endMs - span.startMs),
    },
  };
};

const ownBytes = ({self}: CallNode): number => self;

const memoryOf = ({span, heap, buffers}: MemoryCut): Told[] => {
  const {atMs, live, allocated} = buffers;
  const inUse = (tree: CallNode): PprofColumn => ({
    type: 'inuse_space',
    unit: 'bytes',
    tree,
    weigh: ownBytes,
  });
  const columns: PprofColumn[] = [
    {type: 'alloc_space', unit: 'bytes', tree: allocated, weigh: ownBytes},
    inUse(live),
  ];
  return [
    ...(heap
      ? [
          {
            what: 'heap' as const,
            ...heap,
            span,
            files: {
              '.heapprofile': heapProfileFile(heap.tree),
              '.heap.pb.gz': pprofFile([inUse(heap.tree)], 0),
            },
          },
        ]
      : []),
    {
      what: 'buffers',
      atMs,
      span,
      tree: live,
      files: {'.buffers.heapprofile': heapProfileFile(live), '.buffers.pb.gz': pprofFile(columns, 0)},
    },
    {what: 'buffer-allocations', atMs: span.startMs, span, tree: allocated, files: {}},
  ];
};
