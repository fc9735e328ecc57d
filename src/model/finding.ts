// Symptoms by name, and what a detector answers.
import type {Trial} from './trial.ts';

export const symptoms = {
  'hung-operation': 'operations that do not settle in time',
  'deadline-overrun': 'operations that settle after their deadline',
  'retry-amplification': 'more attempts than operations: a retry storm',
  'duplicate-effect': 'operations that were applied more than once',
  'crossed-response': "operations that got another one's answer",
  'slow-recovery': 'slow to come back after the fault',
  'connection-leak': 'connections that stay open',
  'process-crash': 'the process died',
  'out-of-memory': 'the process ran out of memory',
  'event-loop-stall': 'the event loop was blocked',
} as const;

export type SymptomId = keyof typeof symptoms;

export type Severity = 'warn' | 'fail';

/** A pointer into the run: which witness, what it measured, against which threshold, and where to look. */
export type Evidence = {
  readonly witness: 'driver' | 'telemetry' | 'injector' | 'target' | 'system';
  /** One plain sentence with the number in it. */
  readonly says: string;
  readonly value: number;
  readonly threshold: number;
  /** What `value` and `threshold` are in. A `share` runs from 0 to 1. */
  readonly unit: 'count' | 'ms' | 'bytes' | 'share' | 'ratio';
  /** How many operations, connections or samples are behind the value. */
  readonly count: number;
  /** Operation ids that show it, for the journal, the spans and the target's log. */
  readonly operations: readonly string[];
};

export type Finding =
  | {readonly symptom: SymptomId; readonly verdict: 'clear'}
  | {readonly symptom: SymptomId; readonly verdict: 'inconclusive'; readonly reason: string}
  | {
      readonly symptom: SymptomId;
      readonly verdict: 'present';
      readonly severity: Severity;
      readonly phase: string;
      readonly evidence: readonly [Evidence, ...Evidence[]];
    };

export type PresentFinding = Extract<Finding, {verdict: 'present'}>;

/** Pure: the same trial gives the same finding. */
export type Detector = (trial: Trial) => Finding;
