// A run: all trials of a scenario, the judgement of them, and where and how it was made.

import type {PhaseRole} from './choices.ts';
import type {ClientCounts} from './client-witness.ts';
import type {ConventionFinding} from './convention.ts';
import type {Diagnosis} from './diagnosis.ts';
import type {FaultKind} from './fault-defaults.ts';
import type {Finding} from './finding.ts';
import type {GoalResult, Verdict} from './goal.ts';
import type {OutcomeCounts} from './outcome.ts';
import type {Plan} from './plan.ts';
import type {RelayCounts} from './receiver-protocol.ts';
import type {Trial} from './trial.ts';

/** The machine and versions of a run. */
export type Environment = {
  /** The version of foulweather. */
  readonly foulweather: string;
  /** The version of Node.js: `v24.0.0`. */
  readonly node: string;
  /** Operating system and architecture: `linux x64`. */
  readonly platform: string;
  /** The model of the processor. */
  readonly cpu: string;
  /** Number of logical CPUs. */
  readonly cpuCount: number;
  /** Memory of the machine, in bytes. */
  readonly memoryBytes: number;
  /** What injected the faults, and its version. */
  readonly injector: string;
  /** The server used as the target, unless it is the scenario's own. */
  readonly target?: string;
  /** Commit of the working directory, 12 hex digits; null outside a git repository. */
  readonly commit: string | null;
  /** Whether the working directory had uncommitted changes. */
  readonly dirty: boolean;
};

/** The overhead of the harness: the same driver and load with no-op operations. */
export type Calibration = {
  /** Number of operations measured. */
  readonly operationCount: number;
  /** CPU time of the process per operation, in microseconds. */
  readonly cpuUsPerOperation: number;
  /** 99th percentile of how late an operation started, in milliseconds. */
  readonly startLagP99Ms: number;
  /** Median time of such an operation, in milliseconds, where a program in another language did nothing: what the connection to it adds. */
  readonly roundTripP50Ms?: number;
};

/** Trials are added until the interval of the goodput ratio is so narrow. */
export type PrecisionGoal = {
  /** Half the width of the interval divided by the ratio: 0.1 means ±10%. */
  readonly halfWidthRatio: number;
  /** Maximum number of trials per variant. */
  readonly mostTrials: number;
};

/** Why no further trials were added. `no-ratio`: a trial of the baseline had no success at all. */
export type PrecisionEnd = {
  /** `precise`: the interval was narrow enough · `limit`: the maximum number of trials was reached · `no-ratio`: there was nothing to divide by. */
  readonly kind: 'precise' | 'limit' | 'no-ratio';
  /** Half the width of the last interval divided by its ratio; null if there was no interval. */
  readonly halfWidthRatio: number | null;
};

/** @internal The schema of result.json has no name for it. */
export type RunPrecision = PrecisionGoal & {
  /** Why no further trials were added; null if the run ended before that was decided. */
  readonly end: PrecisionEnd | null;
};

/** @internal The schema of result.json has no name for it. */
export type RunStatus = 'running' | 'complete' | 'interrupted' | 'failed';

/** A part of a run that was dealt out to several machines: some of its rounds, each with a trial of every variant. */
export type Shard = {
  /** Which part it is, from 1 to `count`. */
  readonly index: number;
  /** Into how many parts the run was dealt out. */
  readonly count: number;
  /** The numbers of its trials. They count through the whole run. */
  readonly rounds: readonly number[];
  /** The scenarios that were dealt out together, in their order; absent where it was one alone. */
  readonly series?: readonly string[];
};

/** A shard that became a part of a merged run. */
export type MergedShard = {
  /** Which part it is, from 1 on. */
  readonly index: number;
  /** The numbers of its trials. */
  readonly rounds: readonly number[];
  /** The name of its own run. */
  readonly runId: string;
  /** When it began, as an ISO 8601 date and time in UTC. */
  readonly startedAt: string;
  /** When it ended, in the same format; null if it did not end. */
  readonly endedAt: string | null;
  /** How it ended. */
  readonly status: RunStatus;
  /** Its machine and versions. */
  readonly environment: Environment;
  /** The overhead of the harness there; null if it was not measured. */
  readonly calibration: Calibration | null;
  /** The trials that it made, by ID. */
  readonly trialIds: readonly string[];
};

/** A shard that was not there when a run was merged. */
export type MissingShard = {
  /** Which part it is, from 1 on. */
  readonly index: number;
  /** The numbers of the trials that are missing for it. */
  readonly rounds: readonly number[];
};

/** What a run was merged of. */
export type Merged = {
  /** Into how many shards the run was dealt out. */
  readonly count: number;
  /** Those that were merged, in the order of their rounds. */
  readonly shards: readonly MergedShard[];
  /** Those that were not there; empty where the run is whole. */
  readonly missing: readonly MissingShard[];
};

/** What is known when a run begins, and when it ends. */
export type RunRecord = {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly scenario: string;
  readonly plan: Plan;
  readonly seed: number;
  /** Of the whole run. With a precision to reach it grows by one with each round. */
  readonly trialsPerVariant: number;
  /** Which part of a run this is; absent where it is whole. */
  readonly shard?: Shard;
  /** What it was merged of; absent where one machine made it. */
  readonly merged?: Merged;
  /** Absent where the number of trials was fixed. */
  readonly precision?: RunPrecision;
  /** The command that repeats the run. */
  readonly command: string;
  readonly startedAt: string;
  readonly status: RunStatus;
  readonly endedAt: string | null;
  /** Of a merged run that of its first shard. */
  readonly environment: Environment;
  /** Of a merged run that of the shard on which the harness cost most. */
  readonly calibration: Calibration | null;
  readonly trialIds: readonly string[];
  /** Where the telemetry was passed on to, and how much of it; absent where it was not. */
  readonly relayed?: RelayCounts & {readonly endpoint: string};
};

/** The rounds that a run has to make: of a shard only those dealt to it, of a merged run those of its shards. */
export const roundsOf = ({
  shard,
  merged,
  trialsPerVariant,
}: Pick<RunRecord, 'shard' | 'merged' | 'trialsPerVariant'>): readonly number[] =>
  shard?.rounds ??
  merged?.shards.flatMap(({rounds}) => [...rounds]) ??
  Array.from({length: trialsPerVariant}, (_, index) => index + 1);

/** That of the machine on which the trial was made. */
export const calibrationOf = (
  {merged, calibration}: Pick<RunRecord, 'merged' | 'calibration'>,
  trialId: string,
): Calibration | null => {
  const shard = merged?.shards.find(({trialIds}) => trialIds.includes(trialId));
  return shard ? shard.calibration : calibration;
};

/** A reason why a run cannot be judged, with the number behind it and what to do about it. */
export type Gate = {
  /** A stable name. */
  readonly name: string;
  /** Why nothing can be concluded, as a sentence with the number behind it. */
  readonly reason: string;
  /** What to do about it, as a sentence. */
  readonly advice: string;
  /** Stack frames of the scenario's own error, if there was one, innermost first. */
  readonly stack?: readonly string[];
};

/** How long a fault had taken the server away; the longest time, if it did so repeatedly. */
export type ServerAway = {
  /** From when the server had ended or stood still until it was to come back, in milliseconds. */
  readonly awayMs: number;
  /** The server's own start, from then until it was ready for clients, in milliseconds. No recovery contains it. */
  readonly startMs: number;
};

/** A fault of a phase, and what it hit; null where the injector does not count. */
export type FaultSummary = {
  /** The name of the fault at the injector. */
  readonly name: string;
  /** The fault, by the name of its constructor. */
  readonly kind: FaultKind;
  /** The number of connections it acted on; null where it was not counted. */
  readonly connectionsHit: number | null;
  /** How often it acted; null where it was not counted. */
  readonly actions: number | null;
  /** The probability the scenario requests, 0 to 1; null if the fault is not random. */
  readonly askedRatio: number | null;
  /** How often its probability was drawn; null where it was not counted. */
  readonly decisions: number | null;
  /** How many of these draws chose the fault; null where it was not counted. */
  readonly applied: number | null;
  /** If it acted on the server itself: how long the server was away. Absent for other faults, and if it did not come back. */
  readonly server?: ServerAway;
};

/** One phase of one trial, as seen by all witnesses; null where a witness was absent or had nothing to count. */
export type PhaseSummary = {
  /** The name of the phase. */
  readonly phase: string;
  /** What the phase is for. */
  readonly role: PhaseRole;
  /** Start of the phase, in milliseconds since the origin of the trial. */
  readonly startMs: number;
  /** Duration, in milliseconds. */
  readonly durationMs: number;
  /** The faults of the phase, and whether they hit. */
  readonly faults: readonly FaultSummary[];
  // the driver
  /** Operations the load called for: started + dropped. */
  readonly offered: number;
  /** Operations that started. */
  readonly started: number;
  /** Operations that were not started: too many were in flight, or the load ended first. */
  readonly dropped: number;
  /** Operations that started more than 5 ms late. */
  readonly late: number;
  /** Operations that had neither settled nor been counted as hung at the end. */
  readonly inFlight: number;
  /** Outcomes of the started operations, as counts. */
  readonly outcomes: OutcomeCounts;
  /** Operations that settled clearly after their deadline. */
  readonly overrun: number;
  /** Successful operations / started operations, 0 to 1; null if none started. */
  readonly successRatio: number | null;
  /** Successes per second during the phase, whichever phase their operations are counted in. */
  readonly goodputPerSecond: number;
  /** 99th percentile of how late operations started, in milliseconds. */
  readonly startLagP99Ms: number | null;
  /** Median response time of successes, from the scheduled start, in milliseconds. */
  readonly responseP50Ms: number | null;
  /** 90th percentile of the response time of successes, in milliseconds. */
  readonly responseP90Ms: number | null;
  /** 99th percentile of the response time of successes, in milliseconds. */
  readonly responseP99Ms: number | null;
  /** Median service time of successes, from the actual start, in milliseconds. */
  readonly serviceP50Ms: number | null;
  /** 99th percentile of the service time of successes, from the actual start, in milliseconds. */
  readonly serviceP99Ms: number | null;
  /** 99th percentile of the time from the scheduled start of everything that settled, successfully or not, in milliseconds. */
  readonly settleP99Ms: number | null;
  /** The longest of those times, in milliseconds. */
  readonly settleMaxMs: number | null;
  // the target
  /** Attempts seen on the wire. */
  readonly attempts: number | null;
  /** Attempts / started operations. */
  readonly attemptsPerOperationRatio: number | null;
  /** Operations applied or delivered more often than promised. */
  readonly duplicateCount: number | null;
  /** Operations that were acknowledged but never applied, or never delivered although delivery is promised. */
  readonly lostCount: number | null;
  // the clients, where they come and go
  /** What opening and closing clients came to. Absent where one client lasts for the whole trial. */
  readonly clients?: ClientCounts;
  // the application's consumer: operations that came to it, and those of them that came more than once
  /** Operations delivered to the application's consumer. */
  readonly deliveredCount: number | null;
  /** Those delivered more than once. */
  readonly redeliveredCount: number | null;
  // the injector
  /** Connections opened through the injector. */
  readonly connectionsOpened: number | null;
  /** Peak number of open connections. */
  readonly connectionsOpenMax: number | null;
  // the process
  /** CPU time of the process / started operations, in microseconds, including the overhead of the harness. */
  readonly cpuUsPerOperation: number | null;
  /** CPU time of the process / duration of the phase; 1 is one core. */
  readonly cpuRatio: number | null;
  /** Peak resident memory of the process, in bytes. */
  readonly rssMaxBytes: number | null;
  /** Peak V8 heap in use, including garbage, in bytes. */
  readonly heapMaxBytes: number | null;
  /** Peak memory outside V8's heap, such as Buffers, in bytes. */
  readonly externalMaxBytes: number | null;
  /** 99th percentile of the event-loop delay, in milliseconds. */
  readonly loopDelayP99Ms: number | null;
  /** Time in garbage collection / duration of the phase, 0 to 1. */
  readonly gcRatio: number | null;
};

/** Whether more than half of the load was not started: figures of such a phase describe the smaller part of it. */
export const isMostlyDropped = ({offered, dropped}: Pick<PhaseSummary, 'offered' | 'dropped'>): boolean =>
  dropped > offered / 2;

/** Accounts for every operation: offered = started + dropped, started = outcomes + in flight. */
export type Account = {
  /** Operations the load called for. */
  readonly offered: number;
  /** Operations that started. */
  readonly started: number;
  /** Operations that were not started. */
  readonly dropped: number;
  /** Outcomes, as counts. */
  readonly outcomes: OutcomeCounts;
  /** Operations that had neither settled nor been counted as hung at the end. */
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
