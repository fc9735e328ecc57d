// What a source of starts needs of the driver, and what the driver needs of it.

export type ArrivalSink = {
  /** Ms since the trial's origin, monotonic. */
  readonly now: () => number;
  /** Unsettled operations, whoever started them. */
  readonly inFlight: () => number;
  /** An operation is due: called before it is started or dropped, so that the three are counted apart. */
  readonly offer: () => void;
  readonly start: (intendedMs: number, nowMs: number) => void;
  readonly drop: (intendedMs: number) => void;
};

export type ArrivalSource = {
  /** Timers that are set. */
  readonly timerCount: number;
  /** An operation has settled. */
  settled(): void;
  stop(): void;
  /** Every start that was meant for an earlier time has been made or dropped. */
  startedUpToMs(): number;
};
