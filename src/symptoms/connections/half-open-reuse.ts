// Operations are still sent over connections that have not answered for longer than the deadline. Looked for where a
// peer falls silent: no new connection is made, and still the target sees more attempts than connections. Without a
// ledger, the bytes that pass to the target say how many there were.

import {counted, type Found, found, grouped, phaseName, worstFirst} from '../../measures/evidence.ts';
import {DriverMeasure, ledgerGap, phasesOf} from '../../measures/measure.ts';
import type {Fault} from '../../model/fault.ts';
import type {FaultKind} from '../../model/fault-defaults.ts';
import type {Detector} from '../../model/finding.ts';
import {type InjectorSample, phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const silent: readonly FaultKind[] = ['stall', 'halfOpen'];

/** With fewer, their size says too little. */
const operationsNeeded = 20;

/** Of the operations that start meanwhile, so many must have been sent: a heartbeat is none. */
const sentShare = 0.5;

type Window = {readonly phase: number; readonly startMs: number; readonly endMs: number};

/** What was sent over how many open connections, and how many were opened meanwhile. */
type Sent = {
  readonly attempts: number;
  readonly open: number;
  readonly opened: number;
  /** Null where the target counted the attempts. */
  readonly bytes: number | null;
};

export const halfOpenReuse: Detector<'half-open-reuse'> = (trial, {attemptsRatio: threshold}) => {
  const gap = ledgerGap(trial);
  const bytesEach = gap === null ? null : bytesPerOperation(trial);
  if (gap !== null && bytesEach === null) return inconclusive('half-open-reuse', gap);
  if (trial.injector.length === 0)
    return inconclusive('half-open-reuse', 'this injector does not count connections');
  const windows = phasesOf(trial, 'fault').flatMap(phase => lateWindow(trial, phase) ?? []);
  if (windows.length === 0) {
    return inconclusive('half-open-reuse', 'no phase with a silent peer lasts 1 s longer than the deadline');
  }
  const sent = windows.map(window => ({
    window,
    sent: bytesEach === null ? byLedger(trial, window) : byInjector(trial, window, bytesEach),
  }));
  if (gap !== null && sent.every(one => one.sent === null)) return inconclusive('half-open-reuse', gap);
  const reused = sent.flatMap(one =>
    one.sent === null || one.sent.opened > 0 || one.sent.attempts / one.sent.open <= threshold
      ? []
      : [foundIn(trial, one.window, one.sent, threshold)],
  );
  return presentIf('half-open-reuse', 'warn', worstFirst(reused));
};

const foundIn = (trial: Trial, {phase}: Window, {attempts, open, bytes}: Sent, threshold: number): Found => {
  const name = phaseName(trial, phase);
  const over = `over ${counted(open, 'connection')} that had been silent for longer than the deadline`;
  return found(name, {
    witness: bytes === null ? 'target' : 'injector',
    statement:
      bytes === null
        ? `${counted(attempts, 'attempt')} in phase ${name} went ${over}.`
        : `The client sent ${grouped(bytes)} bytes in phase ${name} ${over}: as much as ${counted(attempts, 'operation')} in the baseline.`,
    value: attempts / open,
    threshold,
    unit: 'ratio',
    count: attempts,
  });
};

/** From one deadline and half a second into the silence on. */
const lateWindow = (trial: Trial, phase: number): Window | null => {
  const window = phaseWindow(trial, phase);
  if (!window || !trial.plan.phases[phase]!.faults.some(({kind}) => silent.includes(kind))) return null;
  const startMs = window.startMs + trial.plan.operation.deadlineMs + 500;
  return window.endMs - startMs >= 500 ? {phase, startMs, endMs: window.endMs} : null;
};

type Samples = {readonly before: InjectorSample; readonly after: InjectorSample};

const samplesOf = ({injector}: Trial, startMs: number, endMs: number): Samples | null => {
  const before = injector.findLast(({atMs}) => atMs <= startMs);
  const after = injector.findLast(({atMs}) => atMs <= endMs);
  return before && after ? {before, after} : null;
};

const connectionsOf = ({before, after}: Samples): Pick<Sent, 'open' | 'opened'> => ({
  open: Math.max(1, before.witness.openConnections),
  opened: after.witness.openedConnections - before.witness.openedConnections,
});

const byLedger = (trial: Trial, {startMs, endMs}: Window): Sent | null => {
  const samples = samplesOf(trial, startMs, endMs);
  const {ledger} = trial;
  if (!samples || !ledger) return null;
  const attempts = ledger.attemptsByBin
    .slice(Math.ceil(startMs / ledger.binMs), Math.floor(endMs / ledger.binMs))
    .reduce((sum, count) => sum + count, 0);
  return {...connectionsOf(samples), attempts, bytes: null};
};

/** Null where nothing is known: requests do not pass, or no operation started that could have been sent. */
const byInjector = (trial: Trial, {phase, startMs, endMs}: Window, bytesEach: number): Sent | null => {
  const samples = samplesOf(trial, startMs, endMs);
  if (!samples || !trial.plan.phases[phase]!.faults.every(letsRequestsPass)) return null;
  const {before, after} = samples;
  const started = trial.driver.bins
    .filter(bin => bin.startMs >= before.atMs && bin.startMs < after.atMs)
    .reduce((sum, bin) => sum + bin.started, 0);
  if (started === 0) return null;
  const bytes = after.witness.upstreamBytes - before.witness.upstreamBytes;
  const attempts = Math.floor(bytes / bytesEach);
  return {...connectionsOf(samples), attempts: attempts < sentShare * started ? 0 : attempts, bytes};
};

const letsRequestsPass = (fault: Fault): boolean =>
  fault.kind === 'stall' && fault.direction === 'downstream';

/** What an operation sends in the baseline; null where that is not known. */
const bytesPerOperation = (trial: Trial): number | null => {
  const baselines = phasesOf(trial, 'baseline');
  const started = new DriverMeasure(trial, baselines).total('started');
  const bytes = baselines.reduce((sum, phase) => {
    const window = phaseWindow(trial, phase);
    const samples = window && samplesOf(trial, window.startMs, window.endMs);
    return samples ? sum + samples.after.witness.upstreamBytes - samples.before.witness.upstreamBytes : sum;
  }, 0);
  return started < operationsNeeded || bytes <= 0 ? null : bytes / started;
};
