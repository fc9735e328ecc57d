// One metric series: what each phase adds to it, from points that may be cumulative or deltas.
import type {Attributes, MetricSummary} from '../model/telemetry.ts';
import {minus, plus} from './histogram-value.ts';
import type {HistogramValue, Instrument, Point} from './point.ts';

/** A phase's row, besides the series' identity. */
type Row =
  | {kind: 'sum'; isMonotonic: boolean; increase: number; last: number}
  | {kind: 'gauge'; total: number; pointCount: number; max: number; last: number}
  | {kind: 'histogram'; value: HistogramValue};

type Previous = {
  readonly startMs: number | null;
  readonly atMs: number;
  readonly sum: number;
  readonly histogram: HistogramValue | null;
};

type CountedPoint = Exclude<Point, {kind: 'gauge'}>;

/**
 * A point covers the time since the previous point; its growth can straddle a phase's edge. It is attributed as a
 * whole to the phase in which the middle of that time lies. So the flush that follows an edge by some ms still counts
 * for the phase that has just ended, and without a flush no more than half an export interval of growth lands in a
 * neighbouring phase. A gauge's point belongs to the phase in which it was read.
 */
export class MetricSeries {
  readonly #instrument: Instrument;
  readonly #attributes: Attributes;
  readonly #rows = new Map<number, Row>();
  #previous: Previous | null = null;

  constructor(instrument: Instrument, attributes: Attributes) {
    this.#instrument = instrument;
    this.#attributes = attributes;
  }

  /**
   * Adds a point. One that is not later than the last is a repetition, and is skipped.
   * @param absentAtMs when the sender's metrics were last read without this series, null if never
   */
  add(point: Point, absentAtMs: number | null, phaseAt: (atMs: number) => number): void {
    if (this.#previous !== null && point.atMs <= this.#previous.atMs) return;
    if (point.kind === 'gauge') {
      this.#addGauge(point.value, phaseAt(point.atMs));
      this.#previous = {startMs: null, atMs: point.atMs, sum: 0, histogram: null};
      return;
    }
    const phase = phaseAt((this.#countedFrom(point, absentAtMs) + point.atMs) / 2);
    const before = this.#isReset(point) ? null : this.#previous;
    if (point.kind === 'sum') {
      const increase = point.temporality === 'delta' ? point.value : point.value - (before?.sum ?? 0);
      const last = point.temporality === 'delta' ? point.value + (this.#previous?.sum ?? 0) : point.value;
      this.#addSum(increase, last, point.isMonotonic, phase);
      this.#previous = {startMs: point.startMs, atMs: point.atMs, sum: last, histogram: null};
      return;
    }
    const earlier = point.temporality === 'delta' ? null : (before?.histogram ?? null);
    this.#addHistogram(earlier === null ? point.value : minus(point.value, earlier), phase);
    this.#previous = {startMs: point.startMs, atMs: point.atMs, sum: 0, histogram: point.value};
  }

  /**
   * Since when the point counts. Some SDKs give every series their own start, long before a late series counted
   * anything; the JavaScript one lets an observable's first point start at its own time, which says nothing.
   */
  #countedFrom({startMs, atMs}: CountedPoint, absentAtMs: number | null): number {
    // Before the trial's origin, at 0 ms, there was no library.
    const knownEmptyAtMs = Math.min(this.#previous?.atMs ?? absentAtMs ?? 0, atMs);
    return startMs === null || startMs >= atMs ? knownEmptyAtMs : Math.max(startMs, knownEmptyAtMs);
  }

  /** A cumulative series that has restarted counts from zero again. */
  #isReset(point: CountedPoint): boolean {
    if (this.#previous === null) return false;
    const {startMs, atMs} = this.#previous;
    if (point.startMs !== null && point.startMs !== startMs && point.startMs >= atMs) return true;
    if (point.kind === 'histogram') return point.value.count < (this.#previous.histogram?.count ?? 0);
    return point.isMonotonic && point.value < this.#previous.sum;
  }

  #addGauge(value: number, phase: number): void {
    const row = this.#rows.get(phase);
    if (row?.kind === 'gauge') {
      row.total += value;
      row.pointCount += 1;
      row.max = Math.max(row.max, value);
      row.last = value;
    } else this.#rows.set(phase, {kind: 'gauge', total: value, pointCount: 1, max: value, last: value});
  }

  #addSum(increase: number, last: number, isMonotonic: boolean, phase: number): void {
    const row = this.#rows.get(phase);
    if (row?.kind === 'sum') {
      row.increase += increase;
      row.last = last;
    } else this.#rows.set(phase, {kind: 'sum', isMonotonic, increase, last});
  }

  #addHistogram(value: HistogramValue, phase: number): void {
    const row = this.#rows.get(phase);
    if (row?.kind === 'histogram') row.value = plus(row.value, value);
    else this.#rows.set(phase, {kind: 'histogram', value});
  }

  toSummaries(): readonly MetricSummary[] {
    return [...this.#rows].map(([phase, row]): MetricSummary => {
      const series = {phase, ...this.#instrument, attributes: this.#attributes};
      if (row.kind === 'histogram') return {...series, kind: 'histogram', ...row.value};
      if (row.kind === 'sum') return {...series, ...row};
      return {...series, kind: 'gauge', mean: row.total / row.pointCount, max: row.max, last: row.last};
    });
  }
}
