// Do a library's duration histograms and its spans count the same?
import type {Measured} from '../model/finding.ts';
import type {ConventionArea, MetricSummary, SpanShape} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';

/** The histogram that goes with an area's client spans; the older names too. */
const histograms: readonly (readonly [name: string, area: ConventionArea])[] = [
  ['http.client.request.duration', 'http'],
  ['http.client.duration', 'http'],
  ['db.client.operation.duration', 'db'],
  ['rpc.client.call.duration', 'rpc'],
  ['rpc.client.duration', 'rpc'],
  ['gen_ai.client.operation.duration', 'gen-ai'],
];

type Recorded = Extract<MetricSummary, {kind: 'histogram'}>;

/** Over the whole trial: a span belongs to the phase of its start, a point of a histogram to that of its end. */
export const metricDisagreements = (trial: Trial, threshold: number): Measured[] => {
  const {metrics = [], shapes} = trial.telemetry ?? {};
  if (!shapes) return [];
  return histograms.flatMap(([name, area]) => {
    const recorded = metrics
      .filter(metric => metric.kind === 'histogram')
      .filter(metric => metric.name === name);
    return [...new Set(recorded.map(({scope}) => scope))].flatMap(scope => {
      const points = recorded.filter(metric => metric.scope === scope);
      const spans = shapes.filter(
        shape => shape.scope === scope && shape.area === area && shape.kind === 'client',
      );
      return spans.length === 0
        ? []
        : [
            ...difference(name, 'all', countOf(points), countOf(spans), threshold),
            ...difference(
              name,
              'failed',
              countOf(points.filter(isError)),
              countOf(spans.filter(isErrorSpan)),
              threshold,
            ),
          ];
    });
  });
};

const countOf = (counted: readonly {readonly count: number}[]): number =>
  counted.reduce((sum, {count}) => sum + count, 0);

const isError = ({attributes}: Recorded): boolean => (attributes['error.type'] ?? null) !== null;
const isErrorSpan = ({attributes}: SpanShape): boolean => (attributes['error.type'] ?? 'null') !== 'null';

const difference = (
  metric: string,
  which: 'all' | 'failed',
  metricCount: number,
  spanCount: number,
  threshold: number,
): Measured[] => {
  const count = Math.max(metricCount, spanCount);
  const share = count === 0 ? 0 : Math.abs(metricCount - spanCount) / count;
  if (share <= threshold) return [];
  const what = which === 'all' ? '' : ' with an error.type';
  const says = `${metric} counts ${metricCount}${what}, and there are ${spanCount} spans${what}.`;
  return [{witness: 'telemetry', says, value: share, threshold, unit: 'share', count, operations: []}];
};
