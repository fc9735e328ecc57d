// Operations are still sent over connections that have not answered for longer than the deadline. Looked for where a
// peer falls silent: no new connection is made, and still the target sees more attempts than connections.

import {counted, found, phaseName, worstFirst} from '../../measures/evidence.ts';
import {ledgerGap, phasesOf} from '../../measures/measure.ts';
import type {FaultKind} from '../../model/fault-defaults.ts';
import type {Detector} from '../../model/finding.ts';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {inconclusive, presentIf} from '../finding.ts';

const silent: readonly FaultKind[] = ['stall', 'halfOpen'];

export const halfOpenReuse: Detector<'half-open-reuse'> = (trial, {attemptsRatio: threshold}) => {
  const {ledger, injector} = trial;
  const gap = ledgerGap(trial);
  if (!ledger || gap !== null) return inconclusive('half-open-reuse', gap ?? 'the target keeps no ledger');
  if (injector.length === 0)
    return inconclusive('half-open-reuse', 'this injector does not count connections');
  const windows = phasesOf(trial, 'fault').flatMap(phase => lateWindow(trial, phase) ?? []);
  if (windows.length === 0) {
    return inconclusive('half-open-reuse', 'no phase with a silent peer lasts 1 s longer than the deadline');
  }
  const reused = windows.flatMap(({phase, startMs, endMs}) => {
    const before = injector.findLast(({atMs}) => atMs <= startMs);
    const after = injector.findLast(({atMs}) => atMs <= endMs);
    if (!before || !after) return [];
    const opened = after.witness.openedConnections - before.witness.openedConnections;
    const open = Math.max(1, before.witness.openConnections);
    const attempts = ledger.attemptsByBin
      .slice(Math.ceil(startMs / ledger.binMs), Math.floor(endMs / ledger.binMs))
      .reduce((sum, count) => sum + count, 0);
    if (opened > 0 || attempts / open <= threshold) return [];
    const name = phaseName(trial, phase);
    return [
      found(name, {
        witness: 'target',
        statement: `${counted(attempts, 'attempt')} in phase ${name} went over ${counted(open, 'connection')} that had been silent for longer than the deadline.`,
        value: attempts / open,
        threshold,
        unit: 'ratio',
        count: attempts,
      }),
    ];
  });
  return presentIf('half-open-reuse', 'warn', worstFirst(reused));
};

/** From one deadline and half a second into the silence on. */
const lateWindow = (trial: Trial, phase: number): {phase: number; startMs: number; endMs: number} | null => {
  const window = phaseWindow(trial, phase);
  if (!window || !trial.plan.phases[phase]!.faults.some(({kind}) => silent.includes(kind))) return null;
  const startMs = window.startMs + trial.plan.operation.deadlineMs + 500;
  return window.endMs - startMs >= 500 ? {phase, startMs, endMs: window.endMs} : null;
};
