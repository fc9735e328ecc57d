// What a detector answers.
import type {NonEmpty} from './non-empty.ts';
import type {Severity} from './severity.ts';
import type {SymptomId, Thresholds} from './symptoms.ts';
import type {Trial} from './trial.ts';

export type {Severity} from './severity.ts';
export type {SymptomId} from './symptoms.ts';

/** A pointer into the run: which witness, what it measured, against which threshold, and where to look. */
export type Evidence = {
  readonly witness: 'driver' | 'telemetry' | 'injector' | 'target' | 'system' | 'profile';
  /** The phase that it is of; «drain» for what comes after the last one, «run» for all of them. */
  readonly phase: string;
  /** One plain sentence with the number in it. */
  readonly statement: string;
  readonly value: number;
  readonly threshold: number;
  /** What `value` and `threshold` are in. A `share` runs from 0 to 1. */
  readonly unit: 'count' | 'ms' | 'bytes' | 'share' | 'ratio';
  /** How many operations, connections or samples are behind the value. */
  readonly count: number;
  /** Operation ids that show it, for the journal, the spans and the target's log. */
  readonly operations: readonly string[];
  /** Trace ids that show it, where it is the telemetry that was looked at. */
  readonly traces?: readonly string[];
  /** What the target's ledger has of the operations, where the target is the witness. */
  readonly ledger?: readonly LedgerEntry[];
  /** Connections that show it, by their numbers at the injector. */
  readonly connections?: readonly number[];
  /** Files that show it, such as a profile: paths in the run's folder. */
  readonly files?: readonly string[];
};

export type LedgerEntry = {
  readonly operation: string;
  /** Up to 255, as the ledger counts. */
  readonly attempts: number;
  readonly effects: number;
};

/** Evidence before it is said of which phase it is. */
export type Measured = Omit<Evidence, 'phase'>;

/** What a detector of telemetry held against the truth, told even where nothing differs. */
export type Comparison = {
  /** «failures and their last spans». */
  readonly what: string;
  readonly count: number;
  readonly differingCount: number;
  /** Ids of operations that differ, and of their traces. */
  readonly operations: readonly string[];
  readonly traces: readonly string[];
};

type Compared = {readonly symptom: SymptomId; readonly compared?: readonly Comparison[]};

export type Finding =
  | (Compared & {readonly verdict: 'clear'})
  | {readonly symptom: SymptomId; readonly verdict: 'inconclusive'; readonly reason: string}
  | (Compared & {
      readonly verdict: 'present';
      readonly severity: Severity;
      readonly phase: string;
      readonly evidence: NonEmpty<Evidence>;
    });

export type PresentFinding = Extract<Finding, {verdict: 'present'}>;

/** Pure: the same trial and thresholds give the same finding. */
export type Detector<Id extends SymptomId> = (trial: Trial, thresholds: Thresholds<Id>) => Finding;
