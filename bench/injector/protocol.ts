// What the bench asks of its load generator, and what it answers: plain data over the channel of a child process.

/** Requests of `bytes` that are answered with the same bytes, one at a time on each connection. */
export type EchoJob = {
  readonly kind: 'echo';
  readonly address: string;
  readonly connections: number;
  readonly bytes: number;
  /** From an answer to the next request on the same connection; 0 sends at once. */
  readonly pauseMs: number;
  /** The connections' first requests are spread evenly over this time; 0 sends them all at once. */
  readonly spreadMs: number;
  /** Not counted. */
  readonly warmUpMs: number;
  readonly durationMs: number;
};

export type Job =
  | EchoJob
  /** Asks the source for bytes, and counts until all have come. */
  | {readonly kind: 'download'; readonly address: string; readonly bytes: number}
  /** Opens connections, sends one request on each, and keeps them open until the next job. */
  | {readonly kind: 'hold'; readonly address: string; readonly connections: number}
  /** Opens connections, sends one request on each, and closes them; again and again. */
  | {
      readonly kind: 'churn';
      readonly address: string;
      readonly connections: number;
      readonly cycles: number;
    };

export type JobResult = {
  /** Requests that were answered, or bytes that came. */
  readonly count: number;
  /** The same with those of the warm-up. */
  readonly allCount: number;
  readonly elapsedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly meanMs: number;
  /** The share of the time in which the generator's event loop was busy. */
  readonly busyRatio: number;
};

export type TargetAddresses = {readonly echo: string; readonly source: string};
