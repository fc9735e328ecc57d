// A row of the driver's table: what is measured, what is wanted, and what came out.
import {median, medianAbsoluteDeviation} from 'simple-statistics';

/** How much is measured: `quick` is a smoke run whose figures say little. */
export type Sizes = {readonly rounds: number; readonly scale: number};

export type Measured = {
  /** The figure that is held against the limit, one per round. */
  readonly rounds: readonly number[];
  /** What stands behind it, a line each. */
  readonly details: readonly string[];
  /** What is to be seen beside it: its head first. */
  readonly table?: readonly (readonly string[])[];
};

export type Row = {
  /** For --only. */
  readonly name: string;
  /** The letter under which it is asked for; null for what is measured beside. */
  readonly point: 'a' | 'b' | 'c' | 'd' | 'e' | 'f' | null;
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly limit: {readonly atMost: number} | {readonly atLeast: number};
  readonly measure: (sizes: Sizes) => Promise<Measured>;
};

export type Outcome = Measured & {
  readonly row: Omit<Row, 'measure'>;
  readonly median: number;
  readonly spread: number;
  readonly verdict: 'met' | 'missed';
};

/** Held against the limit is the median of the rounds; the spread is their median absolute deviation. */
export const runRow = async ({measure, ...row}: Row, sizes: Sizes): Promise<Outcome> => {
  const measured = await measure(sizes);
  const value = median([...measured.rounds]);
  const {limit} = row;
  const held = 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast;
  return {
    ...measured,
    row,
    median: value,
    spread: medianAbsoluteDeviation([...measured.rounds]),
    verdict: held ? 'met' : 'missed',
  };
};

export const medianOf = (values: readonly number[]): number => median([...values]);

/** There and back again, so that whatever changes with time meets all alike: A B, B A, A B … */
export const inTurns = async <Name extends string>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<void>,
): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) await measure(name);
  }
};
