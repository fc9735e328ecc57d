// CPU, memory and garbage collection of the process in one phase.
import {runtimeFigures} from '../model/runtime-figures.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';

export type ProcessMeasure = {
  readonly durationMs: number;
  /** 1 is one core. */
  readonly cpuRatio: number;
  /** Of wall time; null where neither the process nor its runtime's metrics report it. */
  readonly gcShare: number | null;
  readonly heapMaxBytes: number | null;
  /** Buffers and what else lies outside of V8's heap; it may be more than is resident. */
  readonly externalMaxBytes: number | null;
};

/** A phase in which the process died has no sum of its own; its samples are added up. Null where there is nothing. */
export const measureProcess = (trial: Trial, phase: number): ProcessMeasure | null => {
  const window = phaseWindow(trial, phase);
  if (!window) return null;
  const samples = trial.resources.filter(({atMs}) => atMs > window.startMs && atMs <= window.endMs);
  const most = (pick: (sample: (typeof samples)[0]) => number): number | null =>
    samples.length === 0 ? null : Math.max(...samples.map(pick));
  const memory = {
    heapMaxBytes: most(sample => sample.heapUsedBytes),
    externalMaxBytes: most(sample => sample.externalBytes),
  };
  const whole = trial.phaseResources.find(resources => resources.phase === phase);
  if (whole && whole.durationMs > 0) {
    const {durationMs, cpuMs, gcMs} = whole;
    return {durationMs, cpuRatio: cpuMs / durationMs, gcShare: gcMs / durationMs, ...memory};
  }
  if (trial.resources.length === 0) return ofProgram(trial, phase);
  const [first, ...rest] = samples;
  const last = rest.at(-1);
  if (!first || !last) return null;
  const durationMs = last.atMs - first.atMs;
  const gcMs = rest.reduce((sum, sample) => sum + sample.gcMs, 0);
  return {
    durationMs,
    cpuRatio: (last.cpuMs - first.cpuMs) / durationMs,
    gcShare: gcMs / durationMs,
    ...memory,
  };
};

/** The CPU time of a program in another language, by the operating system, and what its runtime's metrics report. */
const ofProgram = (trial: Trial, phase: number): ProcessMeasure | null => {
  const window = phaseWindow(trial, phase)!;
  const runtime = runtimeFigures(trial, phase);
  const outside = cpuFromOutside(trial.system, window);
  const cpuRatio = outside?.cpuRatio ?? runtime?.cpuRatio ?? null;
  if (cpuRatio === null) return null;
  return {
    durationMs: outside?.durationMs ?? window.endMs - window.startMs,
    cpuRatio,
    gcShare: runtime?.gcShare ?? null,
    heapMaxBytes: runtime?.heapMaxBytes ?? null,
    externalMaxBytes: runtime?.externalMaxBytes ?? null,
  };
};

type TimeWindow = {readonly startMs: number; readonly endMs: number};

/** Samples come as the machine lets them: a phase, or what they cover of it, is measured between those around its ends. */
const cpuFromOutside = (
  samples: Trial['system'],
  {startMs, endMs}: TimeWindow,
): {readonly durationMs: number; readonly cpuRatio: number} | null => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return null;
  const fromMs = Math.max(startMs, first.atMs);
  const toMs = Math.min(endMs, last.atMs);
  if (toMs <= fromMs) return null;
  const durationMs = toMs - fromMs;
  return {durationMs, cpuRatio: (cpuMsAt(samples, toMs) - cpuMsAt(samples, fromMs)) / durationMs};
};

/** By linear interpolation, at a time that the samples cover. */
const cpuMsAt = (samples: Trial['system'], atMs: number): number => {
  const after = samples.find(sample => sample.atMs >= atMs)!;
  const before = samples.findLast(sample => sample.atMs <= atMs)!;
  if (after.atMs === before.atMs) return after.cpuMs;
  const share = (atMs - before.atMs) / (after.atMs - before.atMs);
  return before.cpuMs + share * (after.cpuMs - before.cpuMs);
};

/** Of an old run nothing else is known. */
export const isNode = ({runtime}: Trial): boolean => runtime === null || runtime.startsWith('Node.js ');

/** How many cores the process's work can use: JavaScript and CPython's threads hold one at a time. */
export const usableCores = ({runtime, cpuCount}: Trial): number =>
  runtime === null || /^(?:Node\.js|CPython) /.test(runtime) ? 1 : (cpuCount ?? 1);

/** The most memory that was resident in a phase, as reported by the operating system, or else by the process. */
export const residentMaxBytes = (trial: Trial, phase: number): number | null => {
  const window = phaseWindow(trial, phase);
  if (!window) return null;
  const samples = trial.system.length > 0 ? trial.system : trial.resources;
  const sizes = samples
    .filter(({atMs}) => atMs >= window.startMs && atMs <= window.endMs)
    .map(({rssBytes}) => rssBytes);
  return sizes.length === 0 ? null : Math.max(...sizes);
};
