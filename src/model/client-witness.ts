// What the subject reports of clients that come and go. All `…Ms` are ms since the trial's origin.

/** Clients that a phase opened, and those that it closed: when open() or close() was called is what counts. */
export type ClientCounts = {
  /** Calls of open(). */
  readonly opens: number;
  /** Those that returned a client. */
  readonly opened: number;
  /** Those that threw: their operations have failed with OpenFailed. */
  readonly openFailed: number;
  /** Calls of close(), each of a client of its own. */
  readonly closes: number;
  /** Those that returned. */
  readonly closed: number;
  /** Those that threw. */
  readonly closeFailed: number;
  /** Those that took longer than a client may take to close, or have not returned. */
  readonly closeSlow: number;
  /** Operations in flight with these clients when close() was called. */
  readonly inFlightAtClose: number;
};

export type ClientFigures = ClientCounts & {readonly phase: number};

/** A close() that took longer than it may. */
export type SlowClose = {
  /** Of the trial: a later report of the same number replaces an earlier one. */
  readonly number: number;
  /** In which it was called. */
  readonly phase: number;
  readonly startMs: number;
  /** When it settled, or how long it had been watched by then. */
  readonly untilMs: number;
  readonly hasSettled: boolean;
};

/**
 * The clients that were opened from one moment to the next one of a later report's: `untilMs` is when the last of them was closed;
 * null as long as one is not.
 */
export type ClientLives = {readonly fromMs: number; readonly untilMs: number | null};

/** Absent from a trial in which one client lasts. */
export type ClientWitness = {
  /** By phase. */
  readonly phases: readonly ClientFigures[];
  /** The first ones. */
  readonly slowCloses: readonly SlowClose[];
  /** In order of `fromMs`. */
  readonly lives: readonly ClientLives[];
};

/** The error of an operation whose client could not be opened. */
export const openFailedName = 'OpenFailed';
