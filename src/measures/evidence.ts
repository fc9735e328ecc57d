// Evidence for findings: of a phase, with examples of operations, and how counts and sizes are written.
import type {Measured} from '../model/finding.ts';
import {type OutcomeStatus, outcomeCode} from '../model/outcome.ts';
import {nameOfPhase} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';

export type Found = {readonly phase: string; readonly evidence: Measured};

/** Evidence of a phase; without examples unless they are given. */
export const found = (
  phase: string,
  evidence: Omit<Measured, 'operations'> & {readonly operations?: readonly string[]},
): Found => ({phase, evidence: {operations: [], ...evidence}});

/** The greatest value first. */
export const worstFirst = (items: readonly Found[]): Found[] =>
  items.toSorted((a, b) => b.evidence.value - a.evidence.value);

const examplesShown = 3;

/** Ids of the first operations of a phase that ended with this status. */
export const operationsWith = (trial: Trial, phase: number, status: OutcomeStatus): string[] => {
  const {outcomes, operationPhases} = trial.driver;
  const code = outcomeCode(status);
  return firstIds(trial, index => outcomes[index] === code && operationPhases[index] === phase);
};

/** Ids of the first operations for which `holds`. */
export const firstIds = (trial: Trial, holds: (index: number) => boolean): string[] => {
  const ids: string[] = [];
  for (let index = 0; index < trial.driver.outcomes.length && ids.length < examplesShown; index++) {
    if (holds(index)) ids.push(`${trial.id}-${index}`);
  }
  return ids;
};

/** The receiver counts phases before the first and after the last one, too. */
export const phaseName = (trial: Trial, phase: number): string => nameOfPhase(trial.plan.phases, phase);

/** The path in the run's folder of a file in the trial's. */
export const inRunFolder = ({id}: Trial, file: string): string => `trials/${id}/${file}`;

/** `1,679`. */
export const grouped = (count: number): string => count.toLocaleString('en-US');

/** "1 operation", "2,000 operations". */
export const counted = (count: number, noun: string): string =>
  `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;

/** `350 ms`, `3 s`, `4.52 s`. */
export const duration = (ms: number): string =>
  ms < 999.5 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(2))} s`;

/** `312 MiB`, `3.05 GiB`. */
export const size = (bytes: number): string =>
  bytes < 1024 ** 3 ? megabytes(bytes) : `${(bytes / 1024 ** 3).toFixed(2)} GiB`;

/** Binary megabytes. */
export const megabytes = (bytes: number | null): string =>
  bytes === null ? 'an unknown size' : `${Math.round(bytes / 1024 ** 2)} MiB`;

/** `start` before the first phase, `drain` after the last. */
export const phaseAt = (trial: Trial, atMs: number): string => {
  if (trial.loadEndedMs !== null && atMs > trial.loadEndedMs) return 'drain';
  const edge = trial.edges.findLast(candidate => candidate.beforeMs <= atMs);
  return edge ? phaseName(trial, edge.phase) : 'start';
};
