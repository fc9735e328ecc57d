// What a detector answers.
import type {NonEmpty} from './non-empty.ts';
import type {Severity} from './severity.ts';
import type {SymptomId, Thresholds} from './symptoms.ts';
import type {Trial} from './trial.ts';

export type {Severity} from './severity.ts';
export type {SymptomId} from './symptoms.ts';

/** A pointer into the run: which witness, what it measured, against which threshold, and where to look. */
export type Evidence = {
  /** Who saw it: the `driver` of the load, the `telemetry` of the library, the `injector`, the `target`, the operating `system`, or a `profile`. */
  readonly witness: 'driver' | 'telemetry' | 'injector' | 'target' | 'system' | 'profile';
  /** The phase that it is of; "drain" for what comes after the last one, "run" for all of them. */
  readonly phase: string;
  /** One plain sentence with the number in it. */
  readonly statement: string;
  /** What was measured, in `unit`. */
  readonly value: number;
  /** What it was held against, in `unit`. */
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

/** What the target's ledger has of one operation. */
export type LedgerEntry = {
  /** The id of the operation. */
  readonly operation: string;
  /** How often it arrived at the target; it counts up to 255. */
  readonly attempts: number;
  /** How often the target applied it; it counts up to 255. */
  readonly effects: number;
};

/** Evidence before it is said of which phase it is. */
export type Measured = Omit<Evidence, 'phase'>;

/** What a detector of telemetry held against the truth, told even where nothing differs. */
export type Comparison = {
  /** What was compared: "failures and their last spans". */
  readonly what: string;
  /** How many were compared. */
  readonly count: number;
  /** How many of them differ. */
  readonly differingCount: number;
  /** Ids of operations that differ. */
  readonly operations: readonly string[];
  /** Ids of their traces. */
  readonly traces: readonly string[];
};

type Compared = {
  /** The symptom that was looked for. */
  readonly symptom: SymptomId;
  /** What of the telemetry was held against the truth. */
  readonly compared?: readonly Comparison[];
};

/** What the detector of a symptom answers. */
export type Finding =
  | (Compared & {
      /** It was looked for, and is not there. */
      readonly verdict: 'clear';
    })
  | {
      /** The symptom that was looked for. */
      readonly symptom: SymptomId;
      /** It could not be seen whether it is there. */
      readonly verdict: 'inconclusive';
      /** Why not, as a sentence. */
      readonly reason: string;
    }
  | (Compared & {
      /** It is there. */
      readonly verdict: 'present';
      /** What it means for the verdict of the trial. */
      readonly severity: Severity;
      /** The phase of its cause. */
      readonly phase: string;
      /** What shows it, each with its number. */
      readonly evidence: NonEmpty<Evidence>;
    });

export type PresentFinding = Extract<Finding, {verdict: 'present'}>;

/** Pure: the same trial and thresholds give the same finding. */
export type Detector<Id extends SymptomId> = (trial: Trial, thresholds: Thresholds<Id>) => Finding;
