// The weather report as data: what each library did under each fault of a storm, one row a library and variant.
import type {Severity, SymptomId} from '../../model/finding.ts';
import type {Verdict} from '../../model/goal.ts';
import type {Environment} from '../../model/run.ts';

/** Grows by new fields without a new number; the number changes when a field goes or means something else. */
export const weatherSchemaVersion = 1;

/** What was seen of a library in one phase. */
export type WeatherCell =
  /** Nothing that counts as a symptom. `successRatio`: of the operations that started in the phase. */
  | {readonly kind: 'clear'; readonly successRatio: number | null}
  /** `symptom` is the worst, `others` are what else was seen, worst first. */
  | {
      readonly kind: 'symptom';
      readonly symptom: SymptomId;
      readonly severity: Severity;
      readonly others: readonly SymptomId[];
      readonly successRatio: number | null;
    }
  /** The fault hit no connection of this library. */
  | {readonly kind: 'not-hit'}
  /** The process had ended before. */
  | {readonly kind: 'not-reached'};

export type WeatherRow = {
  readonly scenario: string;
  /** The package that it is about; null where the scenario does not say which versions it supports. */
  readonly library: string | null;
  readonly variant: string;
  /** The library's default options, or what the documentation recommends beside them. */
  readonly role: 'default' | 'changed';
  readonly change: string | null;
  /** What the scenario says of its set-up: whose default it is, and where that is promised. */
  readonly remarks: readonly string[];
  /** Versions of the packages that the scenario imports. */
  readonly versions: {readonly [name: string]: string};
  /** Which server it was; null for the embedded HTTP target. */
  readonly server: string | null;
  /** By the name of the column. */
  readonly cells: {readonly [column: string]: WeatherCell};
  readonly verdict: Verdict;
  /** Why the run could not judge, where it could not. */
  readonly gates: readonly string[];
  /** How many operations started, over all trials. */
  readonly operationCount: number;
  /** The folder of the case study, relative to the weather report. */
  readonly folder: string;
};

/** A library that was not driven, and what its user can do about it. */
export type LeftOut = {
  readonly scenario: string;
  readonly code: string;
  readonly reason: string;
  readonly hint: string;
};

export type Weather = {
  readonly schemaVersion: typeof weatherSchemaVersion;
  /** `interrupted`: some libraries were not come to, see `leftOut`. */
  readonly status: 'complete' | 'interrupted';
  /** Null where each scenario had its own faults. */
  readonly storm: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly seed: number;
  readonly command: string;
  /** Null where nothing was driven. */
  readonly environment: Environment | null;
  /** Fault phases in their order, recoveries that follow several faults, and the run as a whole. */
  readonly columns: readonly string[];
  readonly rows: readonly WeatherRow[];
  readonly leftOut: readonly LeftOut[];
};

/** The column of what belongs to no fault: leaks, crashes at the end, the calm phases. */
export const wholeRun = 'rest of the run';
