// What the functions of a scenario receive and return.

/** Lets a target of the scenario's own report what it saw: call these with the ID of the operation, or of its message (`messageIds`). */
export type LedgerWriter = {
  /** An attempt arrived. */
  attempt(operationId: string): void;
  /** The operation's effect was applied. */
  effect(operationId: string): void;
  /** The attempt has been answered. A target that reports this shows how many attempts it works on at once. */
  answered(operationId: string): void;
};

/** What `target.start` receives. */
export type StartContext = {
  /** Where the target reports attempts and effects. */
  readonly ledger: LedgerWriter;
};

/** What `target.start` returns. */
export type StartedTarget = {
  /** The address for clients: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Called when the run is over; it may return a promise. */
  readonly stop?: () => unknown;
  /** Certificates of authorities, in PEM format, that the subject should trust. */
  readonly authority?: string;
  /** Which server it is, for the report: `aedes 1.2.0`. Say so if it stands in for the real one. */
  readonly description?: string;
};

/** What `open` receives. */
export type OpenContext<Options> = {
  /** The target's address through the injector. */
  readonly url: string;
  /** The options of the variant. */
  readonly options: Options;
  /** The variant's name in the scenario, even when `--against` or `overhead` create more variants from it. */
  readonly variant: string;
  /**
   * For an application that consumes: call it with the ID of the operation, or of the message of its batch
   * (`messageIds`), each time one reaches the consumer, until `close` has settled and whatever became of the operation.
   */
  readonly delivered: (messageId: string) => void;
};

/** What `perform` receives for each operation. */
export type PerformContext = {
  /** The operation's ID. Send it with each attempt, so that the target's ledger can count attempts and effects by operation. */
  readonly id: string;
  /** Aborts at the operation's deadline. The harness aborts nothing by itself: pass it on if your application does. */
  readonly signal: AbortSignal;
};

/** What the response said. Each fact that `perform` returns lets foulweather judge a symptom that is otherwise inconclusive. */
export type Answer = {
  /** The ID in the response. If it differs from the operation's, the outcome is `wrong`: crossed-response. */
  readonly echoedId?: unknown;
  /** Whether the response is complete, by its length or hash. False for one that the library accepted: truncation-accepted. */
  readonly intact?: boolean;
  /** The key, queue or stream it was for, one of a few: head-of-line-blocking. */
  readonly key?: string;
  /** A success without a result, although there was something to get: swallowed-error. */
  readonly empty?: boolean;
  /**
   * A complete response that reports an error, such as GraphQL's `errors` with status 200: the operation is `failed`,
   * and a library whose span calls it a success contradicts what the caller got.
   */
  readonly applicationError?: {
    /** What went wrong, as the report shows it. */
    readonly message: string;
    /** Groups such errors in the report. */
    readonly code?: string;
  };
};

/** What `verify` receives. */
export type VerifyContext = {
  /** The target's own address, bypassing the injector. */
  readonly directUrl: string;
  /** Operations that succeeded, in order. */
  readonly acknowledgedIds: readonly string[];
  /** Operation IDs start with it and a dash. The server may have operations of other trials; they are ignored. */
  readonly trialId: string;
  /** The variant's name in the scenario, as in `open`. */
  readonly variant: string;
};

/** What `prepare` receives. */
export type PrepareContext = Pick<VerifyContext, 'directUrl' | 'trialId' | 'variant'>;

/**
 * What the server has in the end. A batch has an ID for each of its messages (`messageIds`), and counts as applied when
 * all of them are. Acknowledged but not applied is lost, applied twice is duplicated, and applied although the library
 * reported a definite failure is a false failure.
 */
export type Applied = {
  /** A list of operation IDs for each key, queue or partition, each ID as often as it was applied. */
  readonly applied: readonly (readonly string[])[];
  /** Whether the library promises order within each list. Default: false. */
  readonly isOrdered?: boolean;
  /** If `deliveries` promises at-least-once or exactly-once: what was acknowledged and did not reach the consumer is lost. */
  readonly consumer?: {
    /** The operations that should reach it, without reads and requests. */
    readonly expects: readonly string[];
    /** What is, or may be, still in its queue: kept, not lost. */
    readonly queued: readonly string[];
  };
};
