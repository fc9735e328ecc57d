// One subject process over all phases, as the witnesses saw it: what detectors look at.

import type {Artifact} from './artifact.ts';
import type {ClientWitness} from './client-witness.ts';
import type {Bin, Drained, FailureClass, OperationExample, PhaseFigures} from './driver-witness.ts';
import type {ForeignMessages, HarnessSample, HookFailure, PhaseEdge, ServerEvent} from './event.ts';
import type {CutReason} from './fresh-start.ts';
import type {StandIn, UnappliedInstrumentation} from './loaded-code.ts';
import type {ErrorFacts} from './outcome.ts';
import type {Plan} from './plan.ts';
import type {
  PhaseResources,
  ProcessExit,
  ResourceSample,
  SystemSample,
  TerminatedBy,
} from './process-witness.ts';
import type {ProfileFrame, ProfileSummary} from './profile.ts';
import type {InjectorLog, ProxyWitness} from './proxy-witness.ts';
import type {LedgerObservation} from './target-protocol.ts';
import type {TelemetryObservation} from './telemetry.ts';

/** How the process with the library ended. */
export type SubjectEnd =
  | {
      /** The load ended and the library was closed. */
      readonly kind: 'completed';
      /** How close() ended. */
      readonly close: 'resolved' | 'failed' | 'hung';
      /** The error if close() failed; null otherwise. */
      readonly error: ErrorFacts | null;
    }
  | {
      /** The library could not be opened. */
      readonly kind: 'open-failed';
      /** Why. */
      readonly error: ErrorFacts;
    }
  | {
      /** The operation tried before the load failed, so there was no load. */
      readonly kind: 'first-operation-failed';
      /** The error of the last try. */
      readonly error: ErrorFacts;
      /** Number of tries. */
      readonly triedCount: number;
    }
  | {
      /** The process ended on its own before the load did. */
      readonly kind: 'crashed';
      /** Its exit code; null where a signal ended it. */
      readonly exitCode: number | null;
      /** The signal that ended it; null where none did. */
      readonly signal: string | null;
      /** Whether it ran out of memory. */
      readonly outOfMemory: boolean;
      /** The error that ended it; null where none is known. */
      readonly error: ErrorFacts | null;
    }
  | {
      /** It stopped responding and had to be killed. */
      readonly kind: 'unresponsive';
    }
  | {
      /** The program broke the protocol and was killed by the harness. */
      readonly kind: 'protocol-broken';
      /** What it did. */
      readonly problem: string;
      /** What it sent, shortened; null where nothing came. */
      readonly line: string | null;
    }
  | {
      /** The run was stopped before the trial was over. */
      readonly kind: 'interrupted';
    };

export type DriverObservation = {
  /** In order of the plan's phases; a phase that the trial did not reach has none. */
  readonly phases: readonly PhaseFigures[];
  readonly bins: readonly Bin[];
  readonly failures: readonly FailureClass[];
  /** Failures of classes beyond those that are kept. */
  readonly uncountedFailures: number;
  readonly slowest: readonly OperationExample[];
  /** Outcome code and phase by operation index. */
  readonly outcomes: Uint8Array;
  readonly operationPhases: Uint8Array;
  readonly drained: Drained | null;
  /** By operation index, from its start to its end, as `durationCode`; 0 where it is not known. */
  readonly operationDurations: Uint8Array;
};

export type Closing = {
  readonly startMs: number;
  readonly durationMs: number;
  /**
   * Where it was called at the end of the last phase, under its load and faults: when these were gone, and how many operations
   * were in flight when it had settled. Absent where it was called when all was calm.
   */
  readonly underLoad?: {readonly calmMs: number; readonly inFlight: number};
  /**
   * Where a program was sent SIGTERM instead: how it ended, or null where it did not in time. `durationMs` is the time until then.
   */
  readonly sigterm?: TerminatedBy | null;
};

export type HeapSample = {
  readonly atMs: number;
  readonly phase: number | null;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
};

export type Verified = {
  /** By operation index, how often it is there. */
  readonly applied: Uint8Array;
  /**
   * By operation index, 1 for what must have come to the consumer; null where verify() reports on none, and in older
   * runs.
   */
  readonly owed: Uint8Array | null;
  /** By operation index, 1 for what the consumer was to get and is still in its queue; null as for `owed`. */
  readonly queued: Uint8Array | null;
  /** Indexes of the first operations that were applied before an earlier one of their list; null where order means nothing. */
  readonly reordered: {readonly count: number; readonly first: readonly number[]} | null;
};

export type DeliveryBin = {readonly startMs: number; readonly durationMs: number; readonly count: number};

export type ClockStep = {readonly atMs: number; readonly offsetMs: number};

export type InjectorSample = {readonly atMs: number; readonly witness: ProxyWitness};

export type Ledger = Omit<LedgerObservation, 'attempts' | 'effects'> & {
  readonly attempts: Uint8Array;
  readonly effects: Uint8Array;
};

export type Trial = {
  readonly id: string;
  /** With the phases that this subject was to see: in a storm that was cut not all of the run's. */
  readonly plan: Plan;
  /** The trial of the subject on which this one follows in a storm that was cut; null for a first one. */
  readonly continues: string | null;
  /** Why the rest of the phases was left to a fresh subject; null where it was not. */
  readonly cut: CutReason | null;
  readonly variant: string;
  readonly number: number;
  readonly seed: number;
  readonly originEpochMs: number;
  /** The first 16 hex digits of the trace ids of its operations, as `traceIdOfOperation` takes them. */
  readonly tracePrefix: string;
  readonly edges: readonly PhaseEdge[];
  /** What faults did to the real server, in order; empty where there are none of that kind. */
  readonly serverEvents: readonly ServerEvent[];
  /** When the last phase ended; null where the trial did not get that far. */
  readonly loadEndedMs: number | null;
  /** When the library was closed, and how long that took; null where the trial did not get that far. */
  readonly closing: Closing | null;
  readonly end: SubjectEnd;
  readonly exit: ProcessExit | null;
  /** What its main thread was doing, the innermost call first, where it no longer answered; null where that is not known. */
  readonly stuck: {readonly atMs: number; readonly stack: readonly ProfileFrame[]} | null;
  readonly runtime: string | null;
  /** Of a program, as it says itself; absent elsewhere, where it did not get that far, and in older runs. */
  readonly language?: string;
  /** CPUs that the subject could use; null where it did not get that far, or was not asked. */
  readonly cpuCount: number | null;
  readonly versions: {readonly [name: string]: string};
  /** Copies of other packages' code that ran in place of these. */
  readonly standIns: readonly StandIn[];
  /** Instrumentations that have patched nothing of these packages. */
  readonly unapplied: readonly UnappliedInstrumentation[];
  /** The operation that is tried before the load, if it had not settled after this time; null if it had. */
  readonly firstUnsettled: {readonly afterMs: number; readonly settledMs: number | null} | null;
  readonly driver: DriverObservation;
  /** Null where one client lasted for the whole trial. */
  readonly clients: ClientWitness | null;
  readonly telemetry: TelemetryObservation | null;
  /** How far the subject's wall clock was from where it ought to be, whenever that changed. */
  readonly clockSteps: readonly ClockStep[];
  /** Empty where the injector does not count (a real Toxiproxy). */
  readonly injector: readonly InjectorSample[];
  /** Null where the injector keeps none, and in older runs. */
  readonly injectorLog: InjectorLog | null;
  readonly ledger: Ledger | null;
  readonly resources: readonly ResourceSample[];
  readonly phaseResources: readonly PhaseResources[];
  /** Operations under way over time, where the driver was not in the library's process; elsewhere the resources have them. */
  readonly inFlight: readonly {readonly atMs: number; readonly count: number}[];
  readonly system: readonly SystemSample[];
  /** Sizes of the heap after a collection, in their order; `phase` is null for the one after the load. */
  readonly heaps: readonly HeapSample[];
  readonly unhandledRejections: readonly {readonly atMs: number; readonly error: ErrorFacts}[];
  /** Empty where the subject was not profiled. */
  readonly profiles: readonly ProfileSummary[];
  /** What the process wrote about itself besides its profiles; empty where it did not, and in older runs. */
  readonly kept: readonly Artifact[];
  /** The health of the harness's own processes; empty in older runs. */
  readonly harness: readonly HarnessSample[];
  /** Whether a fresh client got through the same proxy, where the library did not for a while after a fault. */
  readonly probes: readonly {readonly atMs: number; readonly ok: boolean}[];
  /** By operation index, how often it came to the application's consumer; null where that reported nothing. */
  readonly deliveries: Uint8Array | null;
  /**
   * When they came, repeated ones included, in their order; null where the application reported nothing, and in older
   * runs.
   */
  readonly deliveryBins: readonly DeliveryBin[] | null;
  /** By operation index, the phase in which it came once more than it should, plus 1; 0 where it did not. */
  readonly redeliveredIn: Uint8Array | null;
  /** What the scenario's verify() found on the real server; null where there is none. */
  readonly verified: Verified | null;
  readonly warnings: readonly {readonly atMs: number; readonly name: string; readonly message: string}[];
  /** Errors of the scenario's own code outside of the subject. */
  readonly hookFailures: readonly HookFailure[];
  /** Messages that other code in the trial's processes sent on their channels, and that were ignored. */
  readonly foreignMessages: readonly ForeignMessages[];
  /** What went wrong with the harness itself. */
  readonly troubles: readonly {readonly atMs: number; readonly what: string; readonly message: string}[];
};

/** Whether the operation that is tried before the load was under way all through it: what it holds is no leak of the load. */
export const isFirstUnderWay = ({firstUnsettled, loadEndedMs}: Trial): boolean =>
  firstUnsettled !== null &&
  (firstUnsettled.settledMs === null || firstUnsettled.settledMs > (loadEndedMs ?? Number.POSITIVE_INFINITY));

/** The span of a phase within a trial, or null where the trial did not reach it. */
export const phaseWindow = (trial: Trial, phase: number): {startMs: number; endMs: number} | null => {
  const edge = trial.edges.find(candidate => candidate.phase === phase);
  if (!edge) return null;
  const next = trial.edges.find(candidate => candidate.phase === phase + 1);
  const endMs = next?.beforeMs ?? trial.loadEndedMs ?? trial.exit?.atMs ?? edge.afterMs;
  return {startMs: edge.afterMs, endMs};
};
