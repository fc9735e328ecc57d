// What the process used in the phase that matters, from inside and from outside, before and after.
import type {ResourceSample, SystemSample} from '../../model/process-witness.ts';
import {type RuntimeFigures, runtimeFigures} from '../../model/runtime-figures.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {medianOf} from '../../stats/quantile.ts';
import {phaseThatMatters} from '../case-study/phase-that-matters.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {type Block, heading, paragraph, type Text, table} from '../document.ts';
import {bytes, count, duration, percent, plural, unknownFigure} from '../format.ts';
import {processAnchor} from './phase-link.ts';
import {threadBlocks} from './threads.ts';

const resourceKindsShown = 5;

/** One phase of one trial. */
type Seen = {
  readonly trial: Trial;
  readonly phase: number;
  readonly inside: readonly ResourceSample[];
  readonly outside: readonly SystemSample[];
  /** Of a program in another language, by its own metrics. */
  readonly runtime: RuntimeFigures | null;
};

type Row = {readonly title: string; readonly statement: (seen: readonly Seen[]) => string};

const within = <Sample extends {readonly atMs: number}>(
  samples: readonly Sample[],
  window: {readonly startMs: number; readonly endMs: number},
): Sample[] => samples.filter(({atMs}) => atMs >= window.startMs && atMs <= window.endMs);

const seenIn = ({trials}: VariantStory, phase: number): Seen[] =>
  trials.flatMap(({trial}) => {
    const window = phaseWindow(trial, phase);
    if (!window) return [];
    const inside = within(trial.resources, window);
    const outside = within(trial.system, window);
    const runtime = runtimeFigures(trial, phase);
    const isSeen = inside.length + outside.length > 0 || runtime !== null;
    return isSeen ? [{trial, phase, inside, outside, runtime}] : [];
  });

/** The greatest of a trial's samples; then the median over the trials. */
const most = (
  seen: readonly Seen[],
  figures: (one: Seen) => readonly (number | null | undefined)[],
): number | null =>
  medianOf(
    seen.map(one => {
      const known = figures(one).filter(value => typeof value === 'number');
      return known.length === 0 ? null : Math.max(...known);
    }),
  );

const inside = (figure: (sample: ResourceSample) => number | undefined) => (seen: readonly Seen[]) =>
  most(seen, one => one.inside.map(figure));

const outside = (figure: (sample: SystemSample) => number | null) => (seen: readonly Seen[]) =>
  most(seen, one => one.outside.map(figure));

/** The median over the trials. */
const reported = (figure: (runtime: RuntimeFigures) => number | null) => (seen: readonly Seen[]) =>
  medianOf(seen.map(({runtime}) => runtime && figure(runtime)));

const heapText = (seen: readonly Seen[]): string => {
  const used = inside(sample => sample.heapUsedBytes)(seen) ?? reported(one => one.heapMaxBytes)(seen);
  const total =
    inside(sample => sample.heapTotalBytes)(seen) ?? reported(one => one.heapReservedMaxBytes)(seen);
  if (total === null) return bytes(used);
  return used === null ? `${bytes(total)} reserved` : `${bytes(used)} of ${bytes(total)}`;
};

/** Node's --max-old-space-size; V8 adds the young generation to it. */
const heapLimitText = (seen: readonly Seen[]): string => {
  const [first] = seen;
  const variant = first?.trial.plan.variants.find(({name}) => name === first.trial.variant);
  const limitMiB = variant?.process.heapLimitMiB;
  return limitMiB === undefined ? unknownFigure : bytes(limitMiB * 1024 ** 2);
};

const externalText = (seen: readonly Seen[]): string => {
  const external =
    inside(sample => sample.externalBytes)(seen) ?? reported(one => one.externalMaxBytes)(seen);
  const buffers = inside(sample => sample.arrayBuffersBytes)(seen);
  return buffers === null ? bytes(external) : `${bytes(external)}, ${bytes(buffers)} of it ArrayBuffers`;
};

const gcText = (seen: readonly Seen[]): string => {
  const phases = seen.flatMap(({trial, phase}) => trial.phaseResources.filter(one => one.phase === phase));
  if (phases.length === 0) return unknownFigure;
  const ratio = medianOf(phases.map(({gcMs, durationMs}) => gcMs / durationMs));
  const pauses = medianOf(phases.map(({gcCount}) => gcCount)) ?? 0;
  const major = medianOf(phases.map(({gcKinds}) => (gcKinds ? (gcKinds.major?.count ?? 0) : null)));
  const full = major === null ? '' : `, ${count(major)} of them full collections`;
  return `${percent(ratio)} in ${plural(pauses, 'pause')}${full}`;
};

/** A runtime may report how often it collected, and not how long that took. */
const reportedGcText = (seen: readonly Seen[]): string => {
  const number = reported(one => one.gcCount)(seen);
  if (number === null) return unknownFigure;
  const share = reported(one => one.gcShare)(seen);
  const full = `${count(reported(one => one.fullGcCount)(seen))} of them full collections`;
  return share === null
    ? `${plural(number, 'collection')}, ${full}`
    : `${percent(share)} in ${plural(number, 'pause')}, ${full}`;
};

/** `158: 140 waiting, 18 runnable`, of the first trial in which they were seen. */
const reportedThreadsText = (seen: readonly Seen[]): string => {
  const threads = seen.flatMap(({runtime}) => runtime?.threads ?? [])[0];
  if (!threads) return unknownFigure;
  const states = Object.entries(threads.threadStates ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([state, number]) => `${count(number)} ${state.replaceAll('_', ' ')}`);
  const all = count(threads.threadCount);
  return states.length === 0 ? all : `${all}: ${states.join(', ')}`;
};

/** Including V8's incremental steps between the pauses, which perf_hooks does not report. */
const profiledGcText = (seen: readonly Seen[]): string => {
  const shares = seen.flatMap(({trial, phase}) => {
    const cpu = trial.profiles.find(profile => profile.what === 'cpu' && profile.phase === phase);
    if (!cpu) return [];
    const own = cpu.owners.find(({owner}) => owner === 'garbage collector')?.self ?? 0;
    return [own / cpu.total];
  });
  return percent(medianOf(shares));
};

const loopText = (seen: readonly Seen[]): string => {
  const phases = seen.flatMap(({trial, phase}) => trial.phaseResources.filter(one => one.phase === phase));
  const figure = (pick: (one: (typeof phases)[number]) => number): number | null =>
    medianOf(phases.map(pick));
  if (phases.length === 0) return unknownFigure;
  const delay = `delay p99 ${duration(figure(one => one.loopDelayP99Ms))}, max ${duration(figure(one => one.loopDelayMaxMs))}`;
  return `${delay}; utilisation ${percent(figure(one => one.loopUtilisationRatio))}`;
};

/** Of the first trial, at the end of the phase. */
const activeText = (seen: readonly Seen[]): string => {
  const active = seen[0]?.inside.at(-1)?.activeResources;
  if (!active) return unknownFigure;
  const kinds = Object.entries(active).sort(([, a], [, b]) => b - a);
  return kinds
    .slice(0, resourceKindsShown)
    .map(([kind, number]) => `${count(number)} ${kind}`)
    .join(', ');
};

const rows: readonly Row[] = [
  {
    title: 'Peak RSS',
    statement: seen =>
      bytes(outside(({rssBytes}) => rssBytes)(seen) ?? inside(({rssBytes}) => rssBytes)(seen)),
  },
  {title: 'Peak heap used, of the heap reserved', statement: heapText},
  {title: 'Heap limit as set (old generation)', statement: heapLimitText},
  {
    title: 'V8 heap limit (all generations)',
    statement: seen => bytes(inside(({heapLimitBytes}) => heapLimitBytes)(seen)),
  },
  {
    title: 'Heap limit (runtime metrics)',
    statement: seen => bytes(reported(one => one.heapLimitBytes)(seen)),
  },
  {
    title: 'Long-lived heap after its last collection',
    statement: seen => bytes(reported(one => one.heapAfterGcBytes)(seen)),
  },
  {title: 'Peak external memory', statement: externalText},
  {title: 'GC time (perf_hooks)', statement: gcText},
  {title: 'GC time (sampled)', statement: profiledGcText},
  {title: 'GC time (runtime metrics)', statement: reportedGcText},
  {title: 'Event loop', statement: loopText},
  {title: 'Peak threads (runtime metrics)', statement: reportedThreadsText},
  {title: 'Peak goroutines', statement: seen => count(reported(one => one.taskMaxCount)(seen))},
  {
    title: 'Peak file descriptors',
    statement: seen => count(outside(sample => sample.fileDescriptorCount)(seen)),
  },
  {title: 'Peak sockets', statement: seen => count(outside(sample => sample.socketCount)(seen))},
  {title: 'Active resources at the end', statement: activeText},
];

export const processBlocks = (story: RunStory): Block[] => {
  const phase = phaseThatMatters(story);
  const variants = story.variants.filter(variant => seenIn(variant, phase).length > 0);
  if (variants.length === 0) return [];
  const seen = variants.map(variant => seenIn(variant, phase));
  const shown = rows
    .map(({title, statement}): Text[] => [[title], ...seen.map((one): Text => [statement(one)])])
    .filter(([, ...cells]) => cells.some(([text]) => text !== unknownFigure));
  const name = story.run.record.plan.phases[phase]?.name ?? '';
  return [
    heading(`The process in ${name}`, processAnchor),
    table(['Measure', ...variants.map(({variant}) => variant.name)], shown),
    ...threadBlocks(variants, phase),
    ...missingNote(seen.flat()),
  ];
};

const missingNote = (seen: readonly Seen[]): Block[] => {
  if (seen.every(({outside}) => outside.length === 0)) {
    return [
      paragraph(
        'This platform reports nothing about other processes: threads, descriptors and sockets were not observed.',
      ),
    ];
  }
  return seen.every(({outside}) => outside.every(({threadCount}) => threadCount === null))
    ? [
        paragraph(
          'This platform reports only the CPU time and memory of other processes: threads, descriptors and sockets were not observed.',
        ),
      ]
    : [];
};
