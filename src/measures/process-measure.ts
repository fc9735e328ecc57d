// CPU, memory and garbage collection of the process in one phase.
import {phaseWindow, type Trial} from '../model/trial.ts';

export type ProcessMeasure = {
  readonly durationMs: number;
  /** 1 is one core. */
  readonly cpuRatio: number;
  /** Of wall time; null where only the operating system saw the process. */
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
  if (trial.resources.length === 0) return fromOutside(trial, window);
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

/** A program in another language reports nothing from inside: the operating system knows its CPU time. */
const fromOutside = (
  {system}: Trial,
  {startMs, endMs}: {readonly startMs: number; readonly endMs: number},
): ProcessMeasure | null => {
  const within = system.filter(({atMs}) => atMs >= startMs && atMs <= endMs);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || last.atMs <= first.atMs) return null;
  const durationMs = last.atMs - first.atMs;
  const cpuRatio = (last.cpuMs - first.cpuMs) / durationMs;
  return {durationMs, cpuRatio, gcShare: null, heapMaxBytes: null, externalMaxBytes: null};
};

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
