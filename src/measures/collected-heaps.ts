// How large the heap was after full collections: Node collects when the harness asks for it, a JVM when it sees fit.
import type {Evidence} from '../model/finding.ts';
import {runtimeSamples} from '../model/runtime-figures.ts';
import {type HeapSample, phaseWindow, type Trial} from '../model/trial.ts';
import {phaseName} from './evidence.ts';
import {inFlightSamples, phasesOf} from './measure.ts';
import {isNode} from './process-measure.ts';
import {steppedClock} from './telemetry-account.ts';

export type CollectedHeaps = {
  readonly witness: Evidence['witness'];
  readonly baselineBytes: number;
  readonly baselineWhen: string;
  /** Of each recovery. */
  readonly recoveryBytes: readonly number[];
  readonly lastBytes: number;
  readonly lastWhen: string;
  readonly lastPhase: string;
};

const sizeOf = ({heapUsedBytes, externalBytes}: HeapSample): number => heapUsedBytes + externalBytes;

/** A reason where they are not known. */
export const collectedHeaps = (trial: Trial): CollectedHeaps | string =>
  isNode(trial) ? ofNode(trial) : ofRuntime(trial);

const ofNode = (trial: Trial): CollectedHeaps | string => {
  const at = (phases: readonly number[]): number[] =>
    trial.heaps.filter(({phase}) => phase !== null && phases.includes(phase)).map(sizeOf);
  const baselineBytes = at(phasesOf(trial, 'baseline')).at(-1);
  const drain = trial.heaps.find(({phase}) => phase === null);
  return baselineBytes === undefined || !drain
    ? 'the heap was not measured in both the baseline and after the load'
    : {
        witness: 'system',
        baselineBytes,
        baselineWhen: 'at the end of the baseline',
        recoveryBytes: at(phasesOf(trial, 'recovery')),
        lastBytes: sizeOf(drain),
        lastWhen: 'after the load',
        lastPhase: 'drain',
      };
};

/** Operations under way hold memory: only a recovery with as many of them as the baseline compares with it. */
const ofRuntime = (trial: Trial): CollectedHeaps | string => {
  if (runtimeSamples(trial).every(({gcCount}) => gcCount === null)) return unreported(trial);
  const baseline = phasesOf(trial, 'baseline').at(-1);
  const baselineBytes = baseline === undefined ? null : fullyCollected(trial, baseline);
  if (baseline === undefined || baselineBytes === null) {
    return 'the runtime reported no heap after a full garbage collection in the baseline';
  }
  const recoveries = phasesOf(trial, 'recovery').filter(
    phase => mostUnderWay(trial, phase) <= busyShare * mostUnderWay(trial, baseline) + busySlackCount,
  );
  const sizes = recoveries.flatMap(phase => {
    const heldBytes = fullyCollected(trial, phase);
    return heldBytes === null ? [] : [{phase, heldBytes}];
  });
  const last = sizes.at(-1);
  // A later recovery may have released what an earlier one still held.
  return !last || last.phase !== phasesOf(trial, 'recovery').at(-1)
    ? 'the runtime reported no heap after a full garbage collection in the last recovery while about as few operations were in flight as in the baseline'
    : {
        witness: 'telemetry',
        baselineBytes,
        baselineWhen: 'in the baseline',
        recoveryBytes: sizes.map(({heldBytes}) => heldBytes),
        lastBytes: last.heldBytes,
        lastWhen: `in phase ${phaseName(trial, last.phase)}`,
        lastPhase: phaseName(trial, last.phase),
      };
};

/** Why a program's garbage collection is not known. */
export const unreported = (trial: Trial): string =>
  steppedClock(trial) ?? 'the runtime reported no garbage collection over OTLP';

const busyShare = 1.5;
const busySlackCount = 5;

const mostUnderWay = (trial: Trial, phase: number): number => {
  const window = phaseWindow(trial, phase);
  const counts = inFlightSamples(trial)
    .filter(({atMs}) => window && atMs >= window.startMs && atMs <= window.endMs)
    .map(({count}) => count);
  return Math.max(0, ...counts);
};

/** What was left by the last full collection of a phase; null where it had none. */
const fullyCollected = (trial: Trial, phase: number): number | null => {
  const window = phaseWindow(trial, phase);
  if (!window) return null;
  const [, ...readings] = runtimeSamples(trial).filter(
    ({atMs}) => atMs >= window.startMs && atMs <= window.endMs,
  );
  return readings.findLast(({fullGcCount}) => (fullGcCount ?? 0) > 0)?.heapAfterGcBytes ?? null;
};
