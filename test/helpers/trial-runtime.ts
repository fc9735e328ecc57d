// A program whose runtime reports on itself, once a second.
import type {RuntimeSample} from '../../src/model/runtime-sample.ts';
import {telemetryOf, type TrialChanges} from './trial-believable.ts';

const nothing: Omit<RuntimeSample, 'atMs'> = {
  heapUsedBytes: null,
  heapReservedBytes: null,
  heapLimitBytes: null,
  heapAfterGcBytes: null,
  externalBytes: null,
  gcPauseMs: null,
  gcCount: null,
  fullGcCount: null,
  cpuMs: null,
  threadCount: null,
  taskCount: null,
};

/** A runtime that reports nothing but what is given. */
export const reading = (atMs: number, changes: Partial<RuntimeSample> = {}): RuntimeSample => ({
  ...nothing,
  atMs,
  ...changes,
});

/** A JVM that had nothing to collect, but for what is changed. */
export const jvmReading = (atMs: number, changes: Partial<RuntimeSample> = {}): RuntimeSample =>
  reading(atMs, {
    heapUsedBytes: 20 * 1024 ** 2,
    heapAfterGcBytes: 0,
    gcPauseMs: 0,
    gcCount: 0,
    fullGcCount: 0,
    ...changes,
  });

/** Of all seconds from the first to the last one, with what is changed in some of them. */
export const jvmReadings = (
  fromMs: number,
  toMs: number,
  changesAt: {readonly [atMs: number]: Partial<RuntimeSample>} = {},
): RuntimeSample[] =>
  Array.from({length: (toMs - fromMs) / 1000 + 1}, (_, index) => {
    const atMs = fromMs + 1000 * index;
    return jvmReading(atMs, changesAt[atMs]);
  });

export const programWith = (
  runtime: readonly RuntimeSample[],
  changes: TrialChanges = {},
): TrialChanges => ({
  runtime: 'OpenJDK 64-Bit Server VM 17.0.15',
  telemetry: {...telemetryOf([]), runtime},
  ...changes,
});
