// A row of the driver's table, which is measured by itself.
import type {Limit} from '../part.ts';

/** How much is measured: `scale` is of the durations, and below 1 in a smoke test. */
export type Sizes = {readonly rounds: number; readonly scale: number};

export type Measured = {
  /** The figure that is compared with the limit, one per round. */
  readonly rounds: readonly number[];
  /** What is behind it, a sentence each. */
  readonly notes: readonly string[];
};

export type DriverRow = {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly limit: Limit;
  readonly measure: (sizes: Sizes) => Promise<Measured>;
};
