// Goals: limits that must hold in a phase, or over the whole run.
import type {telemetryGoalSchema} from './schema/goals.ts';
import type {Input} from './schema/shape.ts';
import type {Severity} from './severity.ts';

/** Every figure that a goal can limit, with its unit. */
export const goalMetrics = {
  /** Successful operations / started operations, 0 to 1. */
  successRatio: 'share',
  /** Successes per second during the phase. */
  goodputPerSecond: 'rate',
  /** Median response time of successes, from the scheduled start, in milliseconds. */
  responseP50Ms: 'ms',
  /** 90th percentile of the response time of successes, in milliseconds. */
  responseP90Ms: 'ms',
  /** 99th percentile of the response time of successes, in milliseconds. */
  responseP99Ms: 'ms',
  /** Median service time of successes: from the actual start, without the wait before it, in milliseconds. */
  serviceP50Ms: 'ms',
  /** 99th percentile of the service time of successes, from the actual start, in milliseconds. */
  serviceP99Ms: 'ms',
  /** 99th percentile of the time until an operation settles, successfully or not, in milliseconds. */
  settleP99Ms: 'ms',
  /** Operations that did not settle within their deadline and grace period. */
  hungCount: 'count',
  /** Operations that settled after their deadline. */
  overrunCount: 'count',
  /** Operations that were not started: too many were in flight, or the load ended first. */
  droppedCount: 'count',
  /** Operations that got a wrong response. */
  wrongCount: 'count',
  /** Operations that the target applied more than once, or that were delivered to the consumer more often than promised. */
  duplicateCount: 'count',
  /** Acknowledged operations that the target never applied, or that never reached the consumer although delivery is promised. */
  lostCount: 'count',
  /** Messages delivered to the consumer per second during the phase. */
  deliveriesPerSecond: 'rate',
  /** Acknowledged operations of the phase delivered to the consumer / those meant for it, 0 to 1. */
  deliveredRatio: 'share',
  /** Acknowledged operations of the phase that never reached their consumer. */
  backlogCount: 'count',
  /** Attempts that the target saw / operations started. */
  attemptsPerOperationRatio: 'per operation',
  /** CPU time of the process / operations started, in µs, including the cost of the harness. */
  cpuUsPerOperation: 'us',
  /** Peak resident memory of the process, in bytes. */
  rssMaxBytes: 'bytes',
  /** Peak V8 heap in use, including garbage, in bytes. */
  heapMaxBytes: 'bytes',
  /** Time from the end of the fault to the first three good seconds in a row, in milliseconds. */
  timeToRecoverMs: 'ms',
  /** Time from SIGTERM until the program has ended, in milliseconds; of the phase that has `endsWith: 'sigterm'`. */
  timeToExitMs: 'ms',
} as const;

/** A figure that a goal can limit; its name ends in its unit. */
export type GoalMetric = keyof typeof goalMetrics;

/** A limit. A goal with severity `warn` is reported but does not fail the run; default: `fail`. */
export type Limit = {
  /** Minimum, in the metric's unit. */
  readonly min?: number;
  /** Maximum, in the metric's unit. */
  readonly max?: number;
  /** `warn`: reported only · `fail` (default): a miss fails the run. */
  readonly severity?: Severity;
};

/**
 * A limit for one of the library's own metrics, in its own unit: quantiles, mean and count of a histogram (a quantile
 * is the upper bound of its bucket), mean, max and last of a gauge, increase and last of a sum. Series that have
 * these attributes count together.
 */
export type TelemetryGoal = Input<typeof telemetryGoalSchema>;

/** Limits by phase name; `run` means all phases except the warm-up. */
export type Goals = {
  readonly [phase: string]: {readonly [metric in keyof typeof goalMetrics]?: Limit} & {
    /** Limits for the library's own metrics. */
    readonly telemetry?: readonly TelemetryGoal[];
  };
};

/** The subject of a goal: a figure of the harness, or `telemetry: ` followed by a metric of the library and a statistic. */
export type GoalName = GoalMetric | `telemetry: ${string}`;

export const telemetryGoalName = ({metric, stat, attributes = {}}: TelemetryGoal): GoalName => {
  const only = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  return `telemetry: ${[metric, stat, ...only].join(' ')}`;
};

/** `met`: nothing failed · `missed`: a goal or a symptom that counts as a failure · `inconclusive`: cannot be judged. */
export type Verdict = 'met' | 'missed' | 'inconclusive';

/** One goal, evaluated for one trial. */
export type GoalResult = {
  /** The phase it applies to; `run` means all phases except the warm-up. */
  readonly phase: string;
  /** The figure the limit applies to. */
  readonly metric: GoalName;
  /** The limit. */
  readonly limit: Limit;
  /** Whether the limit was met. */
  readonly verdict: Verdict;
  /** The value compared with the limit, in the metric's unit; null if it is unknown. */
  readonly value: number | null;
  /** Number of operations behind the figure. */
  readonly count: number;
  /** Why it is inconclusive, as a sentence; null otherwise. */
  readonly reason: string | null;
};
