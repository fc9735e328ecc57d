// Metric points in foulweather's form. Times are ms since the trial's origin.
import type {Attributes} from '../model/telemetry.ts';

export type Instrument = {
  readonly scope: string;
  readonly name: string;
  readonly unit: string;
};

export type Temporality = 'delta' | 'cumulative';

/** The content of a histogram. Exponential ones are explicit here too: see exponential-buckets.ts. */
export type HistogramValue = {
  readonly count: number;
  readonly sum: number;
  /** Upper bounds of the buckets, ascending, and the counts of one bucket more. */
  readonly bounds: readonly number[];
  readonly bucketCounts: readonly number[];
};

/** `startMs` is where the point's counting began, null where the sender didn't say. */
type Counted = {readonly startMs: number | null; readonly temporality: Temporality};

export type PointValue =
  | {readonly kind: 'gauge'; readonly value: number}
  | (Counted & {readonly kind: 'sum'; readonly value: number; readonly isMonotonic: boolean})
  | (Counted & {readonly kind: 'histogram'; readonly value: HistogramValue});

export type Point = {
  readonly instrument: Instrument;
  readonly attributes: Attributes;
  readonly atMs: number;
} & PointValue;
