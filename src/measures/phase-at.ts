// The name of the phase that ran at a moment of the trial.
import type {Trial} from '../model/trial.ts';
import {phaseName} from './evidence.ts';

/** `start` before the first phase, `drain` after the last. */
export const phaseAt = (trial: Trial, atMs: number): string => {
  if (trial.loadEndedMs !== null && atMs > trial.loadEndedMs) return 'drain';
  const edge = trial.edges.findLast(candidate => candidate.beforeMs <= atMs);
  return edge ? phaseName(trial, edge.phase) : 'start';
};
