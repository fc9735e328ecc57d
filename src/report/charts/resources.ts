// What the library's process used over time: processor, memory, threads, collections, and how long its event loop was held.
import {runtimeSamples} from '../../model/runtime-figures.ts';
import type {Trial} from '../../model/trial.ts';
import {representativeNote} from '../case-study/representative.ts';
import type {RunStory} from '../case-study/run-story.ts';
import type {Chart} from './chart.ts';
import {type Measure, overTime, type Point} from './over-time.ts';
import {trialSeriesOf} from './series.ts';

const mebibyte = 1024 ** 2;

const percentTick = (ratio: number): string => `${Number((ratio * 100).toFixed(1))} %`;
const mebibytes = (value: number): string => `${Math.round(value)} MiB`;
const milliseconds = (ms: number): string => `${Number(ms.toFixed(ms < 10 ? 1 : 0))} ms`;

/** A counter's growth between neighbouring samples, per millisecond, in the middle of their time. */
export const growthPerMs = <Sample extends {readonly atMs: number}>(
  samples: readonly Sample[],
  counterOf: (sample: Sample) => number,
): Point[] =>
  samples.slice(1).flatMap((sample, index) => {
    const before = samples[index]!;
    const elapsedMs = sample.atMs - before.atMs;
    if (elapsedMs <= 0) return [];
    const grown = Math.max(0, counterOf(sample) - counterOf(before));
    return [{atMs: (sample.atMs + before.atMs) / 2, value: grown / elapsedMs}];
  });

/** The operating system goes on reporting when the process itself is too busy to. */
const cpu = ({system, resources}: Trial): Point[] =>
  growthPerMs<{readonly atMs: number; readonly cpuMs: number}>(
    system.length > 1 ? system : resources,
    ({cpuMs}) => cpuMs,
  );

const memory = ({system, resources}: Trial): Point[] =>
  (system.length > 1 ? system : resources).map(({atMs, rssBytes}) => ({atMs, value: rssBytes / mebibyte}));

/** By the process itself, or by the metrics of a program's runtime. */
const collected = (trial: Trial): Point[] => {
  const own = trial.resources.map(({atMs, gcMs}) => ({atMs, gcMs}));
  const reported = runtimeSamples(trial).flatMap(({atMs, gcPauseMs}) =>
    gcPauseMs === null ? [] : [{atMs, gcMs: gcPauseMs}],
  );
  const samples = own.length > 0 ? own : reported;
  return samples.slice(1).flatMap(({atMs, gcMs}, index) => {
    const elapsedMs = atMs - samples[index]!.atMs;
    return elapsedMs > 0 ? [{atMs: atMs - elapsedMs / 2, value: Math.min(1, gcMs / elapsedMs)}] : [];
  });
};

const heldInside = (trial: Trial): Point[] => {
  const own = trial.resources.map(({atMs, heapUsedBytes, externalBytes}) => ({
    atMs,
    value: (heapUsedBytes + externalBytes) / mebibyte,
  }));
  const reported = runtimeSamples(trial).flatMap(({atMs, heapUsedBytes, externalBytes}) =>
    heapUsedBytes === null ? [] : [{atMs, value: (heapUsedBytes + (externalBytes ?? 0)) / mebibyte}],
  );
  return own.length > 0 ? own : reported;
};

const threads: Measure = {
  title: 'threads',
  format: value => String(Math.round(value)),
  leastTop: 8,
  pointsOf: ({system}) =>
    system.flatMap(({atMs, threadCount}) => (threadCount === null ? [] : [{atMs, value: threadCount}])),
};

const measures: readonly Measure[] = [
  {title: 'CPU (of one core)', format: percentTick, leastTop: 0.25, pointsOf: cpu},
  {title: 'RSS', format: mebibytes, leastTop: 64, pointsOf: memory},
  {
    title: 'heap and buffers in use',
    format: mebibytes,
    leastTop: 32,
    pointsOf: heldInside,
  },
  {title: 'time in garbage collection', format: percentTick, leastTop: 0.05, pointsOf: collected},
  {
    title: 'longest event-loop delay',
    format: milliseconds,
    leastTop: 20,
    pointsOf: ({resources}) => resources.map(({atMs, loopDelayMaxMs}) => ({atMs, value: loopDelayMaxMs})),
  },
];

export const resources = (story: RunStory): Chart | null => {
  const series = trialSeriesOf(story);
  const threadCounts = series.flatMap(({trial}) => threads.pointsOf(trial).map(({value}) => value));
  // The number of threads varies by one or two with the runtime; a pool that grows, or differs, is worth a panel.
  const threadsDiffer = Math.max(...threadCounts, 0) - Math.min(...threadCounts, Infinity) > 4;
  return overTime({
    name: 'resources',
    title: 'Process resources over time',
    description: `CPU, memory, garbage collection and event-loop delay of the library's process over time.${representativeNote(story.variants)}`,
    series,
    measures: threadsDiffer ? [...measures, threads] : measures,
  });
};
