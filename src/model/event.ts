// What the witnesses of a trial report, one plain JSON event at a time. The journal of a trial is a list of these;
// `TrialFold` turns the list into a `Trial`. All `atMs` are ms since the trial's origin.

import type {Artifact} from './artifact.ts';
import type {ClientWitness} from './client-witness.ts';
import type {
  Bin,
  Drained,
  FailureClass,
  FirstOperation,
  OperationExample,
  PhaseFigures,
  Pulse,
} from './driver-witness.ts';
import type {CutReason} from './fresh-start.ts';
import type {StandIn, UnappliedInstrumentation} from './loaded-code.ts';
import type {ErrorFacts} from './outcome.ts';
import type {HarnessProcess, ProcessHealth} from './process-health.ts';
import type {
  PhaseResources,
  ProcessExit,
  ResourceSample,
  SystemSample,
  TerminatedBy,
} from './process-witness.ts';
import type {ProfileFrame, ProfileSummary} from './profile.ts';
import type {InjectorLog, ProxyWitness} from './proxy-witness.ts';
import type {ServerChange} from './server-fault.ts';
import type {LedgerObservation} from './target-protocol.ts';
import type {TelemetryObservation} from './telemetry.ts';

export type SubjectEvent =
  | {
      readonly kind: 'loaded';
      readonly pid: number;
      readonly runtime: string;
      /** Of a program, as it says itself. Absent in older runs. */
      readonly language?: string;
      /** Versions of the packages that the subject has loaded, by name. */
      readonly versions: {readonly [name: string]: string};
      /** CPUs that it may use. */
      readonly cpuCount?: number;
    }
  /** What else is known of the code that runs; absent where there is nothing to report. */
  | {
      readonly kind: 'opened';
      readonly atMs: number;
      readonly standIns?: readonly StandIn[];
      readonly unapplied?: readonly UnappliedInstrumentation[];
    }
  | {readonly kind: 'open-failed'; readonly atMs: number; readonly error: ErrorFacts}
  | {readonly kind: 'tried'; readonly atMs: number; readonly first: FirstOperation}
  /** It was unsettled, and has settled since. Absent in older runs. */
  | {readonly kind: 'tried-settled'; readonly atMs: number}
  /** What starts from now on belongs to this phase. */
  | {readonly kind: 'entered'; readonly atMs: number; readonly phase: number}
  | ({readonly kind: 'pulse'} & Pulse)
  | {readonly kind: 'bins'; readonly bins: readonly Bin[]}
  | {readonly kind: 'phases'; readonly phases: readonly PhaseFigures[]}
  | {readonly kind: 'failures'; readonly failures: readonly FailureClass[]; readonly uncounted: number}
  | {readonly kind: 'slowest'; readonly operations: readonly OperationExample[]}
  /** Outcome, phase and duration (as `durationCode`) of the operations from `fromIndex` on, a byte each, base64. Later events overwrite earlier ones. */
  | {
      readonly kind: 'operations';
      readonly fromIndex: number;
      readonly outcomes: string;
      readonly phases: string;
      /** Absent in runs that were saved before it was kept. */
      readonly durations?: string;
    }
  /** How often the operations from `fromIndex` on came to the application's consumer, in the form of `operations`. */
  | {readonly kind: 'deliveries'; readonly fromIndex: number; readonly counts: string}
  /** When they came, repeated ones included: number of the slice and how many more came in it since the last event. */
  | {
      readonly kind: 'delivered';
      readonly binMs: number;
      readonly bins: readonly (readonly [bin: number, count: number])[];
    }
  | {readonly kind: 'resources'; readonly sample: ResourceSample}
  /** Operations that have started and not settled, of a driver that reports no resources: it is not the library's process. */
  | {readonly kind: 'in-flight'; readonly atMs: number; readonly count: number}
  | {readonly kind: 'phase-resources'; readonly resources: PhaseResources}
  /** After a full collection: at the end of a baseline or recovery phase, or, with null, when all has settled. */
  | {
      readonly kind: 'heap';
      readonly atMs: number;
      readonly phase: number | null;
      readonly heapUsedBytes: number;
      readonly externalBytes: number;
    }
  /** An unhandled rejection; only the first ones are reported. */
  | {readonly kind: 'unhandled-rejection'; readonly atMs: number; readonly error: ErrorFacts}
  | {readonly kind: 'warning'; readonly atMs: number; readonly name: string; readonly message: string}
  | {readonly kind: 'uncaught'; readonly atMs: number; readonly error: ErrorFacts}
  /**
   * How far the wall clock of the process is from where it was at the trial's origin, or back at 0: sent when that
   * changes.
   */
  | {readonly kind: 'clock-stepped'; readonly atMs: number; readonly offsetMs: number}
  /** A program in another language broke the protocol, and is killed; `line` is what it sent, where it did. */
  | {
      readonly kind: 'protocol-broken';
      readonly atMs: number;
      readonly problem: string;
      readonly line: string | null;
    }
  /** The kernel killed the program for lack of memory. */
  | {readonly kind: 'killed-for-memory'; readonly atMs: number}
  /** What has become of clients that come and go, where that has changed. */
  | ({readonly kind: 'clients'} & ClientWitness)
  | {readonly kind: 'harness'; readonly sample: HarnessSample}
  /** It wrote a file about itself besides its profiles. */
  | {readonly kind: 'kept'; readonly atMs: number; readonly kept: Artifact}
  | ({readonly kind: 'drained'} & Drained)
  | {
      readonly kind: 'closed';
      readonly atMs: number;
      readonly durationMs: number;
      readonly result: 'resolved' | 'failed' | 'hung';
      readonly error: ErrorFacts | null;
      /** Operations in flight when it had settled. Absent where it was not called under load. */
      readonly inFlight?: number;
      /** Where a program was sent SIGTERM instead: how it ended, or null where it did not in time. */
      readonly sigterm?: TerminatedBy | null;
    };

/** The health of one of the harness's processes in one phase. */
export type HarnessSample = ProcessHealth & {readonly process: HarnessProcess; readonly phase: number};

/** The moment at which a phase began: its faults were changed between `beforeMs` and `afterMs`. */
export type PhaseEdge = {readonly phase: number; readonly beforeMs: number; readonly afterMs: number};

/** An error of the scenario's own code, because of which something was not seen. */
export type HookFailure = {
  readonly hook: 'verify';
  readonly message: string;
  readonly advice: string;
  readonly stack: readonly string[];
};

/** Messages on a process's channel that are not foulweather's. */
export type ForeignMessages = {
  readonly process: 'subject' | 'target' | 'prepare' | 'verify';
  readonly count: number;
};

/** A connection of the fresh client that is tried in the same way as the library; `port` is its own. */
export type ControlConnection = {
  readonly openedMs: number;
  readonly closedMs: number;
  readonly port: number;
};

/** What became of the real server; `fault` is the name of the fault that did it. */
export type ServerEvent = {readonly atMs: number; readonly fault: string; readonly change: ServerChange};

export type HarnessEvent =
  | {
      readonly kind: 'trial';
      readonly trialId: string;
      readonly variant: string;
      readonly number: number;
      readonly seed: number;
      readonly tracePrefix: string;
      readonly originEpochMs: number;
      /**
       * Of a fresh subject that goes on where another did not: the first subject's trial, and the plan's phases that
       * it runs.
       */
      readonly continues?: string;
      readonly phases?: readonly number[];
    }
  | {readonly kind: 'edge'; readonly edge: PhaseEdge}
  /** After this phase of the trial's own plan the rest is left to a fresh subject. */
  | {readonly kind: 'cut'; readonly atMs: number; readonly phase: number; readonly why: CutReason}
  | {readonly kind: 'load-ended'; readonly atMs: number}
  /** The faults under which close() was called are gone. */
  | {readonly kind: 'calmed'; readonly atMs: number}
  | ({readonly kind: 'server'} & ServerEvent)
  | {readonly kind: 'injector'; readonly atMs: number; readonly witness: ProxyWitness}
  /** At the end of each phase and of the trial, what is new since the last time; times in it are ms since the epoch. */
  | {readonly kind: 'injector-log'; readonly log: InjectorLog}
  /** A fresh client went through the same proxy to the target. */
  | {readonly kind: 'probe'; readonly atMs: number; readonly ok: boolean}
  /** It had this connection, which the injector counts among the library's. Sent when it is closed. */
  | ({readonly kind: 'control-connection'} & ControlConnection)
  /**
   * What verify() found, a byte per operation index, base64: how often it was applied; and, where it reports on a
   * consumer, 1 for what must have come to the consumer (it was meant for it, and is not in the queue any more), and
   * 1 for what was meant for it and is still in the queue. The latter is absent in older runs.
   */
  | {
      readonly kind: 'verified';
      readonly applied: string;
      readonly owed?: string;
      readonly queued?: string;
      readonly reordered: {readonly count: number; readonly first: readonly number[]} | null;
    }
  | {readonly kind: 'system'; readonly sample: SystemSample}
  | {readonly kind: 'ledger'; readonly ledger: LedgerObservation}
  | {readonly kind: 'telemetry'; readonly telemetry: TelemetryObservation}
  /**
   * What the main thread of a subject that no longer answers was doing, the innermost call first; absent where it is
   * not known.
   */
  | {readonly kind: 'stuck'; readonly atMs: number; readonly stack: readonly ProfileFrame[]}
  | {readonly kind: 'exit'; readonly exit: ProcessExit}
  /** The scenario's verify() failed; `stack` are its frames, without paths of the machine. */
  | ({readonly kind: 'hook-failed'; readonly atMs: number} & HookFailure)
  /**
   * Code in a process of the trial sent these on the channel to its parent; they were ignored. Absent where there
   * were none.
   */
  | {readonly kind: 'foreign-messages'; readonly messages: ForeignMessages}
  /** The evaluated profiles of the subject, once it is gone; absent where it was not profiled. */
  | {readonly kind: 'profiles'; readonly profiles: readonly ProfileSummary[]}
  | {readonly kind: 'interrupted'; readonly atMs: number}
  | {readonly kind: 'trouble'; readonly atMs: number; readonly what: string; readonly message: string};

export type TrialEvent = SubjectEvent | HarnessEvent;
