// What a program's runtime used in one phase, as it reports itself: heap, garbage collection, threads.
import type {RuntimeSample} from './runtime-sample.ts';
import {phaseWindow, type Trial} from './trial.ts';

/** The figures of one phase, from the readings within it. */
export type RuntimeFigures = {
  readonly heapMaxBytes: number | null;
  readonly heapReservedMaxBytes: number | null;
  readonly heapLimitBytes: number | null;
  /** At the last reading. */
  readonly heapAfterGcBytes: number | null;
  readonly externalMaxBytes: number | null;
  /** Of the time between the first and the last reading. */
  readonly gcShare: number | null;
  readonly gcCount: number | null;
  readonly fullGcCount: number | null;
  /** 1 is one core. */
  readonly cpuRatio: number | null;
  /** The reading with the most threads. */
  readonly threads: Pick<RuntimeSample, 'threadCount' | 'threadStates'> | null;
  readonly taskMaxCount: number | null;
};

/** None where the clock was set that their times are from: they might be of another phase. */
export const runtimeSamples = ({telemetry, clockSteps}: Trial): readonly RuntimeSample[] =>
  clockSteps.length > 0 ? [] : (telemetry?.runtime ?? []);

/** Null where there is no reading. What grows is known from the second reading on: what the first one adds may be of the phase before. */
export const runtimeFigures = (trial: Trial, phase: number): RuntimeFigures | null => {
  const window = phaseWindow(trial, phase);
  if (!window) return null;
  const samples = runtimeSamples(trial).filter(({atMs}) => atMs >= window.startMs && atMs <= window.endMs);
  const [first, ...rest] = samples;
  const last = samples.at(-1);
  if (!first || !last) return null;
  const coveredMs = last.atMs - first.atMs;
  const known = (pick: (sample: RuntimeSample) => number | null, of: readonly RuntimeSample[]): number[] =>
    of.map(pick).filter(value => value !== null);
  const most = (pick: (sample: RuntimeSample) => number | null): number | null => {
    const values = known(pick, samples);
    return values.length === 0 ? null : Math.max(...values);
  };
  const sum = (pick: (sample: RuntimeSample) => number | null): number | null => {
    const values = known(pick, rest);
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const share = (ms: number | null): number | null => (ms === null || coveredMs <= 0 ? null : ms / coveredMs);
  // A long pause counts when it ends, though it may have begun before the first reading.
  const gcShare = share(sum(({gcPauseMs}) => gcPauseMs));
  const threadMaxCount = most(({threadCount}) => threadCount);
  return {
    heapMaxBytes: most(({heapUsedBytes}) => heapUsedBytes),
    heapReservedMaxBytes: most(({heapReservedBytes}) => heapReservedBytes),
    heapLimitBytes: most(({heapLimitBytes}) => heapLimitBytes),
    heapAfterGcBytes: known(({heapAfterGcBytes}) => heapAfterGcBytes, samples).at(-1) ?? null,
    externalMaxBytes: most(({externalBytes}) => externalBytes),
    gcShare: gcShare === null ? null : Math.min(1, gcShare),
    gcCount: sum(({gcCount}) => gcCount),
    fullGcCount: sum(({fullGcCount}) => fullGcCount),
    cpuRatio: share(sum(({cpuMs}) => cpuMs)),
    threads:
      threadMaxCount === null
        ? null
        : (samples.find(({threadCount}) => threadCount === threadMaxCount) ?? null),
    taskMaxCount: most(({taskCount}) => taskCount),
  };
};
