// Goals about the library's own metrics, by OpenTelemetry's names.

import {steppedClock, telemetryLoss} from '../../measures/telemetry-account.ts';
import type {TelemetryGoal} from '../../model/goal.ts';
import type {MetricSummary} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';

export type TelemetryFigure = {
  readonly value: number | null;
  readonly count: number;
  readonly reason: string | null;
};

const lossAdvice =
  "give the span processor a larger queue (OTEL_BSP_MAX_QUEUE_SIZE in the environment of the variant's process) or lower the rate";

const clockAdvice = 'run again without anything changing the clock of the machine or the process';

/**
 * All series of these phases that have the name and the attributes, taken together. Where spans were lost, metrics of
 * the same SDK may be missing too: those are not counted, and the figure cannot be judged by. Nor can it where the
 * clock was set.
 */
export const telemetryFigure = (
  trial: Trial,
  phases: readonly number[],
  goal: TelemetryGoal,
): TelemetryFigure => {
  const figure = figureOf(trial, phases, goal);
  const stepped = steppedClock(trial);
  if (trial.telemetry && stepped !== null) return {...figure, reason: `${stepped}; ${clockAdvice}`};
  if (figure.reason !== null) return figure;
  const loss = telemetryLoss(trial);
  return loss === null ? figure : {...figure, reason: `${loss}; ${lossAdvice}`};
};

const figureOf = (
  trial: Trial,
  phases: readonly number[],
  {metric, attributes = {}, stat, max = Number.POSITIVE_INFINITY}: TelemetryGoal,
): TelemetryFigure => {
  const none = (reason: string): TelemetryFigure => ({value: null, count: 0, reason});
  if (!trial.telemetry) return none('no telemetry was received');
  const named = trial.telemetry.metrics.filter(({name}) => name === metric);
  if (named.length === 0) return none(`the library does not emit the metric ${metric}`);
  const series = named.filter(
    candidate =>
      phases.includes(candidate.phase) &&
      Object.entries(attributes).every(([key, value]) => candidate.attributes[key] === value),
  );
  if (series.length === 0) return none(`no series of ${metric} has these attributes in this phase`);
  const value = statOf(series, stat);
  if (value === Number.POSITIVE_INFINITY) {
    const last = Math.max(...ofKind(series, 'histogram').flatMap(({bounds}) => bounds.at(-1) ?? 0));
    // More than the last bound is more than a limit below it; of a higher limit nothing is known.
    const reason = last > max ? null : `it is above ${last}, the highest bucket boundary`;
    return {value: last, count: countOf(series), reason};
  }
  return value === null
    ? none(`${metric} is a ${series[0]!.kind}, which has no ${stat}`)
    : {value, count: countOf(series), reason: null};
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

type Kind<Name extends MetricSummary['kind']> = Extract<MetricSummary, {kind: Name}>;

const ofKind = <Name extends MetricSummary['kind']>(
  series: readonly MetricSummary[],
  kind: Name,
): Kind<Name>[] => series.filter((metric): metric is Kind<Name> => metric.kind === kind);

const statOf = (series: readonly MetricSummary[], stat: TelemetryGoal['stat']): number | null => {
  const histograms = ofKind(series, 'histogram');
  const gauges = ofKind(series, 'gauge');
  const sums = ofKind(series, 'sum');
  const count = sum(histograms.map(histogram => histogram.count));
  switch (stat) {
    case 'p50':
    case 'p90':
    case 'p99':
      return count === 0 ? null : boundOf(histograms, Number(stat.slice(1)) / 100);
    case 'mean':
      if (count > 0) return sum(histograms.map(histogram => histogram.sum)) / count;
      return gauges.length === 0 ? null : sum(gauges.map(({mean}) => mean)) / gauges.length;
    case 'max':
      return gauges.length === 0 ? null : Math.max(...gauges.map(({max}) => max));
    case 'increase':
      return sums.length === 0 ? null : sum(sums.map(({increase}) => increase));
    case 'last':
      return sums.length + gauges.length === 0 ? null : sum([...sums, ...gauges].map(({last}) => last));
    case 'count':
      return histograms.length === 0 ? null : count;
  }
};

/**
 * The upper bound of the bucket that holds the quantile; infinite above the last bound. All series of a metric have
 * the same buckets.
 */
const boundOf = (histograms: readonly Kind<'histogram'>[], p: number): number => {
  const counted = histograms
    .flatMap(({bounds, bucketCounts}) =>
      bucketCounts.map((count, index) => ({count, bound: bounds[index] ?? Number.POSITIVE_INFINITY})),
    )
    .sort((a, b) => a.bound - b.bound);
  const wanted = p * sum(counted.map(({count}) => count));
  let seen = 0;
  for (const {count, bound} of counted) {
    seen += count;
    if (seen >= wanted) return bound;
  }
  return Number.POSITIVE_INFINITY;
};

const countOf = (series: readonly MetricSummary[]): number =>
  sum(series.map(metric => (metric.kind === 'histogram' ? metric.count : 1)));
