// The figures of all rounds: a series per row and column, of which the table's rows are made.
import {type Figure, figureOf, type Ratio, type Row, ratioOf, type Wanted} from '../part.ts';
import type {ServerName} from './processes.ts';

export type Column = 'direct' | ServerName;

/** What there is to compare: of ours always, of the others where they were measured. */
export type Compared = {
  readonly ours: Figure;
  readonly real: Figure | null;
  readonly direct: Figure | null;
  readonly ratio: Ratio | null;
};

export type SeriesRow = {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  /** False for what is near zero, where a ratio says nothing. */
  readonly hasRatio?: boolean;
  /** What is wanted of it; left out for a figure that explains another. */
  readonly wanted?: (compared: Compared) => Wanted | null;
};

export class Series {
  readonly #rows = new Map<string, {readonly row: SeriesRow; readonly values: Map<Column, number[]>}>();

  add(row: SeriesRow, column: Column, value: number): void {
    const known = this.#rows.get(row.title) ?? {row, values: new Map<Column, number[]>()};
    this.#rows.set(row.title, known);
    const values = known.values.get(column) ?? [];
    known.values.set(column, [...values, value]);
  }

  rows(): readonly Row[] {
    return [...this.#rows.values()].map(({row, values}) => {
      const {title, unit, digits, hasRatio = true, wanted} = row;
      const figureIn = (column: Column): Figure | null => {
        const rounds = values.get(column);
        return rounds === undefined ? null : figureOf(`${title} (${column})`, rounds);
      };
      const ours = figureOf(title, values.get('ours') ?? []);
      const [direct, real] = [figureIn('direct'), figureIn('real')];
      const ratio = hasRatio && real !== null ? ratioOf(ours, real) : null;
      const others = [
        ['no proxy', direct],
        ['Toxiproxy', real],
      ] as const;
      const beside = Object.fromEntries(
        others.flatMap(([head, figure]) => (figure === null ? [] : [[head, figure] as const])),
      );
      const asked = wanted?.({ours, real, direct, ratio}) ?? null;
      return {title, unit, digits, figure: ours, beside, ratio, wanted: asked};
    });
  }
}
