// What the witnesses of a trial say, one plain JSON-able event at a time. The journal of a trial is a list
// of these; `foldTrial` turns the list into a `Trial`. All `atMs` are ms since the trial's origin.

import type {Artifact} from './artifact.ts';
import type {CutReason} from './fresh-start.ts';
import type {ErrorFacts, OutcomeCounts, OutcomeStatus} from './outcome.ts';
import type {HarnessProcess, ProcessHealth} from './process-health.ts';
import type {ProfileFrame, ProfileSummary} from './profile.ts';
import type {InjectorLog, ProxyWitness} from './proxy-witness.ts';
import type {TelemetryObservation} from './telemetry.ts';

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
  /** Started more than 5 ms after the intended start. */
  readonly late: number;
  readonly outcomes: OutcomeCounts;
  /** Settled, but after the deadline, its 10 % and 50 ms. */
  readonly overrun: number;
  /** Settled after they had been counted as hung. */
  readonly settledAfterHung: number;
  /**
   * Successes that came while the phase lasted, whichever phase their operations are of; and operations under way,
   * times the ms of the phase in which they were. Absent in runs of old.
   */
  readonly okWithin?: number;
  readonly inFlightMs?: number;
  /** The most operations that were under way at once while the phase lasted. Absent in runs of old. */
  readonly inFlightMax?: number;
  /** Of the hung ones, those that had been under way before the phase began. Absent in runs of old. */
  readonly hungMoved?: number;
  /** Answers that said which operation they were for, right or wrong: without any, crossed ones go unseen. */
  readonly echoed: number;
  /** Of the answers that said whether they were whole: those that were, and those that were not. Absent in runs of old. */
  readonly intact?: number;
  readonly truncated?: number;
  /** Response times of successes by the key that they told, of the first 16 keys. */
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
  /** When it did; absent in runs of old. */
  readonly startedMs?: number;
  /** From when it should have started until it settled, or until it was found to hang. */
  readonly durationMs: number;
  readonly status: OutcomeStatus;
};

/** The end of the drain: what had not settled by then. */
export type Drained = {
  readonly atMs: number;
  readonly inFlight: number;
  /** The oldest of them, up to 1000, with the start that was intended. Absent in runs of old. */
  readonly unsettled?: readonly UnsettledOperation[];
};

export type UnsettledOperation = {readonly index: number; readonly phase: number; readonly startMs: number};

/** Failures that share status, name, code and the message's shape. */
export type FailureClass = {
  readonly key: string;
  readonly status: OutcomeStatus;
  readonly error: ErrorFacts;
  readonly count: number;
  readonly countByPhase: {readonly [phase: number]: number};
  readonly examples: readonly OperationExample[];
};

/** What became of the operation that is tried before the load, which no account counts. Of several the last one tells. */
export type FirstOperation =
  | {readonly status: 'answered'; readonly afterMs: number; readonly triedCount: number}
  | {readonly status: 'failed'; readonly error: ErrorFacts; readonly triedCount: number}
  /** It had not settled by then; the load begins all the same. */
  | {readonly status: 'unsettled'; readonly afterMs: number; readonly triedCount: number};

export type SubjectEvent =
  | {
      readonly kind: 'loaded';
      readonly pid: number;
      readonly runtime: string;
      /** Versions of the packages that the subject has loaded, by name. */
      readonly versions: {readonly [name: string]: string};
      /** CPUs that it may use. */
      readonly cpuCount?: number;
    }
  /** What else there is to say of the code that runs is absent where there is nothing. */
  | {
      readonly kind: 'opened';
      readonly atMs: number;
      readonly standIns?: readonly StandIn[];
      readonly unapplied?: readonly UnappliedInstrumentation[];
    }
  | {readonly kind: 'open-failed'; readonly atMs: number; readonly error: ErrorFacts}
  | {readonly kind: 'tried'; readonly atMs: number; readonly first: FirstOperation}
  /** It was unsettled, and has settled since. Not told in runs of old. */
  | {readonly kind: 'tried-settled'; readonly atMs: number}
  /** What starts from now on is of this phase. */
  | {readonly kind: 'entered'; readonly atMs: number; readonly phase: number}
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
  /** How often the operations from `fromIndex` on came to the application's consumer, as `operations` are told. */
  | {readonly kind: 'deliveries'; readonly fromIndex: number; readonly counts: string}
  /** When they came, repeated ones included: number of the slice and how many more came in it since the last event. */
  | {
      readonly kind: 'delivered';
      readonly binMs: number;
      readonly bins: readonly (readonly [bin: number, count: number])[];
    }
  | {readonly kind: 'resources'; readonly sample: ResourceSample}
  | {readonly kind: 'phase-resources'; readonly resources: PhaseResources}
  /** After a full collection: at the end of a baseline or recovery phase, or, with null, when all has settled. */
  | {
      readonly kind: 'heap';
      readonly atMs: number;
      readonly phase: number | null;
      readonly heapUsedBytes: number;
      readonly externalBytes: number;
    }
  /** One that nobody handled; only the first are told. */
  | {readonly kind: 'unhandled-rejection'; readonly atMs: number; readonly error: ErrorFacts}
  | {readonly kind: 'warning'; readonly atMs: number; readonly name: string; readonly message: string}
  | {readonly kind: 'uncaught'; readonly atMs: number; readonly error: ErrorFacts}
  /** The wall clock of the process is that far from where it was at the trial's origin, or back at 0: told when it changes. */
  | {readonly kind: 'clock-stepped'; readonly atMs: number; readonly offsetMs: number}
  /** It wrote a file of itself beside its profiles. */
  | {readonly kind: 'kept'; readonly atMs: number; readonly kept: Artifact}
  | ({readonly kind: 'drained'} & Drained)
  | {
      readonly kind: 'closed';
      readonly atMs: number;
      readonly durationMs: number;
      readonly result: 'resolved' | 'failed' | 'hung';
      readonly error: ErrorFacts | null;
    };

/** Another copy's code that runs where the package's own is meant. */
export type StandIn = {
  readonly package: string;
  /** Of the package, which did not run there. */
  readonly version: string;
  /** Null where it is not known whose copy it is. */
  readonly by: string | null;
};

/** An instrumentation that has patched nothing of the package that it is for. */
export type UnappliedInstrumentation = {
  /** Its name and version. */
  readonly instrumentation: string;
  readonly package: string;
  readonly version: string;
  /** As ranges of npm. */
  readonly supports: string;
};

/** What the subject's process says of itself, since the sample before; CPU is cumulative. */
export type ResourceSample = {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  readonly loopDelayMaxMs: number;
  readonly loopUtilisationRatio: number;
  readonly gcMs: number;
  readonly gcCount: number;
  /** Operations that have started and not settled; this and what follows is absent in runs of old. */
  readonly inFlightCount?: number;
  readonly heapTotalBytes?: number;
  /** Where V8 gives up, as it tells it. */
  readonly heapLimitBytes?: number;
  /** Part of what is external. */
  readonly arrayBuffersBytes?: number;
  /** What keeps the event loop alive, by its kind: `TCPSocketWrap`, `Timeout`. */
  readonly activeResources?: {readonly [kind: string]: number};
  readonly gcKinds?: GcKinds;
};

/** Pauses by the kind of collection: scavenges, full ones, starts of incremental marking, weak callbacks. */
export type GcKinds = {
  readonly [kind in 'minor' | 'major' | 'incremental' | 'weak-callbacks']?: {
    readonly count: number;
    readonly ms: number;
  };
};

/** The subject's process over one whole phase. */
export type PhaseResources = {
  readonly phase: number;
  readonly durationMs: number;
  readonly cpuMs: number;
  readonly loopDelayP50Ms: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly loopUtilisationRatio: number;
  readonly gcMs: number;
  readonly gcCount: number;
  /** Absent in runs of old. */
  readonly gcKinds?: GcKinds;
  /** Connects to the target that it began, refused ones included. Absent in runs of old. */
  readonly connectCount?: number;
};

/** What the operating system says of the subject's process; null where the platform does not tell. */
export type SystemSample = {
  readonly atMs: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly threadCount: number | null;
  readonly fileDescriptorCount: number | null;
  readonly socketCount: number | null;
  /** Threads by name; absent where the platform does not tell, where there are too many, and in runs of old. */
  readonly threads?: readonly ThreadGroup[];
};

/** Threads of one name at one moment; those that neither run nor wait for a disk sleep. CPU is cumulative. */
export type ThreadGroup = {
  readonly name: string;
  readonly count: number;
  readonly runningCount: number;
  readonly blockedCount: number;
  readonly cpuMs: number;
};

/** How one process of the harness fared in one phase. */
export type HarnessSample = ProcessHealth & {readonly process: HarnessProcess; readonly phase: number};

/** What the target saw: per operation index a byte of attempts and one of effects (255 = 255 or more), base64. */
export type LedgerObservation = {
  readonly attempts: string;
  readonly effects: string;
  /** Attempts without an operation id of this trial. */
  readonly unattributedCount: number;
  /** Arrivals by bin of `binMs`, from the trial's origin. */
  readonly binMs: number;
  readonly attemptsByBin: readonly number[];
  /**
   * An operation's index and when its attempts arrived, the first 8, for at most 20,000 operations with several
   * attempts and the latest 20,000 with one; absent in runs of old.
   */
  readonly attemptTimes?: readonly (readonly number[])[];
  /** By bin: for how many attempts the target was at work, × ms; absent where it does not tell when it is done. */
  readonly servingMsByBin?: readonly number[];
};

/** The moment at which a phase began: its faults were changed between `beforeMs` and `afterMs`. */
export type PhaseEdge = {readonly phase: number; readonly beforeMs: number; readonly afterMs: number};

/** How the subject's process ended, as the operating system tells it. */
export type ProcessExit = {
  readonly atMs: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why the harness ended it, where it did. */
  readonly killedFor: 'unresponsive' | 'interrupted' | 'lingering' | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  readonly stderrTail: string;
};

/** An error of the scenario's own code that kept something from being seen. */
export type HookFailure = {
  readonly hook: 'verify';
  readonly message: string;
  readonly advice: string;
  readonly stack: readonly string[];
};

/** Messages by a process's channel that are not foulweather's. */
export type ForeignMessages = {
  readonly process: 'subject' | 'target' | 'prepare' | 'verify';
  readonly count: number;
};

/** A connection of the fresh client that is tried by the library's way; `port` is its own. */
export type ControlConnection = {
  readonly openedMs: number;
  readonly closedMs: number;
  readonly port: number;
};

export type HarnessEvent =
  | {
      readonly kind: 'trial';
      readonly trialId: string;
      readonly variant: string;
      readonly number: number;
      readonly seed: number;
      readonly tracePrefix: string;
      readonly originEpochMs: number;
      /** Of a fresh subject that goes on where another did not: the first subject's trial, and the plan's phases it sees. */
      readonly continues?: string;
      readonly phases?: readonly number[];
    }
  | {readonly kind: 'edge'; readonly edge: PhaseEdge}
  /** After this phase of the trial's own plan the rest is left to a fresh subject. */
  | {readonly kind: 'cut'; readonly atMs: number; readonly phase: number; readonly why: CutReason}
  | {readonly kind: 'load-ended'; readonly atMs: number}
  | {readonly kind: 'injector'; readonly atMs: number; readonly witness: ProxyWitness}
  /** At the end of each phase and of the trial, what is new since then; times in it are ms since the epoch. */
  | {readonly kind: 'injector-log'; readonly log: InjectorLog}
  /** A fresh client went through the same proxy to the target. */
  | {readonly kind: 'probe'; readonly atMs: number; readonly ok: boolean}
  /** It had this connection, which the injector counts among the library's. Told when it is closed. */
  | ({readonly kind: 'control-connection'} & ControlConnection)
  /**
   * What verify() found, a byte per operation index, base64: how often it was applied, and, where it tells of a consumer,
   * 1 for what this one must have got: it was to, and the queue has nothing of it any more; and 1 for what it was to get
   * and the queue still has. Older runs do not tell the latter.
   */
  | {
      readonly kind: 'verified';
      readonly applied: string;
      readonly owed?: string;
      readonly queued?: string;
      readonly reordered: {readonly count: number; readonly first: readonly number[]} | null;
    }
  | {readonly kind: 'system'; readonly sample: SystemSample}
  | {readonly kind: 'harness'; readonly sample: HarnessSample}
  | {readonly kind: 'ledger'; readonly ledger: LedgerObservation}
  | {readonly kind: 'telemetry'; readonly telemetry: TelemetryObservation}
  /** What the main thread of a subject that answers no more was in, the innermost call first; absent where it is not known. */
  | {readonly kind: 'stuck'; readonly atMs: number; readonly stack: readonly ProfileFrame[]}
  | {readonly kind: 'exit'; readonly exit: ProcessExit}
  /** The scenario's verify() failed; `stack` are its frames, without paths of the machine. */
  | ({readonly kind: 'hook-failed'; readonly atMs: number} & HookFailure)
  /** Code in a process of the trial sent these by the channel to its parent; they were ignored. Told where there were any. */
  | {readonly kind: 'foreign-messages'; readonly messages: ForeignMessages}
  /** What the subject's profiles say, once it is gone; absent where it was not profiled. */
  | {readonly kind: 'profiles'; readonly profiles: readonly ProfileSummary[]}
  | {readonly kind: 'interrupted'; readonly atMs: number}
  | {readonly kind: 'trouble'; readonly atMs: number; readonly what: string; readonly message: string};

export type TrialEvent = SubjectEvent | HarnessEvent;
