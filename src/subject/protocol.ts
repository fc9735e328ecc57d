// The messages between the parent and the children that load the scenario: plain JSON, tagged.
import {sendToParent} from '../model/channel.ts';
import type {HarnessEvent, SubjectEvent} from '../model/event.ts';
import type {ErrorFacts} from '../model/outcome.ts';
import type {Load, OperationPlan, Phase, Plan, ProgramPlan} from '../model/plan.ts';

/**
 * How much the flush of the metrics may add to a drain: a receiver that does not answer must not make the library
 * look unresponsive.
 */
export const flushLimitMs = 2000;

/**
 * How often an operation is tried before the load: a client that connects in the background may refuse the first one, and some
 * operations fail now and then. Pauses grow by so much.
 */
export const triesAtMost = 3;
export const tryPauseMs = 250;

/** How long all tries may take. @param limitMs for each */
export const triesLimitMs = (limitMs: number): number => triesAtMost * (limitMs + tryPauseMs);

/** The describing child's only message. */
export type Description =
  | {readonly kind: 'plan'; readonly plan: Plan}
  | {readonly kind: 'invalid'; readonly problems: readonly FramedProblem[]}
  | {
      readonly kind: 'unloadable';
      readonly problem: FramedProblem;
      readonly hint: string | null;
      readonly missingModule: string | null;
    };

/** What is wrong with a scenario, and the lines of the file that it is about. */
export type FramedProblem = {
  readonly text: string;
  /** Null where it is not known, or where it is no single one. */
  readonly place: {readonly file: string; readonly line: number; readonly column: number | null} | null;
  readonly frame: readonly string[];
};

/** All that the subject must know to drive one trial. */
export type SubjectTask = {
  readonly scenarioFile: string;
  /** As the scenario names it. */
  readonly variant: string;
  readonly trialId: string;
  readonly tracePrefix: string;
  /** The target's address through the injector. */
  readonly url: string;
  /** The trial's 0 ms on the machine's monotonic clock (`process.hrtime`). */
  readonly originMonotonicMs: number;
  /** The wall clock's time then. */
  readonly originEpochMs: number;
  readonly load: Load;
  readonly operation: OperationPlan;
  readonly phases: readonly Phase[];
  /** From when on a close() during the load counts as slow, where clients come and go. */
  readonly closeSlowMs: number;
  /** With `true` no library is opened and operations do nothing: what remains is the harness's own cost. */
  readonly noop: boolean;
  /** The folder for files about the process itself; made by whoever writes first. */
  readonly profilesFolder: string;
  /** Null: it is not profiled. */
  readonly profiling: ProfilingTask | null;
  /** The program that the library is in, which the subject is then a bridge to; null for a library of its own. */
  readonly program: ProgramTask | null;
};

export type ProgramTask = ProgramPlan & {
  /** What stands before the command: how it is pinned to some CPUs. */
  readonly launcher: readonly string[];
  /** So many; null for all of them. */
  readonly cpuCount: number | null;
  /** How long it may take to say hello. */
  readonly helloMs: number;
};

export type ProfilingTask = {
  /** The heap limit that the process was started with; null for V8's own. */
  readonly heapLimitMiB: number | null;
};

export type ToSubject =
  /** Load the scenario and its library. */
  | {readonly kind: 'task'; readonly task: SubjectTask}
  /** Open the library; after `limitMs` it counts as failed. */
  | {readonly kind: 'open'; readonly limitMs: number}
  /** Do an operation that is in no account: up to three times, unless one is answered or has not settled after `limitMs`. */
  | {readonly kind: 'try'; readonly limitMs: number}
  /** What starts from now on belongs to this phase, whose faults are added then; the first one starts the load. */
  | {readonly kind: 'phase'; readonly phase: number}
  /** Say how the operations are at this moment. */
  | {readonly kind: 'pulse'}
  /** Start nothing more; wait at most `limitMs` for what is in flight. */
  | {readonly kind: 'drain'; readonly limitMs: number}
  /** Write a heap snapshot, which stops the process for seconds. */
  | {readonly kind: 'snapshot-heap'}
  /** Close the library, flush the telemetry, and end. */
  | {readonly kind: 'close'; readonly limitMs: number}
  /** Start nothing more and close the library at once; what is in flight is watched. Drain and leave follow. */
  | {readonly kind: 'close-under-load'; readonly limitMs: number}
  /** Start nothing more and send the program SIGTERM at once. Drain and leave follow. */
  | {readonly kind: 'terminate'; readonly limitMs: number}
  /** Flush the telemetry, and end: the library is closed. A bridge ends as its program did. */
  | {readonly kind: 'leave'};

/** The verifying child's only task. */
export type VerifyTask = {
  readonly scenarioFile: string;
  readonly trialId: string;
  /** As the scenario names it. */
  readonly variant: string;
  /** The target's own address, past the injector. */
  readonly directUrl: string;
  /** Outcome codes by operation index: a byte each, base64. */
  readonly outcomes: string;
};

/** The preparing child's only task. */
export type PrepareTask = Pick<VerifyTask, 'scenarioFile' | 'trialId' | 'variant' | 'directUrl'>;

/** What the scenario's own code threw. */
export type HookFailed = {readonly kind: 'failed'; readonly error: ErrorFacts};

export type FromPreparer = {readonly kind: 'prepared'} | HookFailed;

export type FromVerifier = Extract<HarnessEvent, {kind: 'verified'}> | HookFailed;

export type FromSubject = SubjectEvent;

/** In the subject: to the harness. */
export const send = (event: SubjectEvent): void => sendToParent(event);
