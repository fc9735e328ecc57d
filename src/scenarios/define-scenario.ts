// What a user writes: the scenario with its functions, typed from the client that `open` returns.
import type {Fault} from '../model/fault.ts';
import type {Goals} from '../model/goal.ts';
import type {NonEmpty} from '../model/non-empty.ts';
import type {DeliveryPromise, Json, Load, PhaseRole, ProcessOptions} from '../model/plan.ts';
import type {ServiceName} from '../model/service.ts';
import type {ThresholdChanges} from '../model/symptoms.ts';
import type {TelemetryPresetName} from '../model/telemetry-preset.ts';

export type VariantInput<Options> = {
  /** Lower-case letters, digits and dashes; it names files and operation ids. */
  readonly name: string;
  readonly options: Options;
  /** What this variant changes against the first, as a sentence for the report. */
  readonly change?: string;
  /** Where its options promise something else to consumers than `operation.deliveries` does. */
  readonly deliveries?: DeliveryPromise;
  /** Heap limit, number of CPUs (Linux) and environment of the subject's process. */
  readonly process?: Partial<ProcessOptions>;
  /**
   * Other versions of packages than those that are installed beside the scenario, as npm takes them:
   * `{undici: '^7'}`, or `{undici: 'file:../undici'}` for a working copy, relative to the scenario's file.
   */
  readonly packages?: {readonly [name: string]: string};
};

export type PhaseInput = {
  readonly name: string;
  readonly role: PhaseRole;
  readonly durationMs: number;
  /**
   * Of a recovery: it goes on up to this long while the library is not back. Where nothing succeeds all that time, or
   * the process died, the phases that are left are driven with a fresh subject.
   */
  readonly prolongedToMs?: number;
  readonly faults?: readonly Fault[];
  /** Instead of the scenario's load, for this phase. */
  readonly load?: Load;
};

/** Lets a target of the scenario's own tell what it saw: call these with the operation's id, or its message's (`messageIds`). */
export type LedgerWriter = {
  /** A try arrived on the wire. */
  attempt(operationId: string): void;
  /** The operation's effect was applied. */
  effect(operationId: string): void;
  /** The attempt is done with. A target that tells this shows how many it works on at once. */
  answered(operationId: string): void;
};

export type StartedTarget = {
  readonly url: string;
  readonly stop?: () => unknown;
  /** Certificates of authorities, PEM, that the subject shall trust. */
  readonly authority?: string;
  /** Which server it is, as the report names it: `aedes 1.2.0`. Say so where it stands in for the real one. */
  readonly description?: string;
};

export type TargetInput =
  /** The embedded HTTP target; it answers after `thinkTimeMs`. With `tls` it speaks HTTPS, and the subject trusts it. */
  | {readonly kind: 'http'; readonly thinkTimeMs?: number; readonly tls?: boolean}
  /** A server that runs already. */
  | {readonly url: string}
  /** A real server: --start-services starts one that is installed, or --target names the user's own. */
  | {readonly service: ServiceName}
  /** A server of the scenario's own, started in a process of its own. */
  | {readonly start: (context: {readonly ledger: LedgerWriter}) => StartedTarget | Promise<StartedTarget>};

export type OpenContext<Options> = {
  /** The target's address through the injector. */
  readonly url: string;
  readonly options: Options;
  /** The variant's name as the scenario has it: with `--against` and in `overhead`, that of the one it was made of. */
  readonly variant: string;
  /**
   * For an application that consumes: call it with the id of the operation, or of the message of its batch
   * (`messageIds`), as often as one comes to the consumer; until `close` has settled, whatever became of the operation.
   */
  readonly delivered: (messageId: string) => void;
};

export type PerformContext = {
  /** The operation's id. Send it with each attempt, so that the target's ledger can tell attempts and effects apart. */
  readonly id: string;
  /** Aborts at the operation's deadline. The harness aborts nothing by itself: pass it on, or don't. */
  readonly signal: AbortSignal;
};

/** What the answer said. Each fact that perform() tells lets a symptom be looked for that is open otherwise. */
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
  readonly applicationError?: {readonly message: string; readonly code?: string};
};

export type SubjectInput<Client, Options> = {
  readonly open: (context: OpenContext<Options>) => Client | Promise<Client>;
  /**
   * One operation. Before the load one is tried on a calm network, and counted nowhere: where it throws three times the run
   * stops with the error. What fails legitimately at first returns `applicationError`.
   */
  readonly perform: (
    client: Client,
    context: PerformContext,
  ) => Answer | undefined | Promise<Answer | undefined>;
  readonly close?: (client: Client) => unknown;
  /**
   * Tells what an error means: `failed` (it certainly did not happen), `rejected` (refused locally, never
   * sent), or `unknown` (it may have happened). Without it an error is `unknown`, unless it says that no connection could be
   * made, and there was none at any time of the operation: then it is `failed`.
   */
  readonly classify?: (error: unknown) => 'failed' | 'unknown' | 'rejected';
};

/** One option of the variants, as a dotted path, and the values that it is tried with; null is what its absence means. */
export type SweepInput = {readonly option: string; readonly values: readonly Json[]};

export type PrepareContext = Pick<VerifyContext, 'directUrl' | 'trialId' | 'variant'>;

export type VerifyContext = {
  /** The target's own address, past the injector. */
  readonly directUrl: string;
  /** Operations that the library called a success, in their order. */
  readonly acknowledgedIds: readonly string[];
  /** Ids of operations begin with it and a dash; the server may have those of other trials, which are left out. */
  readonly trialId: string;
  /** The variant's name as the scenario has it, as `open` is told. */
  readonly variant: string;
};

/**
 * What the server has in the end: a list of operation ids for each key, queue or partition, each id as often as it was
 * applied. A batch has an id for each of its messages (`messageIds`), and is there when all of them are. What is acknowledged and not there is lost, what is there twice is duplicated, what is there and was told as
 * failed is a false failure; where `isOrdered`, an id after a later one of its list is reordered.
 */
export type Applied = {
  readonly applied: readonly (readonly string[])[];
  readonly isOrdered?: boolean;
  /** For a promise of `deliveries` at least or exactly once: what was acknowledged and has not come to the consumer is lost. */
  readonly consumer?: {
    /** The operations that were to come to it; reads and requests are none. */
    readonly expects: readonly string[];
    /** What is still in its queue, or may be: kept, and not lost. */
    readonly queued: readonly string[];
  };
};

export type ScenarioInput<Client, Options> = {
  readonly name: string;
  /** What a user of the library saw, in a user's words. */
  readonly observation: string;
  /** What a reader of the report should know of the set-up: whose default it is, where the effect shrinks. */
  readonly remarks?: readonly string[];
  readonly target: TargetInput;
  /** Versions of the library that the scenario is written for, as npm's ranges: `{redis: '>=4 <7'}`. `--against` keeps to it. */
  readonly supports?: {readonly [packageName: string]: string};
  readonly variants: NonEmpty<VariantInput<Options>>;
  /** Adds a variant for each value that no variant has, and draws the figures over the values. */
  readonly sweep?: SweepInput;
  readonly load: Load;
  readonly operation: {
    readonly deadlineMs: number;
    readonly idempotent: boolean;
    /** What the docs promise of a message that is acknowledged to its sender, and that the application tells by `delivered`. */
    readonly deliveries?: DeliveryPromise;
  };
  readonly phases: NonEmpty<PhaseInput>;
  /** How often the phases from the first fault to the last recovery run; from the second time on their names end in `#2` and so on. Default: once. */
  readonly cycles?: number;
  /** Default: the time after which an operation counts as hung, plus 2 s. */
  readonly drainLimitMs?: number;
  /** Trials per variant where --trials asks for no number and there are two variants or more. Default: 1. */
  readonly trials?: number;
  readonly goals?: Goals;
  /** When a symptom counts, where the default is not right: `{'retry-amplification': {failRatio: 5}}`. */
  readonly thresholds?: ThresholdChanges;
  readonly telemetry?: {
    /** Modules with OpenTelemetry instrumentations, registered before the library loads. */
    readonly instrumentations?: readonly string[];
    /** Libraries whose telemetry is switched on in a known way: `['redis', 'pg']`. */
    readonly use?: readonly TelemetryPresetName[];
    /**
     * Work in the background, such as batches, loggers and exporters: a span with one of these texts in its name, its scope or
     * its URL is none of the operation in whose async context it was begun. `['POST /bulk', '/v1/logs']`
     */
    readonly background?: readonly string[];
  };
  readonly subject: SubjectInput<Client, Options>;
  /**
   * Brings the server into the state that a trial begins with, in a process of its own. What it leaves running, such as
   * a timer that feeds a queue, goes on until the trial is over.
   */
  readonly prepare?: (context: PrepareContext) => unknown;
  /** Reads the server's final state after each trial, in a process of its own. */
  readonly verify?: (context: VerifyContext) => Applied | Promise<Applied>;
};

const brand = Symbol.for('foulweather.scenario');

export type Scenario<Client = unknown, Options = unknown> = ScenarioInput<Client, Options>;

/** Declares a scenario. Nothing is checked yet: a mistake is told when the scenario is described. */
export const defineScenario = <Client, Options>(
  scenario: ScenarioInput<Client, Options>,
): Scenario<Client, Options> => Object.defineProperty({...scenario}, brand, {value: true});

export const isScenario = (value: unknown): value is Scenario =>
  typeof value === 'object' && value !== null && brand in value;
