// Calls that are not awaited pile up in the library for as long as a fault lasts: it reports each of them as done,
// and sends them when the fault is over. They are not waited for, so that no operation is in flight, and
// unbounded-queue sees nothing.

import {
  counted,
  type Found,
  found,
  grouped,
  megabytes,
  phaseName,
  worstFirst,
} from '../../measures/evidence.ts';
import {DriverMeasure, ledgerGap, phasesOf} from '../../measures/measure.ts';
import type {Detector} from '../../model/finding.ts';
import type {Thresholds} from '../../model/symptoms.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';

type Limits = Thresholds<'unbounded-buffer'>;

type Span = {readonly startMs: number; readonly endMs: number};

/** How many calls came to the other side in a span of the trial, as far as a witness can say. */
type Arrivals = {
  readonly witness: 'target' | 'injector';
  /**
   * A witness that counts in slices knows only whole ones: what bursts out right after a fault must not count as
   * arrived in it.
   */
  readonly sliceMs: number | null;
  readonly between: (fromMs: number, toMs: number) => number;
};

export const unboundedBuffer: Detector<'unbounded-buffer'> = (trial, limits) => {
  const faults = phasesOf(trial, 'fault').filter(phase => phaseWindow(trial, phase) !== null);
  if (faults.length === 0) return inconclusive('unbounded-buffer', 'the trial did not reach a fault');
  const arrivals = arrivalsOf(trial);
  const buffered = arrivals ? faults.flatMap(phase => bufferedIn(trial, phase, arrivals, limits)) : [];
  const grown = faults.flatMap(phase => grownIn(trial, phase, limits));
  if (buffered.length + grown.length > 0) {
    return presentIf('unbounded-buffer', 'warn', [...worstFirst(buffered), ...worstFirst(grown)]);
  }
  return arrivals
    ? clear('unbounded-buffer')
    : inconclusive('unbounded-buffer', 'neither the target nor the injector recorded what arrived when');
};

/** The target's ledger counts attempts; without one the injector's bytes are divided by what a call took in the baseline. */
const arrivalsOf = (trial: Trial): Arrivals | null => {
  const {ledger} = trial;
  if (ledger && ledgerGap(trial) === null) {
    const {binMs, attemptsByBin} = ledger;
    return {
      witness: 'target',
      sliceMs: binMs,
      between: (fromMs, toMs) =>
        attemptsByBin
          .slice(Math.floor(fromMs / binMs), Math.ceil(toMs / binMs))
          .reduce((sum, count) => sum + (count ?? 0), 0),
    };
  }
  const bytesAt = (atMs: number): number =>
    trial.injector.findLast(sample => sample.atMs <= atMs)?.witness.upstreamBytes ?? 0;
  const baselines = phasesOf(trial, 'baseline');
  const bytes = baselines
    .flatMap(phase => phaseWindow(trial, phase) ?? [])
    .reduce((sum, {startMs, endMs}) => sum + bytesAt(endMs) - bytesAt(startMs), 0);
  const calls = new DriverMeasure(trial, baselines).okWithin;
  if (bytes === 0 || calls === 0) return null;
  return {
    witness: 'injector',
    sliceMs: null,
    between: (fromMs, toMs) => ((bytesAt(toMs) - bytesAt(fromMs)) * calls) / bytes,
  };
};

/** The whole slices within a span. */
const wholeOf = ({sliceMs}: Arrivals, {startMs, endMs}: Span): Span =>
  sliceMs === null
    ? {startMs, endMs}
    : {startMs: Math.ceil(startMs / sliceMs) * sliceMs, endMs: Math.floor(endMs / sliceMs) * sliceMs};

const toldIn = (trial: Trial, {startMs, endMs}: Span): number =>
  trial.driver.bins
    .filter(bin => bin.startMs >= startMs && bin.startMs + bin.durationMs <= endMs)
    .reduce((sum, {answered, outcomes}) => sum + (answered ?? outcomes.ok), 0);

const bufferedIn = (
  trial: Trial,
  phase: number,
  arrivals: Arrivals,
  {callCount, growthRatio}: Limits,
): Found[] => {
  const window = phaseWindow(trial, phase);
  if (!window) return [];
  const whole = wholeOf(arrivals, window);
  const half = wholeOf(arrivals, {...whole, endMs: (window.startMs + window.endMs) / 2});
  const toldInAll = new DriverMeasure(trial, [phase]).okWithin;
  const told = arrivals.sliceMs === null ? toldInAll : toldIn(trial, whole);
  const notArrivedIn = (span: Span, toldThen: number): number =>
    toldThen - arrivals.between(span.startMs, span.endMs);
  const buffered = Math.round(notArrivedIn(whole, told));
  const byHalf = Math.max(0, notArrivedIn(half, toldIn(trial, half)));
  if (buffered <= callCount || buffered <= growthRatio * byHalf) return [];
  // What arrives later, beyond what was called later: otherwise the calls were lost, or answered from somewhere else.
  // The next fault has retries of its own.
  const {phases} = trial.plan;
  const nextFault = phases.findIndex(({faults}, index) => index > phase && faults.length > 0);
  const until = nextFault === -1 ? phases.length : nextFault;
  const laterPhases = phases.flatMap((_, index) => (index > phase && index < until ? [index] : []));
  const untilMs =
    phaseWindow(trial, nextFault)?.startMs ?? trial.exit?.atMs ?? trial.loadEndedMs ?? window.endMs;
  const toldLater = Math.max(0, toldInAll - told) + new DriverMeasure(trial, laterPhases).okWithin;
  const late = Math.round(arrivals.between(whole.endMs, untilMs) - toldLater);
  if (late < buffered / 2) return [];
  const name = phaseName(trial, phase);
  return [
    found(name, {
      witness: arrivals.witness,
      statement: `At the end of phase ${name}, ${counted(buffered, 'call')} had been reported as done but had not arrived, up from ${grouped(Math.round(byHalf))} halfway through it; ${grouped(Math.min(late, buffered))} arrived afterwards.`,
      value: buffered,
      threshold: callCount,
      unit: 'count',
      count: told,
    }),
  ];
};

/** Memory that rises all through the fault, with no more operations under way than before. */
const grownIn = (trial: Trial, phase: number, {growthBytes}: Limits): Found[] => {
  const window = phaseWindow(trial, phase);
  const driver = new DriverMeasure(trial, [phase]);
  // Most calls must have been reported as done: what waits for an answer is in flight.
  if (!window || driver.okWithin < driver.total('started') / 2) return [];
  const {startMs, endMs} = window;
  const within = (fromMs: number, toMs: number) =>
    trial.resources.filter(({atMs}) => atMs > fromMs && atMs <= toMs);
  const sizes = (fromMs: number, toMs: number): number[] =>
    within(fromMs, toMs).map(({heapUsedBytes, externalBytes}) => heapUsedBytes + externalBytes);
  const calm = phasesOf(trial, 'baseline').flatMap(index => {
    const span = phaseWindow(trial, index);
    return span ? within(span.startMs, span.endMs) : [];
  });
  const quarterMs = (endMs - startMs) / 4;
  const [early, late] = [
    sizes(startMs + quarterMs, startMs + 2 * quarterMs),
    sizes(endMs - quarterMs, endMs),
  ];
  if (calm.length === 0 || early.length === 0 || late.length === 0) return [];
  const calmInFlight = Math.max(...calm.map(({inFlightCount}) => inFlightCount ?? 0));
  const inFlight = Math.max(...within(startMs, endMs).map(({inFlightCount}) => inFlightCount ?? 0));
  if (inFlight > Math.max(10, 2 * calmInFlight)) return [];
  const before = Math.max(...calm.map(({heapUsedBytes, externalBytes}) => heapUsedBytes + externalBytes));
  const atEnd = Math.min(...late);
  const grown = atEnd - before;
  if (grown <= growthBytes || atEnd <= Math.max(...early)) return [];
  const name = phaseName(trial, phase);
  return [
    found(name, {
      witness: 'system',
      statement: `The memory of the process grew from at most ${megabytes(before)} in the baseline to at least ${megabytes(atEnd)} at the end of phase ${name}, with at most ${counted(inFlight, 'operation')} in flight.`,
      value: grown,
      threshold: growthBytes,
      unit: 'bytes',
      count: late.length,
    }),
  ];
};
