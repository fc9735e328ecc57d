// All metric series of a trial, bounded in number.
import type {Attributes, MetricSummary} from '../model/telemetry.ts';
import {MetricSeries} from './metric-series.ts';
import type {Point} from './point.ts';

/** The SDK's own cardinality limit: a library that reaches it is losing attributes already. */
const seriesPerInstrumentLimit = 2000;
const seriesLimit = 20_000;

const seriesKey = (attributes: Attributes): string =>
  JSON.stringify(Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : 1)));

export class MetricTable {
  readonly #instruments = new Map<string, Map<string, MetricSeries>>();
  #seriesCount = 0;
  /** When the sender read its metrics, the last two times. */
  #readAtMs: readonly number[] = [];
  /** Points of series beyond the limits. */
  unsummedCount = 0;

  /** Adds the points of one request, which an SDK sends once for each time it reads its metrics. */
  add(points: readonly Point[], phaseAt: (atMs: number) => number): void {
    for (const point of points) {
      const series = this.#seriesOf(point);
      if (series === null) this.unsummedCount += 1;
      else series.add(point, this.#readBefore(point.atMs), phaseAt);
    }
    const latestMs = points.reduce((latest, {atMs}) => Math.max(latest, atMs), Number.NEGATIVE_INFINITY);
    if (latestMs > (this.#readAtMs[0] ?? Number.NEGATIVE_INFINITY)) {
      this.#readAtMs = [latestMs, ...this.#readAtMs.slice(0, 1)];
    }
  }

  /** One reading may come in several requests. */
  #readBefore(atMs: number): number | null {
    return this.#readAtMs.find(readAtMs => readAtMs < atMs) ?? null;
  }

  #seriesOf(point: Point): MetricSeries | null {
    const {scope, name, unit} = point.instrument;
    const instrumentKey = `${point.kind}\0${unit}\0${scope}\0${name}`;
    const instrument = this.#instruments.get(instrumentKey) ?? new Map<string, MetricSeries>();
    const key = seriesKey(point.attributes);
    const known = instrument.get(key);
    if (known !== undefined) return known;
    if (instrument.size >= seriesPerInstrumentLimit || this.#seriesCount >= seriesLimit) return null;
    const series = new MetricSeries(point.instrument, point.attributes);
    instrument.set(key, series);
    this.#instruments.set(instrumentKey, instrument);
    this.#seriesCount += 1;
    return series;
  }

  /** In the order of the phases. */
  toSummaries(): readonly MetricSummary[] {
    const series = [...this.#instruments.values()].flatMap(instrument => [...instrument.values()]);
    const summaries = series.flatMap(one => one.toSummaries());
    return summaries.sort((left, right) => left.phase - right.phase);
  }
}
