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

export type Environment = {
  readonly foulweather: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly injector: string;
  /** Which server the target was, where that is not the scenario's own. */
  readonly target?: string;
  /** Commit of the working directory, and whether it had changes; null outside of git. */
  readonly commit: string | null;
  readonly dirty: boolean;
};

/** What the harness costs: the same driver and load with operations that do nothing. */
export type Calibration = {
  readonly operationCount: number;
  readonly cpuUsPerOperation: number;
  readonly startLagP99Ms: number;
};

/** Trials are added until the interval of the goodput ratio is so narrow. */
export type PrecisionGoal = {
  /** Half of the interval's width over the ratio: 0.1 is «± 10 %». */
  readonly halfWidthRatio: number;
  readonly mostTrials: number;
};

/** Why no further trials were added. `no-ratio`: a trial of the baseline had no success at all. */
export type PrecisionEnd = {
  readonly kind: 'precise' | 'limit' | 'no-ratio';
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
  /** Absent where the number of trials was fixed; `end` is null for a run that did not come to it. */
  readonly precision?: PrecisionGoal & {readonly end: PrecisionEnd | null};
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
  readonly name: string;
  readonly reason: string;
  readonly advice: string;
  /** Of the scenario's own error, where it is one: the frames, innermost first. */
  readonly stack?: readonly string[];
};

/** A fault of a phase, and whether it hit; null where the injector does not count. */
export type FaultSummary = {
  readonly name: string;
  readonly kind: FaultKind;
  readonly connectionsHit: number | null;
  readonly actions: number | null;
  /** The probability that the scenario asks for; null where there are no dice. */
  readonly askedRatio: number | null;
  /** How often the dice were rolled, and how often they fell for the fault. */
  readonly decisions: number | null;
  readonly applied: number | null;
};

/** One phase of one trial, all witnesses side by side; null where a witness was absent or had nothing to count. */
export type PhaseSummary = {
  readonly phase: string;
  readonly role: PhaseRole;
  readonly startMs: number;
  readonly durationMs: number;
  readonly faults: readonly FaultSummary[];
  // the driver
  readonly offered: number;
  readonly started: number;
  readonly dropped: number;
  readonly late: number;
  readonly inFlight: number;
  readonly outcomes: OutcomeCounts;
  readonly overrun: number;
  readonly successRatio: number | null;
  /** Successes that came while the phase lasted, whichever phase their operations are of. */
  readonly goodputPerSecond: number;
  readonly startLagP99Ms: number | null;
  readonly responseP50Ms: number | null;
  readonly responseP90Ms: number | null;
  readonly responseP99Ms: number | null;
  readonly serviceP50Ms: number | null;
  readonly serviceP99Ms: number | null;
  /** Over all that settled, well or not. */
  readonly settleP99Ms: number | null;
  readonly settleMaxMs: number | null;
  // the target
  readonly attempts: number | null;
  readonly attemptsPerOperationRatio: number | null;
  readonly duplicateCount: number | null;
  readonly lostCount: number | null;
  // the application's consumer: operations that came to it, and those of them that came more than once
  readonly deliveredCount: number | null;
  readonly redeliveredCount: number | null;
  // the injector
  readonly connectionsOpened: number | null;
  readonly connectionsOpenMax: number | null;
  // the process
  readonly cpuUsPerOperation: number | null;
  readonly cpuRatio: number | null;
  readonly rssMaxBytes: number | null;
  readonly heapMaxBytes: number | null;
  readonly externalMaxBytes: number | null;
  readonly loopDelayP99Ms: number | null;
  readonly gcRatio: number | null;
};

/** Whether more than half of the load was not started: then what is said of the phase is said of the smaller part. */
export const isMostlyDropped = ({offered, dropped}: Pick<PhaseSummary, 'offered' | 'dropped'>): boolean =>
  dropped > offered / 2;

/** Where every operation went: offered = started + dropped, started = outcomes + in flight. */
export type Account = {
  readonly offered: number;
  readonly started: number;
  readonly dropped: number;
  readonly outcomes: OutcomeCounts;
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
