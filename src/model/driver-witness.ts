// What the driver reports of the operations: by slices of time, by phases, and of single ones. All `atMs` and
// `startMs` are ms since the trial's origin.
import type {ErrorFacts, OutcomeCounts, OutcomeStatus} from './outcome.ts';

/** Operations that were meant to start in one slice of time. Quantiles are response times, and null without a settled operation. */
export type Bin = {
  readonly index: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly phase: number;
  readonly started: number;
  readonly dropped: number;
  /** Successes that came within this slice, late ones included, whichever slice they started in. Absent in older runs. */
  readonly answered?: number;
  readonly outcomes: OutcomeCounts;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
};

/** One phase as the driver saw it. Histograms are HDR V2, compressed, base64, in µs. */
export type PhaseFigures = {
  readonly phase: number;
  readonly offered: number;
  readonly started: number;
  readonly dropped: number;
  /** Started more than 5 ms after the scheduled start. */
  readonly late: number;
  readonly outcomes: OutcomeCounts;
  /** Settled, but after the deadline, its 10 % and 50 ms. */
  readonly overrun: number;
  /** Settled after they had been counted as hung. */
  readonly settledAfterHung: number;
  /**
   * Successes that came while the phase lasted, whichever phase their operations are of; and operations under way,
   * times the ms of the phase in which they were. Absent in older runs.
   */
  readonly okWithin?: number;
  readonly inFlightMs?: number;
  /** The most operations that were under way at once while the phase lasted. Absent in older runs. */
  readonly inFlightMax?: number;
  /** Of the hung ones, those that had been under way before the phase began. Absent in older runs. */
  readonly hungMoved?: number;
  /** Answers that said which operation they were for, right or wrong: without any, crossed ones cannot be seen. */
  readonly echoed: number;
  /** Of the answers that said whether they were whole: those that were, and those that were not. Absent in older runs. */
  readonly intact?: number;
  readonly truncated?: number;
  /** Response times of successes by the key that they returned, of the first 16 keys. */
  readonly responseByKeyUs?: {readonly [key: string]: string};
  /** Successes that said whether they came with something, and those that came with nothing. */
  readonly emptyTold?: number;
  readonly empty?: number;
  readonly startLagUs: string;
  readonly responseOkUs: string;
  readonly responseNotOkUs: string;
  readonly serviceOkUs: string;
  readonly serviceNotOkUs: string;
};

export type OperationExample = {
  readonly id: string;
  readonly index: number;
  readonly phase: number;
  /** When it should have started. */
  readonly startMs: number;
  /** When it did; absent in older runs. */
  readonly startedMs?: number;
  /** From when it should have started until it settled, or until it was found to hang. */
  readonly durationMs: number;
  readonly status: OutcomeStatus;
};

/** How the operations are at this moment: when the latest success began, and the oldest operation that is under way; null for none. */
export type Pulse = {
  readonly atMs: number;
  readonly succeededStartMs: number | null;
  readonly waitingStartMs: number | null;
};

/** The end of the drain: what had not settled by then. */
export type Drained = {
  readonly atMs: number;
  readonly inFlight: number;
  /** The oldest of them, up to 1000, with the start that was intended. Absent in older runs. */
  readonly unsettled?: readonly UnsettledOperation[];
};

export type UnsettledOperation = {readonly index: number; readonly phase: number; readonly startMs: number};

/** Failures with the same status, name and code, and the same shape of message. */
export type FailureClass = {
  readonly key: string;
  readonly status: OutcomeStatus;
  readonly error: ErrorFacts;
  readonly count: number;
  readonly countByPhase: {readonly [phase: number]: number};
  readonly examples: readonly OperationExample[];
};

/**
 * What became of the operation that is tried before the load, which is in no account. Of several events the last one
 * counts.
 */
export type FirstOperation =
  | {readonly status: 'answered'; readonly afterMs: number; readonly triedCount: number}
  | {readonly status: 'failed'; readonly error: ErrorFacts; readonly triedCount: number}
  /** It had not settled by then; the load begins all the same. */
  | {readonly status: 'unsettled'; readonly afterMs: number; readonly triedCount: number};
