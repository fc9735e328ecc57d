// What the library itself reported in one phase: its spans by how they ended, and the metrics that matter here.
import type {MetricSummary, SpanGroup} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {medianOf} from '../../stats/quantile.ts';

export type LibrarySignals = {
  readonly spanCount: number;
  /** Spans by status, and by error.type where they have one; the most frequent first. */
  readonly spanEnds: readonly {
    readonly status: string;
    readonly errorType: string | null;
    readonly count: number;
  }[];
  /** `http.client.request.duration` and its like. */
  readonly durations: readonly {
    readonly metric: string;
    readonly count: number;
    readonly meanMs: number | null;
  }[];
  readonly loopUtilisationRatio: number | null;
  readonly gcMs: number | null;
  readonly gcCount: number | null;
};

/** Medians over the trials that sent telemetry; null where none did. */
export const librarySignals = (trials: readonly Trial[], phase: number): LibrarySignals | null => {
  const heard = trials.flatMap(({telemetry}) => (telemetry ? [telemetry] : []));
  if (heard.length === 0) return null;
  const groups = heard.map(telemetry => telemetry.groups.filter(group => group.phase === phase));
  const metrics = heard.map(telemetry => telemetry.metrics.filter(metric => metric.phase === phase));
  const gc = metrics.map(series => totalOf(series, 'v8js.gc.duration') ?? totalOf(series, 'jvm.gc.duration'));
  return {
    spanCount: medianOf(groups.map(spanCountOf)) ?? 0,
    spanEnds: spanEndsOf(groups),
    durations: durationNames(metrics).map(metric => durationOf(metrics, metric)),
    loopUtilisationRatio: medianOf(metrics.map(series => gaugeMean(series, 'nodejs.eventloop.utilization'))),
    gcMs: medianOf(gc.map(total => total?.sumMs ?? null)),
    gcCount: medianOf(gc.map(total => total?.count ?? null)),
  };
};

const spanCountOf = (groups: readonly SpanGroup[]): number =>
  groups.reduce((sum, group) => sum + group.count, 0);

const endOf = (group: SpanGroup): string =>
  JSON.stringify([group.status, group.errorType === null ? null : String(group.errorType)]);

const spanEndsOf = (trials: readonly (readonly SpanGroup[])[]): LibrarySignals['spanEnds'] =>
  [...new Set(trials.flatMap(groups => groups.map(endOf)))]
    .map(end => {
      const [status, errorType] = JSON.parse(end) as [string, string | null];
      const counts = trials.map(groups => spanCountOf(groups.filter(group => endOf(group) === end)));
      return {status, errorType, count: medianOf(counts) ?? 0};
    })
    .sort((a, b) => b.count - a.count || (a.errorType ?? '').localeCompare(b.errorType ?? '', 'en'));

const durationNames = (trials: readonly (readonly MetricSummary[])[]): string[] =>
  [...new Set(trials.flatMap(series => series.map(({name}) => name)))]
    .filter(name => name.endsWith('.duration') && !/^(?:v8js|jvm|go)\./.test(name))
    .sort();

const durationOf = (trials: readonly (readonly MetricSummary[])[], metric: string) => {
  const totals = trials.map(series => totalOf(series, metric));
  return {
    metric,
    count: medianOf(totals.map(total => total?.count ?? 0)) ?? 0,
    meanMs: medianOf(totals.map(total => (total && total.count > 0 ? total.sumMs / total.count : null))),
  };
};

/** All series of a histogram together; null without one. */
const totalOf = (series: readonly MetricSummary[], name: string): {count: number; sumMs: number} | null => {
  const found = series.filter(metric => metric.kind === 'histogram').filter(metric => metric.name === name);
  if (found.length === 0) return null;
  return {
    count: found.reduce((sum, metric) => sum + metric.count, 0),
    sumMs: found.reduce((sum, metric) => sum + metric.sum * msPer(metric.unit), 0),
  };
};

const gaugeMean = (series: readonly MetricSummary[], name: string): number | null =>
  medianOf(
    series
      .filter(metric => metric.kind === 'gauge' && metric.name === name)
      .map(metric => (metric.kind === 'gauge' ? metric.mean : null)),
  );

const msPer = (unit: string): number =>
  unit === 's' ? 1000 : unit === 'us' ? 0.001 : unit === 'ns' ? 1e-6 : 1;
