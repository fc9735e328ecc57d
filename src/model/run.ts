// A run: all trials of a scenario, what was judged of them, and where and how it was made.
import type {ConventionFinding} from './convention.ts';
import type {Diagnosis} from './diagnosis.ts';
import type {FaultKind} from './fault.ts';
import type {Finding} from './finding.ts';
import type {GoalResult, Verdict} from './goal.ts';
import type {OutcomeCounts} from './outcome.ts';
import type {PhaseRole, Plan} from './plan.ts';
import type {RelayCounts} from './receiver-protocol.ts';
import type {Trial} from './trial.ts';

/** The machine and the versions that a run was made with. */
export type Environment = {
  /** The version of foulweather. */
  readonly foulweather: string;
  /** The version of Node.js: `v24.0.0`. */
  readonly node: string;
  /** Operating system and architecture: `linux x64`. */
  readonly platform: string;
  /** The model of the processor. */
  readonly cpu: string;
  /** How many logical CPUs the machine has. */
  readonly cpuCount: number;
  /** The memory of the machine, in bytes. */
  readonly memoryBytes: number;
  /** What injected the faults, and its version. */
  readonly injector: string;
  /** Which server the target was, where that is not the scenario's own. */
  readonly target?: string;
  /** Commit of the working directory, in 12 hex digits; null outside of git. */
  readonly commit: string | null;
  /** Whether the working directory had changes that were not committed. */
  readonly dirty: boolean;
};

/** What the harness costs: the same driver and load with operations that do nothing. */
export type Calibration = {
  /** How many operations were measured. */
  readonly operationCount: number;
  /** CPU time of the process per operation, in microseconds. */
  readonly cpuUsPerOperation: number;
  /** 99th percentile of how late an operation started, in milliseconds. */
  readonly startLagP99Ms: number;
};

/** Trials are added until the interval of the goodput ratio is so narrow. */
export type PrecisionGoal = {
  /** Half of the interval's width over the ratio: 0.1 is "± 10 %". */
  readonly halfWidthRatio: number;
  /** At this many trials per variant no further ones are added. */
  readonly mostTrials: number;
};

/** Why no further trials were added. `no-ratio`: a trial of the baseline had no success at all. */
export type PrecisionEnd = {
  /** `precise`: the interval was narrow enough · `limit`: the greatest number of trials was reached · `no-ratio`: there was nothing to divide by. */
  readonly kind: 'precise' | 'limit' | 'no-ratio';
  /** Half of the width of the last interval over its ratio; null where there was no interval. */
  readonly halfWidthRatio: number | null;
};

/** What is known when a run begins, and what closes it. */
export type RunRecord = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly scenario: string;
  readonly plan: Plan;
  readonly seed: number;
  /** With a precision to reach it grows by one with each round. */
  readonly trialsPerVariant: number;
  /** Absent where the number of trials was fixed. */
  readonly precision?: PrecisionGoal & {
    /** Why no further trials were added; null for a run that did not come to it. */
    readonly end: PrecisionEnd | null;
  };
  /** The command that repeats the run. */
  readonly command: string;
  readonly startedAt: string;
  readonly status: 'running' | 'complete' | 'interrupted' | 'failed';
  readonly endedAt: string | null;
  readonly environment: Environment;
  readonly calibration: Calibration | null;
  readonly trialIds: readonly string[];
  /** Where the telemetry was passed on to, and how much of it; absent where it was not. */
  readonly relayed?: RelayCounts & {readonly endpoint: string};
};

/** Something that keeps a run from judging, with the number and what to do about it. */
export type Gate = {
  /** A stable name. */
  readonly name: string;
  /** Why nothing can be concluded, with the number, as a sentence. */
  readonly reason: string;
  /** What to do about it, as a sentence. */
  readonly advice: string;
  /** Of the scenario's own error, where it is one: the frames, innermost first. */
  readonly stack?: readonly string[];
};

/** A fault of a phase, and whether it hit; null where the injector does not count. */
export type FaultSummary = {
  /** The name of the fault at the injector. */
  readonly name: string;
  /** The fault, by the name of its constructor. */
  readonly kind: FaultKind;
  /** The number of connections it acted on; null where it was not counted. */
  readonly connectionsHit: number | null;
  /** How often it acted; null where it was not counted. */
  readonly actions: number | null;
  /** The probability that the scenario asks for, 0 to 1; null where there are no dice. */
  readonly askedRatio: number | null;
  /** How often its probability was drawn; null where it was not counted. */
  readonly decisions: number | null;
  /** How many of these draws chose the fault; null where it was not counted. */
  readonly applied: number | null;
};

/** One phase of one trial, all witnesses side by side; null where a witness was absent or had nothing to count. */
export type PhaseSummary = {
  /** The name of the phase. */
  readonly phase: string;
  /** What the phase is for. */
  readonly role: PhaseRole;
  /** When it began, in milliseconds since the origin of the trial. */
  readonly startMs: number;
  /** How long it lasted, in milliseconds. */
  readonly durationMs: number;
  /** The faults of the phase, and whether they hit. */
  readonly faults: readonly FaultSummary[];
  // the driver
  /** Operations that the load asked for: started + dropped. */
  readonly offered: number;
  /** Operations that started. */
  readonly started: number;
  /** Operations that could not start: too many were in flight, or the load ended first. */
  readonly dropped: number;
  /** Operations that started more than 5 ms late. */
  readonly late: number;
  /** Operations that had neither settled nor counted as hung when all was over. */
  readonly inFlight: number;
  /** How the operations that started ended, as counts. */
  readonly outcomes: OutcomeCounts;
  /** Operations that settled clearly after their deadline. */
  readonly overrun: number;
  /** Operations that succeeded / operations that started, 0 to 1; null where none started. */
  readonly successRatio: number | null;
  /** Successes per second that came while the phase lasted, whichever phase their operations are of. */
  readonly goodputPerSecond: number;
  /** 99th percentile of how late operations started, in milliseconds. */
  readonly startLagP99Ms: number | null;
  /** Median response time of successes, from the intended start, in milliseconds. */
  readonly responseP50Ms: number | null;
  /** 90th percentile of the response time of successes, in milliseconds. */
  readonly responseP90Ms: number | null;
  /** 99th percentile of the response time of successes, in milliseconds. */
  readonly responseP99Ms: number | null;
  /** Median time of successes from their real start, in milliseconds. */
  readonly serviceP50Ms: number | null;
  /** 99th percentile of the time of successes from their real start, in milliseconds. */
  readonly serviceP99Ms: number | null;
  /** 99th percentile of the time from the intended start over all that settled, well or not, in milliseconds. */
  readonly settleP99Ms: number | null;
  /** The longest of those times, in milliseconds. */
  readonly settleMaxMs: number | null;
  // the target
  /** Attempts that were seen on the wire. */
  readonly attempts: number | null;
  /** Attempts / operations that started. */
  readonly attemptsPerOperationRatio: number | null;
  /** Operations that were applied, or delivered, more often than is promised. */
  readonly duplicateCount: number | null;
  /** Operations that were acknowledged, and never applied, or never delivered although that is promised. */
  readonly lostCount: number | null;
  // the application's consumer: operations that came to it, and those of them that came more than once
  /** Operations that came to the application's consumer. */
  readonly deliveredCount: number | null;
  /** Those of them that came more than once. */
  readonly redeliveredCount: number | null;
  // the injector
  /** Connections that were opened through the injector. */
  readonly connectionsOpened: number | null;
  /** The most that were open at a time. */
  readonly connectionsOpenMax: number | null;
  // the process
  /** CPU time of the process / operations that started, in microseconds; the cost of the harness is in it. */
  readonly cpuUsPerOperation: number | null;
  /** CPU time of the process / time of the phase; 1 is one core. */
  readonly cpuRatio: number | null;
  /** The most resident memory of the process, in bytes. */
  readonly rssMaxBytes: number | null;
  /** The most of V8's heap that was in use, garbage included, in bytes. */
  readonly heapMaxBytes: number | null;
  /** The most memory outside of V8's heap, such as Buffers, in bytes. */
  readonly externalMaxBytes: number | null;
  /** 99th percentile of the event-loop delay, in milliseconds. */
  readonly loopDelayP99Ms: number | null;
  /** Time in garbage collection / time of the phase, 0 to 1. */
  readonly gcRatio: number | null;
};

/** Whether more than half of the load was not started: then what is said of the phase is said of the smaller part. */
export const isMostlyDropped = ({offered, dropped}: Pick<PhaseSummary, 'offered' | 'dropped'>): boolean =>
  dropped > offered / 2;

/** Where every operation went: offered = started + dropped, started = outcomes + in flight. */
export type Account = {
  /** Operations that the load asked for. */
  readonly offered: number;
  /** Operations that started. */
  readonly started: number;
  /** Operations that could not start. */
  readonly dropped: number;
  /** How they ended, as counts. */
  readonly outcomes: OutcomeCounts;
  /** Operations that had neither settled nor counted as hung when all was over. */
  readonly inFlight: number;
};

export type TrialJudgement = {
  readonly trialId: string;
  readonly variant: string;
  readonly verdict: Verdict;
  readonly phases: readonly PhaseSummary[];
  /** Over all phases. */
  readonly account: Account;
  readonly timeToRecoverMs: number | null;
  readonly goals: readonly GoalResult[];
  readonly findings: readonly Finding[];
  /** Null where the telemetry could not be held against the semantic conventions. */
  readonly conventions: readonly ConventionFinding[] | null;
  readonly diagnoses: readonly Diagnosis[];
  readonly gates: readonly Gate[];
};

/** The verdict of a run is the candidate's: the last variant's. */
export type Judgement = {
  readonly verdict: Verdict;
  readonly candidate: string;
  /** What keeps the run as a whole from being judged; those of single trials are with the trials. */
  readonly gates: readonly Gate[];
  readonly trials: readonly TrialJudgement[];
};

export type JudgedRun = {
  readonly record: RunRecord;
  readonly trials: readonly Trial[];
  readonly judgement: Judgement;
};
