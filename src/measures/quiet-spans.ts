// Silences: stretches of a trial in which nothing succeeded, and how much of each was calm, so that it should have.
import type {Bin} from '../model/driver-witness.ts';
import {loadOf} from '../model/plan.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {inFlightSamples, phasesOf} from './measure.ts';

type Span = {readonly startMs: number; readonly endMs: number};

export type CalmPart = Span & {readonly phase: number};

export type Silence = Span & {
  /** Nothing followed: it lasted until the load ended, or the process. */
  readonly isLast: boolean;
  /** The fault that began it; the phase in which it began where no fault came before. */
  readonly phase: number;
  /** The part of it that lies in recoveries, and in baselines after a fault. A fault's own time proves nothing. */
  readonly calm: readonly CalmPart[];
  readonly quietMs: number;
};

/**
 * A silence at the end that is shorter than this is chance: two slices of the timeline, and the delay of the driver's
 * reports.
 */
export const doubtMs = 2000;

/** With so many slices with starts and without a success, a silence begins before the next fault, and not with it. */
const silentBins = 2;

/** Those with calm time in them, in their order, between successes of operations. */
export const silencesOf = (trial: Trial): Silence[] =>
  silencesBetween(trial, successSpans(trial)).filter(silence => isWaitedFor(trial, silence));

/** @param signs spans in which there was a sign of life, in their order */
export const silencesBetween = (trial: Trial, signs: readonly Span[]): Silence[] => {
  const calm = calmParts(trial);
  const endMs = lastSeenMs(trial);
  let startMs = 0;
  return [...signs, null].flatMap(sign => {
    const span = {startMs, endMs: sign?.startMs ?? endMs};
    startMs = Math.max(startMs, sign?.endMs ?? startMs);
    const parts = calm.flatMap(part => overlap(part, span));
    const quietMs = parts.reduce((sum, part) => sum + part.endMs - part.startMs, 0);
    if (quietMs === 0) return [];
    return [{...span, isLast: sign === null, phase: beganIn(trial, span.startMs), calm: parts, quietMs}];
  });
};

/** Slices in which a success came, or in which an operation started that succeeded. */
export const successSpans = (trial: Trial): Span[] =>
  trial.driver.bins.filter(isAlive).map(({startMs, durationMs}) => ({startMs, endMs: startMs + durationMs}));

const isAlive = ({answered = 0, outcomes}: Bin): boolean => answered > 0 || outcomes.ok > 0;

/** Whole slices of the timeline in the calm of a silence. */
export const binsOf = (trial: Trial, {calm}: Silence): Bin[] =>
  trial.driver.bins.filter(bin =>
    calm.some(part => bin.startMs >= part.startMs && bin.startMs + bin.durationMs <= part.endMs),
  );

/** How many tries of the control client got through during the calm of a silence. */
export const probesIn = (trial: Trial, {calm}: Silence): {count: number; okCount: number} => {
  const within = trial.probes.filter(({atMs}) =>
    calm.some(part => atMs >= part.startMs && atMs <= part.endMs),
  );
  return {count: within.length, okCount: within.filter(({ok}) => ok).length};
};

/**
 * Operations started and did not succeed, or none could start since all callers hang. Otherwise nothing was there to
 * succeed.
 */
const isWaitedFor = (trial: Trial, silence: Silence): boolean =>
  binsOf(trial, silence).some(({started, dropped}) => started + dropped > 0) ||
  (silence.isLast &&
    inFlightSamples(trial).some(
      ({atMs, count}) => count > 0 && silence.calm.some(part => atMs >= part.startMs && atMs <= part.endMs),
    ));

const calmParts = (trial: Trial): CalmPart[] => {
  const firstFault = phasesOf(trial, 'fault')[0] ?? 0;
  return trial.plan.phases.flatMap(({role}, phase) => {
    const window = phaseWindow(trial, phase);
    const isCalm = role === 'recovery' || (role === 'baseline' && phase > firstFault);
    return window && isCalm ? [{phase, ...window}] : [];
  });
};

const overlap = (part: CalmPart, span: Span): CalmPart[] => {
  const startMs = Math.max(part.startMs, span.startMs);
  const endMs = Math.min(part.endMs, span.endMs);
  return startMs < endMs ? [{phase: part.phase, startMs, endMs}] : [];
};

/** Of a process that did not come to its end: when it last reported anything. */
const lastSeenMs = (trial: Trial): number => {
  const {loadEndedMs, driver, resources} = trial;
  if (loadEndedMs !== null) return loadEndedMs;
  const bin = driver.bins.at(-1);
  return Math.max(bin ? bin.startMs + bin.durationMs : 0, resources.at(-1)?.atMs ?? 0);
};

/** The phase to blame for what ended at this moment: the fault that is on, the one that begins then, or the one before. */
const beganIn = (trial: Trial, atMs: number): number => {
  const windows = trial.plan.phases.flatMap((_, phase) => {
    const window = phaseWindow(trial, phase);
    return window ? [{phase, ...window}] : [];
  });
  const faults = windows.filter(({phase}) => trial.plan.phases[phase]?.role === 'fault');
  const lasting = faults.find(({startMs, endMs}) => atMs >= startMs && atMs < endMs);
  if (lasting) return lasting.phase;
  const next = faults.find(({startMs}) => startMs >= atMs);
  const before = faults.findLast(({endMs}) => endMs <= atMs);
  const own = windows.findLast(({startMs}) => startMs <= atMs)?.phase ?? 0;
  if (next && !isSilentBefore(trial, atMs, next.startMs, own)) return next.phase;
  return before?.phase ?? own;
};

const isSilentBefore = (trial: Trial, fromMs: number, toMs: number, phase: number): boolean => {
  const binMs = trial.driver.bins[0]?.durationMs ?? 0;
  if (toMs - fromMs <= silentBins * binMs) return false;
  if (loadOf(trial.plan.load, trial.plan.phases[phase]).model === 'closed') return true;
  const started = trial.driver.bins.filter(
    bin => bin.startMs >= fromMs && bin.startMs + bin.durationMs <= toMs && bin.started > 0,
  );
  return started.length >= silentBins;
};
