// The figures of all rounds: a series per row and column, their medians and spreads, and ratios within rounds.
import {median, medianAbsoluteDeviation, quantile} from 'simple-statistics';
import type {ServerName} from './processes.ts';

export type Column = 'direct' | ServerName;

/** `digits` after the point. */
export type Row = {readonly title: string; readonly unit: string; readonly digits: number};

export type Summary = {readonly median: number; readonly mad: number; readonly rounds: readonly number[]};
export type Ratio = {readonly median: number; readonly low: number; readonly high: number};

export class Series {
  readonly #rows = new Map<string, {readonly row: Row; readonly values: Map<Column, number[]>}>();

  add(row: Row, column: Column, value: number): void {
    const known = this.#rows.get(row.title) ?? {row, values: new Map<Column, number[]>()};
    this.#rows.set(row.title, known);
    const values = known.values.get(column) ?? [];
    known.values.set(column, [...values, value]);
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()].map(({row}) => row);
  }

  of(title: string, column: Column): Summary | undefined {
    const rounds = this.#rows.get(title)?.values.get(column);
    if (rounds === undefined) return undefined;
    return {median: median(rounds), mad: medianAbsoluteDeviation(rounds), rounds};
  }

  /** Ours to the real one's, round by round: the median and the quartiles. */
  ratio(title: string): Ratio | undefined {
    const ours = this.of(title, 'ours')?.rounds;
    const real = this.of(title, 'real')?.rounds;
    if (ours === undefined || real === undefined) return undefined;
    const ratios = ours.map((value, round) => value / (real[round] ?? Number.NaN));
    if (!ratios.every(Number.isFinite)) return undefined;
    return {median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75)};
  }
}
