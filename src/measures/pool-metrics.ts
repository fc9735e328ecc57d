// What a library's pool reports on itself, by OpenTelemetry's names for database clients.
import type {MetricSummary} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';

type Named<Kind extends MetricSummary['kind']> = Extract<MetricSummary, {kind: Kind}>;

export const poolMetrics = (trial: Trial, name: string): readonly MetricSummary[] =>
  (trial.telemetry?.metrics ?? []).filter(metric => metric.name === `db.client.connection.${name}`);

/** By any name that libraries give the attribute. */
export const isUsed = ({attributes}: MetricSummary): boolean => Object.values(attributes).includes('used');

/** A level that goes up and down is a gauge, or a sum with its last value. */
export const lastOf = (metric: MetricSummary): number => (metric.kind === 'histogram' ? 0 : metric.last);

/** The bound below which `p` of the samples lie; the last bound for those above all. */
export const boundAt = ({bounds, bucketCounts, count}: Named<'histogram'>, p: number): number => {
  let seen = 0;
  for (const [index, bucket] of bucketCounts.entries()) {
    seen += bucket;
    if (seen >= p * count) return bounds[index] ?? bounds.at(-1) ?? 0;
  }
  return 0;
};
