// How one operation ended, as far as the caller can know.
import type {ProfileFrame} from './profile.ts';

/** An error as data. */
export type ErrorFacts = {
  /** The name of its class. */
  readonly name: string;
  /** Its `code`; null where it has none. */
  readonly code: string | null;
  /** Its message, without secrets. */
  readonly message: string;
  /** Its frames as V8 prints them, innermost first. */
  readonly stack: readonly string[];
  /** Names, codes and messages of the causes, outermost first. */
  readonly causes: readonly string[];
  /** The stack by owner, without machine paths, for errors that ended the process or prevented it from opening. */
  readonly frames?: readonly ProfileFrame[];
};

export type Outcome =
  | {readonly status: 'ok'}
  /** `failed`: it certainly did not happen · `unknown`: it may have · `rejected`: refused locally, never sent · `wrong`: not the right answer. */
  | {readonly status: 'failed' | 'unknown' | 'rejected' | 'wrong'; readonly error: ErrorFacts}
  | {readonly status: 'hung'};

export type OutcomeStatus = Outcome['status'];

/** The order is the code that stands for the status in an outcome byte; 0 is "in flight". */
export const outcomeStatuses = ['in-flight', 'ok', 'failed', 'unknown', 'rejected', 'wrong', 'hung'] as const;

export type OutcomeCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** Number of operations by outcome. */
export type OutcomeCounts = {
  /** Succeeded. */
  readonly ok: number;
  /** Certainly did not happen. */
  readonly failed: number;
  /** May have happened: the caller cannot know. */
  readonly unknown: number;
  /** Rejected locally, never sent. */
  readonly rejected: number;
  /** Got a wrong response. */
  readonly wrong: number;
  /** Did not settle within the deadline and its grace period. */
  readonly hung: number;
};

export const outcomeCode = (status: OutcomeStatus): OutcomeCode =>
  outcomeStatuses.indexOf(status) as OutcomeCode;
