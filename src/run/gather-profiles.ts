// Once a subject is gone: what it left of its profiles becomes files per phase, and the few lines that stay with the trial.
import {realpathSync} from 'node:fs';
import {writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {ProfileSummary} from '../model/profile.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {CpuCuts} from '../profiles/cpu.ts';
import {MemoryCuts} from '../profiles/memory.ts';
import type {Ground} from '../profiles/owner.ts';
import type {Span} from '../profiles/span.ts';
import {summarise} from '../profiles/summarise.ts';
import type {CallNode} from '../profiles/tree.ts';
import {cpuProfileFile, heapProfileFile} from '../profiles/v8-files.ts';
import {profileParts, removeProfileParts} from '../store/profile-parts.ts';

/** The phases that the trial reached, and what came after the load. */
const spansOf = (trial: Trial): Span[] => {
  const phases = trial.plan.phases.flatMap((_, phase) => {
    const window = phaseWindow(trial, phase);
    return window ? [{phase, ...window}] : [];
  });
  const {loadEndedMs} = trial;
  return loadEndedMs === null ? phases : [...phases, {phase: null, startMs: loadEndedMs, endMs: Infinity}];
};

const groundOf = (scenarioFile: string): Ground => ({
  scenarioUrl: pathToFileURL(realpathSync(scenarioFile)).href,
  harnessUrl: new URL('../', import.meta.url).href,
});

/** `2-stalled`; what follows the load comes last. */
const stemOf = (trial: Trial, {phase}: Span): string =>
  phase === null
    ? `${trial.plan.phases.length + 1}-drain`
    : `${phase + 1}-${(trial.plan.phases[phase]?.name ?? '').replaceAll(/[^\w-]+/g, '-')}`;

type Told = Pick<ProfileSummary, 'what' | 'atMs'> & {readonly tree: CallNode; readonly file: string | null};

/** Empty where the subject was not profiled. */
export const gatherProfiles = async (
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
  const ground = groundOf(scenarioFile);
  const write = async (span: Span, {what, atMs, tree, file}: Told, text: string): Promise<ProfileSummary> => {
    const files = file === null ? [] : [`${stemOf(trial, span)}${file}`];
    for (const name of files) await writeFile(join(folder, name), text);
    return {
      what,
      phase: span.phase,
      atMs,
      ...summarise(tree, ground),
      files: files.map(name => `${basename(folder)}/${name}`),
    };
  };
  const summaries: ProfileSummary[] = [];
  for (const cut of cpu.cuts()) {
    const {span, tree} = cut;
    const told: Told = {what: 'cpu', atMs: span.startMs, tree, file: '.cpuprofile'};
    summaries.push(await write(span, told, cpuProfileFile(cut)));
  }
  for (const {span, heap, buffers} of memory.cuts()) {
    const {atMs, live, allocated} = buffers;
    const states: Told[] = [
      ...(heap ? [{what: 'heap' as const, ...heap, file: '.heapprofile'}] : []),
      {what: 'buffers', atMs, tree: live, file: '.buffers.heapprofile'},
      {what: 'buffer-allocations', atMs: span.startMs, tree: allocated, file: null},
    ];
    for (const state of states) {
      // A process that made no Buffer of note has nothing to show.
      const text = heapProfileFile(state.tree);
      const summary = await write(span, state, text);
      if (summary.total > 0) summaries.push(summary);
    }
  }
  await removeProfileParts(folder);
  return summaries;
};
