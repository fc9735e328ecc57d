// What the functions of a scenario are given, and what they answer.

/** Lets a target of the scenario's own report what it saw: call these with the operation's id, or its message's (`messageIds`). */
export type LedgerWriter = {
  /** A try arrived on the wire. */
  attempt(operationId: string): void;
  /** The operation's effect was applied. */
  effect(operationId: string): void;
  /** The attempt is done with. A target that reports this shows how many it works on at once. */
  answered(operationId: string): void;
};

/** What `target.start` is given. */
export type StartContext = {
  /** Where the target reports attempts and effects. */
  readonly ledger: LedgerWriter;
};

/** What `target.start` answers. */
export type StartedTarget = {
  /** Where the target listens, as a client is given it: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Called when the run is over; it may return a promise. */
  readonly stop?: () => unknown;
  /** Certificates of authorities, PEM, that the subject is to trust. */
  readonly authority?: string;
  /** Which server it is, as the report names it: `aedes 1.2.0`. Say so where it stands in for the real one. */
  readonly description?: string;
};

/** What `open` is given. */
export type OpenContext<Options> = {
  /** The target's address through the injector. */
  readonly url: string;
  /** Those of the variant. */
  readonly options: Options;
  /** The variant's name as the scenario has it: with `--against` and in `overhead`, that of the one it was made of. */
  readonly variant: string;
  /**
   * For an application that consumes: call it with the id of the operation, or of the message of its batch
   * (`messageIds`), as often as one comes to the consumer; until `close` has settled, whatever became of the operation.
   */
  readonly delivered: (messageId: string) => void;
};

/** What `perform` is given for each operation. */
export type PerformContext = {
  /** The operation's id. Send it with each attempt, so that the target's ledger can tell attempts and effects apart. */
  readonly id: string;
  /** Aborts at the operation's deadline. The harness aborts nothing by itself: pass it on, or don't. */
  readonly signal: AbortSignal;
};

/** What the answer said. Each fact that `perform` returns lets a symptom be looked for that stays open otherwise. */
export type Answer = {
  /** An id that differs from the operation's makes the outcome `wrong`: crossed-response. */
  readonly echoedId?: unknown;
  /** Whether the answer is whole, by its length or hash; the library called it a success all the same: truncation-accepted. */
  readonly intact?: boolean;
  /** The key, queue or stream that it was for, one of a few: head-of-line-blocking. */
  readonly key?: string;
  /** A success that came with nothing, although there is something to get: swallowed-error. */
  readonly empty?: boolean;
  /**
   * The answer came whole and says that it did not work, as GraphQL's errors beside a status of 200 do: the operation
   * is `failed`, and a library whose span calls it a success contradicts what the caller got.
   */
  readonly applicationError?: {
    /** What went wrong, as the report shows it. */
    readonly message: string;
    /** What such errors are counted by. */
    readonly code?: string;
  };
};

/** What `verify` is given. */
export type VerifyContext = {
  /** The target's own address, past the injector. */
  readonly directUrl: string;
  /** Operations that the library called a success, in their order. */
  readonly acknowledgedIds: readonly string[];
  /** Ids of operations begin with it and a dash; the server may have those of other trials, which are left out. */
  readonly trialId: string;
  /** The variant's name as the scenario has it, as `open` is given it. */
  readonly variant: string;
};

/** What `prepare` is given. */
export type PrepareContext = Pick<VerifyContext, 'directUrl' | 'trialId' | 'variant'>;

/**
 * What the server has in the end. A batch has an id for each of its messages (`messageIds`), and is there when all of
 * them are. What is acknowledged and not there is lost, what is there twice is duplicated, and what is there although
 * the library reported a failure is a false failure.
 */
export type Applied = {
  /** A list of operation ids for each key, queue or partition, each id as often as it was applied. */
  readonly applied: readonly (readonly string[])[];
  /** The library promises order: an id after a later one of its list is reordered. Default: false. */
  readonly isOrdered?: boolean;
  /** For a promise of `deliveries` at least or exactly once: what was acknowledged and has not come to the consumer is lost. */
  readonly consumer?: {
    /** The operations that were to come to it; reads and requests are none. */
    readonly expects: readonly string[];
    /** What is still in its queue, or may be: kept, and not lost. */
    readonly queued: readonly string[];
  };
};
