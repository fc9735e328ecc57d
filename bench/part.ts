// What a part of the benchmark returns: the rows of one table of docs/performance.md.
import {median, medianAbsoluteDeviation, quantile} from 'simple-statistics';

/** The median of all rounds, and their median absolute deviation; null where there was one round. */
export type Figure = {
  readonly median: number;
  readonly spread: number | null;
  readonly rounds: readonly number[];
};

/** Of figures that were taken in the same round: the median, and the quartiles. */
export type Ratio = {readonly median: number; readonly low: number; readonly high: number};

/** `not met, within the spread`: the rounds differ among themselves by more than what is missing. */
export type Verdict = 'met' | 'not met' | 'not met, within the spread';

export type Wanted = {readonly text: string; readonly verdict: Verdict};

export type Row = {
  readonly title: string;
  readonly unit: string;
  /** After the point. */
  readonly digits: number;
  /** Of foulweather. */
  readonly figure: Figure;
  /** What was measured in turns with it, by the heads of their columns. */
  readonly beside: Readonly<Record<string, Figure>>;
  /** foulweather's figure to the one that it is compared with; null where the quotient says nothing. */
  readonly ratio: Ratio | null;
  /** Null for a figure that explains another. */
  readonly wanted: Wanted | null;
};

export type Measurement = {
  readonly rows: readonly Row[];
  /** What belongs to the figures and fits no column, a sentence each. */
  readonly notes: readonly string[];
};

/** How much of a part is measured. */
export type Effort = {
  readonly rounds: number;
  /** Short measurements: a smoke test, whose figures say little. */
  readonly isQuick: boolean;
  /** Whether a row is wanted, by its title. */
  readonly takes: (title: string) => boolean;
};

export type Part = {
  readonly title: string;
  readonly rounds: {readonly full: number; readonly quick: number};
  /** Why it cannot run here, and what to do; null where it can. */
  readonly missing: (effort: Effort) => string | null | Promise<string | null>;
  readonly measure: (effort: Effort) => Promise<Measurement>;
};

export type Limit = {readonly atMost: number} | {readonly atLeast: number};

/** @throws Error where a round has no figure, which must not reach the page */
export const figureOf = (title: string, rounds: readonly number[]): Figure => {
  if (rounds.length === 0 || !rounds.every(Number.isFinite)) {
    throw new Error(`"${title}" has a round without a figure: ${rounds.join(', ') || 'no rounds'}`);
  }
  return {
    median: medianOf(rounds),
    spread: rounds.length === 1 ? null : medianAbsoluteDeviation([...rounds]),
    rounds,
  };
};

export const medianOf = (values: readonly number[]): number => median([...values]);

/** Round by round, so that whatever changes from round to round meets both; null where one of them is zero. */
export const ratioOf = (of: Figure, to: Figure): Ratio | null => {
  const ratios = of.rounds.map((value, round) => value / (to.rounds[round] ?? Number.NaN));
  if (!ratios.every(Number.isFinite)) return null;
  return {median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75)};
};

/** `slack`: a value that misses its limit by no more may have missed it by chance. */
export const verdictOf = (value: number, limit: Limit, slack: number): Verdict => {
  const missing = 'atMost' in limit ? value - limit.atMost : limit.atLeast - value;
  if (missing <= 0) return 'met';
  return missing <= slack ? 'not met, within the spread' : 'not met';
};

/** What most rows want: the figure itself within a limit. */
export const wantedOf = (figure: Figure, limit: Limit, unit: string): Wanted => ({
  text: limitText(limit, unit),
  verdict: verdictOf(figure.median, limit, 0),
});

export const limitText = (limit: Limit, unit: string): string =>
  'atMost' in limit ? `≤ ${withUnit(limit.atMost, unit)}` : `≥ ${withUnit(limit.atLeast, unit)}`;

const withUnit = (value: number, unit: string): string =>
  `${value.toLocaleString('en')}${/^(?:[%×/]|$)/.test(unit) ? '' : ' '}${unit}`;

/** There and back again, so that whatever changes with time meets all alike: A B, B A, A B … */
export const inTurns = async <Name extends string>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name, round: number) => Promise<void>,
): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) await measure(name, round);
  }
};
