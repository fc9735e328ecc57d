// What a detector answers.
import type {NonEmpty} from './non-empty.ts';
import type {Severity} from './severity.ts';
import type {SymptomId, Thresholds} from './symptoms.ts';
import type {Trial} from './trial.ts';

export type {Severity} from './severity.ts';
export type {SymptomId} from './symptoms.ts';

/** A pointer into the run: which witness, what it measured, against which threshold, and where to look. */
export type Evidence = {
  /** Who observed it: the `driver` of the load, the `telemetry` of the library, the `injector`, the `target`, the operating `system`, or a `profile`. */
  readonly witness: 'driver' | 'telemetry' | 'injector' | 'target' | 'system' | 'profile';
  /** The phase it belongs to; "drain" for the time after the last phase, "run" for all phases. */
  readonly phase: string;
  /** One sentence with the number in it. */
  readonly statement: string;
  /** What was measured, in `unit`. */
  readonly value: number;
  /** What it was compared with, in `unit`. */
  readonly threshold: number;
  /** The unit of `value` and `threshold`. A `share` runs from 0 to 1. */
  readonly unit: 'count' | 'ms' | 'bytes' | 'share' | 'ratio';
  /** Number of operations, connections or samples behind the value. */
  readonly count: number;
  /** IDs of operations that show it, to look up in the journal, the spans and the target's log. */
  readonly operations: readonly string[];
  /** IDs of traces that show it, if it is about telemetry. */
  readonly traces?: readonly string[];
  /** The target's ledger entries of the operations, if the target is the witness. */
  readonly ledger?: readonly LedgerEntry[];
  /** Connections that show it, by their number at the injector. */
  readonly connections?: readonly number[];
  /** Files that show it, such as a profile, as paths within the run folder. */
  readonly files?: readonly string[];
};

/** The target's ledger entry of one operation. */
export type LedgerEntry = {
  /** The ID of the operation. */
  readonly operation: string;
  /** How often it arrived at the target, up to 255. */
  readonly attempts: number;
  /** How often the target applied it, up to 255. */
  readonly effects: number;
};

/** Evidence before its phase is known. */
export type Measured = Omit<Evidence, 'phase'>;

/** A comparison of telemetry with what really happened, listed even if nothing differs. */
export type Comparison = {
  /** What was compared: "failures and their last spans". */
  readonly what: string;
  /** Number compared. */
  readonly count: number;
  /** Number that differ. */
  readonly differingCount: number;
  /** IDs of operations that differ. */
  readonly operations: readonly string[];
  /** Their trace IDs. */
  readonly traces: readonly string[];
};

type Compared = {
  /** The symptom that was looked for. */
  readonly symptom: SymptomId;
  /** What the telemetry was compared with. */
  readonly compared?: readonly Comparison[];
};

/** The answer of a symptom's detector. */
export type Finding =
  | (Compared & {
      /** It was looked for and not found. */
      readonly verdict: 'clear';
    })
  | {
      /** The symptom that was looked for. */
      readonly symptom: SymptomId;
      /** It could not be judged. */
      readonly verdict: 'inconclusive';
      /** Why, as a sentence. */
      readonly reason: string;
    }
  | (Compared & {
      /** It was found. */
      readonly verdict: 'present';
      /** Its effect on the verdict of the trial. */
      readonly severity: Severity;
      /** The phase that caused it. */
      readonly phase: string;
      /** The evidence, each with its number. */
      readonly evidence: NonEmpty<Evidence>;
    });

export type PresentFinding = Extract<Finding, {verdict: 'present'}>;

/** Pure: the same trial and thresholds give the same finding. */
export type Detector<Id extends SymptomId> = (trial: Trial, thresholds: Thresholds<Id>) => Finding;
