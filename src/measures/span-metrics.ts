// Do a library's duration histograms and its spans count the same?
import type {Comparison} from '../model/finding.ts';
import type {ConventionArea, MetricSummary, Span, SpanGroup, SpanShape} from '../model/telemetry.ts';
import type {Trial} from '../model/trial.ts';
import {type Found, found, phaseAt, phaseName} from './evidence.ts';
import {exampleSpans} from './example-spans.ts';

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

const databaseOperation: readonly string[] = [
  'db.operation.name',
  'db.operation',
  'db.query.summary',
  'db.query.text',
  'db.statement',
];

/**
 * A database span without any of these opens a connection, or waits for one: it is no operation, and no duration is
 * recorded for it.
 */
const isOperation = (area: ConventionArea, attributes: object): boolean =>
  area !== 'db' || databaseOperation.some(name => name in attributes);

export type MetricComparison = {readonly comparison: Comparison; readonly found: readonly Found[]};

/**
 * Counted over the whole trial, since a span belongs to the phase of its start and a point of a histogram to that of
 * its end. The finding names the phase in which the two differ most.
 */
export const metricComparisons = (trial: Trial, threshold: number): MetricComparison[] => {
  const {metrics = [], shapes} = trial.telemetry ?? {};
  if (!shapes) return [];
  return histograms.flatMap(([name, area]) => {
    const recorded = metrics
      .filter(metric => metric.kind === 'histogram')
      .filter(metric => metric.name === name);
    return [...new Set(recorded.map(({scope}) => scope))].flatMap(scope => {
      const points = recorded.filter(metric => metric.scope === scope);
      const spans = shapes.filter(
        shape =>
          shape.scope === scope &&
          shape.area === area &&
          shape.kind === 'client' &&
          isOperation(area, shape.attributes),
      );
      if (spans.length === 0) return [];
      return [
        difference(trial, {name, area, scope, which: 'all', points, spans}, threshold),
        difference(
          trial,
          {
            name,
            area,
            scope,
            which: 'failed',
            points: points.filter(isError),
            spans: spans.filter(isErrorSpan),
          },
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

type Pair = {
  readonly name: string;
  readonly area: ConventionArea;
  readonly scope: string;
  readonly which: 'all' | 'failed';
  readonly points: readonly Recorded[];
  readonly spans: readonly SpanShape[];
};

const difference = (trial: Trial, pair: Pair, threshold: number): MetricComparison => {
  const {name, which, points, spans} = pair;
  const [metricCount, spanCount] = [countOf(points), countOf(spans)];
  const count = Math.max(metricCount, spanCount);
  const differingCount = Math.abs(metricCount - spanCount);
  const share = count === 0 ? 0 : differingCount / count;
  const having = which === 'all' ? '' : ' with an error.type';
  const phase = mostDifferent(trial, pair);
  const examples =
    differingCount === 0
      ? {operations: [], traces: []}
      : exampleSpans(trial, span => isOfPair(span, pair) && phaseAt(trial, span.startMs) === phase);
  const statement = `${name} counts ${metricCount}${having}, but there are ${spanCount} spans${having}; they differ most in phase ${phase}.`;
  return {
    comparison: {what: `${name} and its spans${having}`, count, differingCount, ...examples},
    found:
      share <= threshold
        ? []
        : [
            found(phase, {
              witness: 'telemetry',
              statement,
              value: share,
              threshold,
              unit: 'share',
              count,
              ...examples,
            }),
          ],
  };
};

const isOfPair = ({scope, kind, attributes}: Span, pair: Pair): boolean =>
  scope === pair.scope &&
  kind === 'client' &&
  isOperation(pair.area, attributes) &&
  (pair.which === 'all' || attributes['error.type'] != null);

const mostDifferent = (trial: Trial, {scope, which, points}: Pair): string => {
  const groups = (trial.telemetry?.groups ?? []).filter(
    (group: SpanGroup) =>
      group.scope === scope && group.kind === 'client' && (which === 'all' || group.errorType !== null),
  );
  const phases = [...new Set([...points, ...groups].map(({phase}) => phase))];
  const offIn = (phase: number): number => {
    const of = (counted: readonly {readonly phase: number; readonly count: number}[]): number =>
      countOf(counted.filter(one => one.phase === phase));
    return Math.abs(of(points) - of(groups));
  };
  const [worst = 0] = phases.toSorted((a, b) => offIn(b) - offIn(a));
  return phaseName(trial, worst);
};
