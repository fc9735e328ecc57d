// What a source of starts needs of the driver, and what the driver asks of it.

export type StartContext = {
  /** Ms since the trial's origin, monotonic. */
  readonly now: () => number;
  /** Unsettled operations, whoever started them. */
  readonly inFlight: () => number;
  readonly start: (intendedMs: number) => void;
  readonly drop: (intendedMs: number) => void;
};

export type Starts = {
  /** An operation has settled. */
  settled(): void;
  stop(): void;
  /** Every start that was meant for an earlier time has been made or dropped. */
  startedUpToMs(): number;
};
