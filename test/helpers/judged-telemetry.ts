// What undici's instrumentation and the runtime's would have said in a run that never took place.
import type {FailureClass} from '../../src/model/driver-witness.ts';
import {
  type MetricSummary,
  type Span,
  type SpanGroup,
  type TelemetryObservation,
  traceIdOfOperation,
} from '../../src/model/telemetry.ts';

const scope = '@opentelemetry/instrumentation-undici';
const runtimeScope = '@opentelemetry/instrumentation-runtime-node';

const okSpans: {readonly [variant: string]: readonly number[]} = {
  defaults: [400, 800, 800, 0, 0, 0, 1092],
  bounded: [400, 800, 798, 0, 0, 0, 1194],
};

const groupOf = (
  phase: number,
  status: 'unset' | 'error',
  errorType: string | null,
  count: number,
): SpanGroup => ({
  phase,
  scope,
  name: 'GET',
  kind: 'client',
  status,
  errorType,
  count,
  durationP50Ms: 1.3,
  durationP99Ms: 4.2,
  durationMaxMs: 9.1,
});

const metricsOf = (phase: number, count: number): MetricSummary[] => {
  const runtime = {phase, scope: runtimeScope, attributes: {}};
  return [
    {
      kind: 'histogram',
      phase,
      scope,
      name: 'http.client.request.duration',
      unit: 's',
      attributes: {'http.request.method': 'GET'},
      count,
      sum: count * (phase === 2 ? 0.3021 : 0.0014),
      bounds: [0.005],
      bucketCounts: [count, 0],
    },
    {
      kind: 'gauge',
      ...runtime,
      name: 'nodejs.eventloop.delay.p99',
      unit: 's',
      mean: 0.0108,
      max: 0.0113,
      last: 0.011,
    },
    {
      kind: 'gauge',
      ...runtime,
      name: 'nodejs.eventloop.utilization',
      unit: '1',
      mean: 0.052,
      max: 0.06,
      last: 0.05,
    },
    {
      kind: 'histogram',
      ...runtime,
      name: 'v8js.gc.duration',
      unit: 's',
      count: 9,
      sum: 0.0171,
      bounds: [0.01],
      bucketCounts: [9, 0],
    },
  ];
};

/** Of each class of failure one operation: two attempts, if it took long enough for two. */
const exemplarsOf = ({error, examples}: FailureClass): Span[] =>
  examples.slice(0, 1).flatMap(({index, startMs, durationMs}) => {
    const times = durationMs > 100 ? [0.1, 0.55] : [0.1];
    return times.map(
      (share, attempt): Span => ({
        traceId: traceIdOfOperation('5eed0000000000a1', index),
        spanId: `${attempt}`.padStart(16, 'a'),
        parentSpanId: '0000000000000001',
        scope,
        name: 'GET',
        kind: 'client',
        startMs: startMs + share * durationMs,
        endMs: startMs + (share + 0.4) * durationMs,
        status: 'error',
        statusMessage: error.message,
        attributes: {'error.type': error.code},
        events: [],
      }),
    );
  });

export const telemetryOf = (
  failures: readonly FailureClass[],
  variant: string,
  reached: number,
): TelemetryObservation => {
  const groups = Array.from({length: reached}, (_, phase) => {
    const ok = okSpans[variant]?.[phase] ?? 0;
    return [
      ...(ok > 0 ? [groupOf(phase, 'unset', null, ok)] : []),
      ...failures
        .filter(({countByPhase}) => countByPhase[phase] !== undefined)
        .map(({error, countByPhase}) => groupOf(phase, 'error', error.code, countByPhase[phase] ?? 0)),
    ];
  }).flat();
  return {
    resource: {'service.name': 'undici-stall'},
    spanCount: groups.reduce((sum, {count}) => sum + count, 0),
    ungroupedSpanCount: 0,
    groups,
    metrics: Array.from({length: reached}, (_, phase) =>
      metricsOf(
        phase,
        groups.filter(group => group.phase === phase).reduce((sum, {count}) => sum + count, 0),
      ),
    ).flat(),
    exemplars: failures.flatMap(exemplarsOf),
    spansPerOperation: '',
    operations: null,
    shapes: null,
    logs: null,
    logRecordCount: 0,
    requestCount: 61,
    requestBytes: 412_000,
    refusals: {},
  };
};
