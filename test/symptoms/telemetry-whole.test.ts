// All that detectors of telemetry and of pools say, with what was compared: see operations-whole.
import test from 'ava';
import {durationCode} from '../../src/model/duration-code.ts';
import type {OutcomeStatus} from '../../src/model/outcome.ts';
import type {Plan} from '../../src/model/plan.ts';
import {
  type AttributeValue,
  endedAgainEvent,
  type MetricSummary,
  operationMarks,
  type Span,
  type SpanGroup,
  type TelemetryObservation,
} from '../../src/model/telemetry.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers, tells} from '../helpers/symptom-macro.ts';
import {
  baseline,
  booksOf,
  connectionsAt,
  fault,
  figuresOf,
  presentOf,
  recovery,
  resourcesOf,
  type TrialChanges,
  telemetryOf,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';

type Operation = {
  readonly phase: number;
  readonly status?: OutcomeStatus;
  readonly attempts?: number;
  readonly spans?: number;
  readonly mark?: number;
  readonly driverMs?: number;
  readonly spanMs?: number;
};

const base64 = (values: readonly number[]): string => Buffer.from(values).toString('base64');
const codeOf = (ms: number): number => (ms === 0 ? 0 : durationCode(ms));

const sum = (name: string, changes: Partial<MetricSummary> = {}): MetricSummary =>
  ({
    kind: 'sum',
    isMonotonic: true,
    phase: recovery,
    scope: 'pg',
    name,
    unit: '',
    attributes: {},
    increase: 0,
    last: 0,
    ...changes,
  }) as MetricSummary;

/** Operations with their spans, and an SDK that reports on itself. */
const seen = (
  operations: readonly Operation[],
  changes: Partial<TelemetryObservation> = {},
  more: TrialChanges = {},
): TrialChanges => {
  const spans = operations.map(operation => operation.spans ?? 1);
  const books = booksOf(operations);
  const plain = telemetryOf(spans);
  return {
    ...more,
    ledger: books.ledger!,
    driver: {
      ...books.driver,
      operationDurations: Uint8Array.from(operations, ({driverMs = 0}) => codeOf(driverMs)),
      ...more.driver,
    },
    telemetry: {
      ...plain,
      operations: {
        httpSpans: base64(spans),
        callSpans: '',
        marks: base64(operations.map(({mark = 0}) => mark)),
        durations: base64(operations.map(({spanMs = 0}) => codeOf(spanMs))),
      },
      ...changes,
      metrics: [
        sum('otel.sdk.span.started', {scope: 'sdk', last: plain.spanCount} as Partial<MetricSummary>),
        ...(changes.metrics ?? []),
      ],
    },
  };
};

const many = (count: number, operation: Operation): Operation[] =>
  Array.from({length: count}, () => operation);

test(
  'attempts without a span',
  tells,
  'hidden-attempts',
  seen([
    {phase: warmUp, attempts: 9},
    {phase: baseline, attempts: 2, spans: 2},
    {phase: fault, attempts: 3, spans: 1},
    {phase: fault, attempts: 2, spans: 2},
    {phase: recovery, attempts: 3, spans: 0},
    {phase: recovery, attempts: 1, spans: 5},
  ]),
  [
    'warn recovery',
    'recovery: telemetry 0.75 > 0.01 share of 4; 3 4; defaults-1-4 trace 5',
    'stall: telemetry 0.4 > 0.01 share of 5; 2 5; defaults-1-2 trace 3',
    'compared 11, 5 differ; defaults-1-2 defaults-1-4 trace 3 trace 5',
  ],
);
test(
  '1 of 100 attempts',
  tells,
  'hidden-attempts',
  seen([...many(99, {phase: fault}), {phase: fault, spans: 0}]),
  ['clear', 'compared 100, 1 differ; defaults-1-99 trace 64'],
);
test(
  'what was lost',
  tells,
  'telemetry-lost',
  {
    telemetry: {
      ...telemetryOf([1, 1, 1]),
      refusals: {malformed: 2},
      metrics: [
        sum('otel.sdk.span.started', {scope: 'sdk', last: 12} as Partial<MetricSummary>),
        sum('otel.sdk.span.live', {scope: 'sdk', last: 2} as Partial<MetricSummary>),
        sum('otel.sdk.processor.span.processed', {
          scope: 'sdk',
          last: 4,
          attributes: {'error.type': 'queue_full'},
        } as Partial<MetricSummary>),
      ],
    },
  },
  ['warn drain', 'drain: telemetry 0.7 > 0.001 share of 10; 3 10 4 2', 'compared 10, 7 differ'],
);
test('that nothing was lost', tells, 'telemetry-lost', seen(many(3, {phase: fault})), [
  'clear',
  'compared 3, 0 differ',
]);
test('that more came than was made', tells, 'telemetry-lost', seen(many(3, {phase: fault}), {spanCount: 4}), [
  'clear',
  'compared 3, 0 differ',
]);
test(
  'nothing for sure of a process that died',
  tells,
  'telemetry-lost',
  {...seen(many(3, {phase: fault})), end: {kind: 'unresponsive'}},
  ['inconclusive'],
);

const leftOpen = (openCount: number, inFlight: number, spans = 1): TrialChanges =>
  seen(
    [...many(2, {phase: baseline, spans}), {phase: fault, spans: 0}],
    {openAfterLoad: {openCount, endedLaterCount: 1}},
    {
      driver: {drained: {atMs: 19_500, inFlight}},
    },
  );
test('what is open', tells, 'span-leak', leftOpen(4, 1), [
  'warn drain',
  'drain: telemetry 2 > 0 count of 3; 3 1; defaults-1-2 trace 3',
  'compared 2, 2 differ; defaults-1-2 trace 3',
  'compared 2, 0 differ',
]);
test('what is due to operations in flight', tells, 'span-leak', leftOpen(2, 1), [
  'clear',
  'compared 2, 0 differ',
  'compared 2, 0 differ',
]);
test('what is due to operations with two spans each', tells, 'span-leak', leftOpen(4, 1, 2), [
  'warn drain',
  'drain: telemetry 1 > 0 count of 3; 3 1; defaults-1-2 trace 3',
  'compared 4, 1 differ; defaults-1-2 trace 3',
  'compared 4, 0 differ',
]);
const ended = (phase: number, count: number, eventName: string = endedAgainEvent) =>
  ({phase, scope: 'pg', severity: 'info', eventName, count}) as const;
test(
  'what was ended again',
  tells,
  'span-leak',
  seen(many(3, {phase: fault}), {
    openAfterLoad: {openCount: 0, endedLaterCount: 0},
    logs: {
      counts: [ended(baseline, 1), ended(fault, 3), ended(recovery, 2), ended(recovery, 9, 'another')],
      entries: [2, 2, 1].map(
        index =>
          ({
            atMs: 0,
            scope: 'pg',
            severity: 'info',
            eventName: endedAgainEvent,
            body: null,
            attributes: {},
            traceId: `0123456789abcdef000000000000000${index}`,
          }) as const,
      ),
    },
  }),
  [
    'warn stall',
    'stall: telemetry 3 > 0 count of 3; 3; defaults-1-1 defaults-1-0 trace 2 trace 1',
    'recovery: telemetry 2 > 0 count of 2; 2; defaults-1-1 defaults-1-0 trace 2 trace 1',
    'baseline: telemetry 1 > 0 count of 1; 1; defaults-1-1 defaults-1-0 trace 2 trace 1',
    'compared 3, 0 differ',
    'compared 3, 6 differ; defaults-1-1 defaults-1-0 trace 2 trace 1',
  ],
);

const {lastIsError, lastHasErrorStatus} = operationMarks;
test(
  'both phases, and both kinds',
  tells,
  'telemetry-contradicts',
  seen([
    {phase: warmUp, status: 'failed'},
    {phase: fault, status: 'failed'},
    {phase: fault, status: 'unknown', mark: lastIsError},
    {phase: fault, mark: lastIsError},
    {phase: fault},
    {phase: fault},
    {phase: recovery, status: 'unknown'},
    {phase: recovery, status: 'failed'},
    {phase: recovery, status: 'rejected'},
    {phase: recovery, mark: lastIsError | lastHasErrorStatus},
    {phase: recovery, mark: lastHasErrorStatus},
  ]),
  [
    'warn recovery',
    'recovery: telemetry 1 > 0.01 share of 2; 2; defaults-1-6 defaults-1-7 trace 7 trace 8',
    'stall: telemetry 0.5 > 0.01 share of 2; 1; defaults-1-1 trace 2',
    'stall: telemetry 0.3333 > 0.01 share of 3; 1; defaults-1-3 trace 4',
    'compared 4, 3 differ; defaults-1-1 trace 2',
    'compared 5, 1 differ; defaults-1-3 trace 4',
  ],
);
test(
  '1 of 100 operations',
  tells,
  'telemetry-contradicts',
  seen([...many(99, {phase: fault}), {phase: fault, mark: lastIsError}]),
  ['clear', 'compared 0, 0 differ', 'compared 100, 1 differ; defaults-1-99 trace 64'],
);
test(
  'what the caller aborted',
  tells,
  'telemetry-contradicts',
  seen(
    many(4, {phase: fault, status: 'failed'}),
    {},
    {
      driver: {
        failures: [
          ['AbortError', null, 1],
          ['TimeoutError', null, 1],
          ['TimeoutError', 'ETIMEDOUT', 7],
          ['ApplicationError', null, 2],
        ].map(([name, code, count]) => ({
          key: `${name} ${code}`,
          status: 'failed',
          error: {name, code, message: '', stack: [], causes: []},
          count,
          countByPhase: {[fault]: count, [recovery]: 9},
          examples: [],
        })) as unknown as NonNullable<NonNullable<TrialChanges['driver']>['failures']>,
      },
    },
  ),
  [
    'warn stall',
    'stall: telemetry 0.5 > 0.01 share of 4; 2 2 2; defaults-1-0 defaults-1-1 defaults-1-2 trace 1 trace 2 trace 3',
    'compared 4, 2 differ; defaults-1-0 defaults-1-1 defaults-1-2 trace 1 trace 2 trace 3',
    'compared 0, 0 differ',
  ],
);

const timed = (phase: number, count: number, driverMs: number, spanMs: number): Operation[] =>
  many(count, {phase, driverMs, spanMs});
test(
  'durations of both phases',
  tells,
  'duration-misreported',
  seen(
    [
      ...timed(warmUp, 20, 100, 10),
      ...timed(baseline, 9, 100, 10),
      ...timed(fault, 6, 100, 50),
      ...timed(fault, 4, 100, 100),
      ...timed(recovery, 11, 50, 200),
    ],
    {},
    {phaseResources: [resourcesOf(recovery, {loopDelayP99Ms: 7})]},
  ),
  [
    'warn recovery',
    'recovery: telemetry 147.5039 > 17 ms of 11; 11 11 50 200; defaults-1-39 defaults-1-40 defaults-1-41 trace 28 trace 29 trace 2a',
    'stall: telemetry 53.0262 > 10 ms of 10; 6 10 100 50; defaults-1-29 defaults-1-30 defaults-1-31 trace 1e trace 1f trace 20',
    'compared 21, 17 differ; defaults-1-29 defaults-1-30 defaults-1-31 trace 1e trace 1f trace 20',
  ],
);
test(
  'half of the durations',
  tells,
  'duration-misreported',
  seen([...timed(fault, 5, 100, 50), ...timed(fault, 5, 100, 100)]),
  ['clear', 'compared 10, 5 differ; defaults-1-0 defaults-1-1 defaults-1-2 trace 1 trace 2 trace 3'],
);
test(
  'durations of what succeeded at once',
  tells,
  'duration-misreported',
  seen([
    ...timed(fault, 10, 100, 100),
    ...timed(fault, 20, 100, 50).map(operation => ({...operation, attempts: 2})),
    ...timed(fault, 20, 100, 50).map(operation => ({...operation, status: 'failed' as const})),
    ...timed(fault, 20, 0, 50),
  ]),
  ['clear', 'compared 10, 0 differ'],
);

const group = (
  phase: number,
  count: number,
  errorType: AttributeValue,
  changes: Partial<SpanGroup> = {},
): SpanGroup => ({
  phase,
  scope: 'pg',
  name: 'query',
  kind: 'client',
  status: 'error',
  errorType,
  count,
  durationP50Ms: 1,
  durationP99Ms: 1,
  durationMaxMs: 1,
  ...changes,
});
const span = (index: number, changes: Partial<Span> = {}): Span => ({
  traceId: `0123456789abcdef000000000000000${index}`,
  spanId: `${index}`,
  parentSpanId: null,
  scope: 'pg',
  name: 'query',
  kind: 'client',
  startMs: 6000,
  endMs: 6001,
  status: 'error',
  statusMessage: null,
  attributes: {'error.type': 500},
  events: [],
  ...changes,
});
const grouped = (
  groups: readonly SpanGroup[],
  metrics: readonly MetricSummary[] = [],
  exemplars: readonly Span[] = [],
): TrialChanges => seen([{phase: baseline}], {groups, metrics, exemplars});
const typed = (phase: number, errorType: AttributeValue, changes: object = {}): MetricSummary =>
  sum('pg.errors', {phase, attributes: {'error.type': errorType}, ...changes} as Partial<MetricSummary>);
test(
  'what is no text, or missing, or too much',
  tells,
  'error-type-malformed',
  grouped(
    [
      group(baseline, 1, 'ok'),
      group(fault, 2, 500),
      group(fault, 1, 501),
      group(fault, 1, 502),
      group(fault, 1, 503),
      group(recovery, 9, true),
      group(recovery, 4, null),
      group(fault, 5, null, {status: 'unset'}),
      group(fault, 6, 'ETIMEDOUT', {status: 'ok'}),
      group(fault, 90, 500, {kind: 'server'}),
    ],
    [
      typed(fault, 500, {increase: 5}),
      typed(recovery, 501, {increase: 7}),
      typed(fault, 'ECONNRESET'),
      typed(fault, null),
      sum('otel.x', {attributes: {'error.type': 5}} as Partial<MetricSummary>),
    ],
    [
      span(1),
      span(2, {name: 'other'}),
      span(3, {status: 'ok'}),
      span(4, {scope: 'redis'}),
      span(5, {attributes: {}}),
      span(6),
      span(7, {attributes: {'error.type': 'ETIMEDOUT'}, status: 'ok'}),
      span(8, {attributes: {'error.type': 501}}),
    ],
  ),
  [
    'warn recovery',
    'recovery: telemetry 9 > 0 count of 9; 9',
    'stall: telemetry 5 > 0 count of 5; 5 500 501 502; defaults-1-0 defaults-1-5 defaults-1-7 trace 1 trace 6 trace 8',
    'recovery: telemetry 4 > 0 count of 4; 4; defaults-1-4 trace 5',
    'stall: telemetry 6 > 0 count of 6; 6; defaults-1-6 trace 7',
    'recovery: telemetry 2 > 0 count of 2; 500 501; defaults-1-0 defaults-1-1 defaults-1-2 trace 1 trace 2 trace 3',
    'compared 25, 24 differ; defaults-1-0 defaults-1-4 defaults-1-5 trace 1 trace 5 trace 6',
    'compared 3, 2 differ',
    'compared 7, 0 differ',
  ],
);
test(
  'which phase has most of a metric',
  tells,
  'error-type-malformed',
  grouped(
    [],
    [
      typed(fault, 1, {kind: 'gauge', mean: 9, max: 9, last: 9}),
      typed(recovery, 1, {kind: 'histogram', count: 3, sum: 9, bounds: [], bucketCounts: [3]}),
      typed(baseline, 1, {increase: 2}),
    ],
  ),
  [
    'warn recovery',
    'recovery: telemetry 1 > 0 count of 3; 1',
    'compared 0, 0 differ',
    'compared 3, 3 differ',
    'compared 0, 0 differ',
  ],
);
const values = (count: number, phase: number, scope = 'pg'): SpanGroup[] =>
  Array.from({length: count}, (_, index) => group(phase, 2, `E${phase}-${index}`, {scope}));
test(
  'too many values',
  tells,
  'error-type-malformed',
  grouped(
    [...values(10, baseline), ...values(21, fault), ...values(3, fault, 'redis')],
    [],
    [span(1, {attributes: {'error.type': 'E1-1'}}), span(2, {attributes: {}})],
  ),
  [
    'warn stall',
    'stall: telemetry 31 > 30 count of 62; 31; defaults-1-0 trace 1',
    'compared 68, 0 differ',
    'compared 0, 0 differ',
    'compared 31, 1 differ',
  ],
);
test(
  'as many as are few',
  tells,
  'error-type-malformed',
  grouped([...values(10, baseline), ...values(20, fault)]),
  ['clear', 'compared 60, 0 differ', 'compared 0, 0 differ', 'compared 30, 0 differ'],
);

const series = (
  phase: number,
  count: number,
  attributes: (index: number) => MetricSummary['attributes'],
  name = 'pg.calls',
): MetricSummary[] =>
  Array.from({length: count}, (_, index) =>
    sum(name, {phase, attributes: attributes(index)} as Partial<MetricSummary>),
  );
test(
  'series that grow',
  tells,
  'cardinality-growth',
  grouped(
    [],
    [
      ...series(warmUp, 1, () => ({b: 'x', a: 'y'})),
      ...series(baseline, 1, () => ({a: 'y', b: 'x'})),
      ...series(recovery, 60, index => ({a: 'y', b: `id/defaults-1-${index}`})),
      ...series(fault, 50, index => ({a: 'y', b: `other ${index}`})),
      ...series(fault, 200, index => ({b: 'x', a: 'y', 'error.type': `${index}`})),
      ...series(fault, 200, index => ({a: `${index}`}), 'pg.new'),
    ],
  ),
  [
    'warn stall',
    'stall: telemetry 110 > 20 count of 111; 1 111; defaults-1-0 defaults-1-1 defaults-1-2',
    'compared 3, 1 differ; defaults-1-0 defaults-1-1 defaults-1-2',
    'compared 0, 0 differ',
  ],
);
test(
  'series at the limit',
  tells,
  'cardinality-growth',
  grouped([], [...series(baseline, 1, () => ({})), ...series(fault, 20, index => ({a: index}))]),
  ['clear', 'compared 2, 0 differ', 'compared 0, 0 differ'],
);
test(
  'series without an operation in them',
  tells,
  'cardinality-growth',
  seen([{phase: baseline}], {
    metrics: [...series(baseline, 1, () => ({})), ...series(fault, 21, index => ({a: index}))],
    exemplars: [span(1, {scope: 'redis'}), span(2)],
  }),
  [
    'warn stall',
    'stall: telemetry 21 > 20 count of 22; 1 22 0; defaults-1-1 trace 2',
    'compared 2, 1 differ; defaults-1-1 trace 2',
    'compared 0, 0 differ',
  ],
);
const namedGroups = (count: number, phase: number): SpanGroup[] =>
  Array.from({length: count}, (_, index) => group(phase, 2, null, {name: `GET /${phase}/${index}`}));
test(
  'names of spans',
  tells,
  'cardinality-growth',
  grouped(
    [...namedGroups(20, baseline), ...namedGroups(31, fault)],
    [],
    [span(1), span(2, {scope: 'redis'})],
  ),
  [
    'warn stall',
    'stall: telemetry 51 > 50 count of 102; 51 1 0; defaults-1-0 trace 1',
    'compared 1, 0 differ',
    'compared 1, 1 differ; defaults-1-0 trace 1',
  ],
);
test(
  'names at the limit',
  tells,
  'cardinality-growth',
  grouped([...namedGroups(20, baseline), ...namedGroups(30, fault)]),
  ['clear', 'compared 1, 0 differ', 'compared 1, 0 differ'],
);

// Pools.
const pool = (name: string, changes: object): MetricSummary =>
  sum(`db.client.connection.${name}`, changes as Partial<MetricSummary>);
const pooled = (...metrics: MetricSummary[]): TrialChanges => ({telemetry: {...telemetryOf([]), metrics}});
const waitTime = (phase: number, changes: object = {}): MetricSummary =>
  pool('wait_time', {
    kind: 'histogram',
    phase,
    unit: 'ms',
    count: 100,
    sum: 1,
    bounds: [100, 1000, 1001],
    bucketCounts: [98, 0, 2, 0],
    ...changes,
  });
test(
  'all that waits',
  tells,
  'pool-exhaustion',
  pooled(
    pool('pending_requests', {kind: 'gauge', phase: warmUp, mean: 99, max: 9, last: 0}),
    pool('pending_requests', {kind: 'gauge', phase: fault, mean: 2, max: 9, last: 0}),
    pool('pending_requests', {phase: recovery, last: 3}),
    pool('pending_requests', {kind: 'gauge', phase: 9, mean: 2, max: 9, last: 0}),
    waitTime(fault),
    waitTime(recovery, {unit: 's', bounds: [0.1, 1, 1.5]}),
    waitTime(baseline, {bucketCounts: [98, 2, 0, 0]}),
    waitTime(baseline, {count: 0, bucketCounts: [0, 0, 0, 0]}),
    waitTime(baseline, {kind: 'gauge'}),
    pool('timeouts', {phase: fault, increase: 1}),
    pool('timeouts', {phase: recovery, increase: 4}),
    pool('timeouts', {phase: baseline, increase: 0}),
    pool('timeouts', {phase: baseline, kind: 'gauge', increase: 9}),
  ),
  [
    'warn recovery',
    'recovery: telemetry 1500 > 1000 ms of 100; 99 1.5',
    'stall: telemetry 1001 > 1000 ms of 100; 99 1',
    'recovery: telemetry 4 > 0 count of 4; 4',
    'recovery: telemetry 3 > 0.5 count of 3; 3.0',
    'stall: telemetry 2 > 0.5 count of 2; 2.0',
    'stall: telemetry 1 > 0 count of 1; 1',
  ],
);
test(
  'half an operation',
  tells,
  'pool-exhaustion',
  pooled(pool('pending_requests', {phase: fault, last: 0.5})),
  ['clear'],
);
test(
  'a phase that is as short as the deadline',
  tells,
  'pool-exhaustion',
  {
    ...pooled(pool('pending_requests', {phase: fault, last: 9})),
    plan: {operation: {deadlineMs: 4000, idempotent: true}},
  },
  ['clear'],
);
const used = (phase: number, last: number) => pool('count', {phase, last, attributes: {state: 'used'}});
const idle = (phase: number, last: number) => pool('count', {phase, last, attributes: {state: 'idle'}});
test(
  'what is in use',
  tells,
  'pool-slot-leak',
  pooled(used(baseline, 1), used(warmUp, 1), used(recovery, 2), used(recovery, 1), idle(recovery, 9)),
  ['warn drain', 'drain: telemetry 3 > 0 count of 3; 3'],
);
test(
  'what is in use by a gauge that lags',
  tells,
  'pool-slot-leak',
  pooled(used(baseline, 1), used(recovery, 2)),
  ['inconclusive; 2 1'],
);
const worse = (ok: number): TrialChanges => ({
  ...pooled(used(recovery, 2)),
  driver: {phases: [figuresOf(baseline, 400), figuresOf(recovery, 1000, {outcomes: {failed: 1000 - ok}})]},
});
test('operations that do worse', tells, 'pool-slot-leak', worse(989), [
  'fail drain',
  'drain: telemetry 2 > 0 count of 2; 2',
]);
test('operations that do nearly as well', tells, 'pool-slot-leak', worse(990), [
  'warn drain',
  'drain: telemetry 2 > 0 count of 2; 2',
]);
const cycle = trialWith().plan.phases.slice(2);
const cycles = (...slots: number[]): TrialChanges => ({
  ...pooled(...slots.map((last, index) => used(recovery + 2 * index, last))),
  plan: {
    phases: [
      ...trialWith().plan.phases,
      ...slots
        .slice(1)
        .flatMap((_, round) => cycle.map(phase => ({...phase, name: `${phase.name} ${round + 2}`}))),
    ] as unknown as Plan['phases'],
  },
  driver: {drained: {atMs: 1, inFlight: 0}},
});
test('what is in use after each fault', tells, 'pool-slot-leak', cycles(1, 2, 3, 5), [
  'warn recovery 4',
  'recovery 4: telemetry 4 > 0 count of 4; 4 1 2 3 5',
]);
test('what nobody drained', tells, 'pool-slot-leak', {...cycles(1, 1, 1), driver: {drained: null}}, [
  'inconclusive',
]);
test(
  'what is in use with connections that are gone',
  tells,
  'pool-slot-leak',
  {
    ...cycles(0, 0, 0),
    injector: [connectionsAt(4900, 1)],
  },
  ['clear'],
);

for (const symptom of [
  'hidden-attempts',
  'span-leak',
  'telemetry-contradicts',
  'error-type-malformed',
  'duration-misreported',
  'pool-gauge-wrong',
  'cardinality-growth',
  'telemetry-lost',
] as const) {
  const off = trialWith().plan.variants.map(variant => ({
    ...variant,
    process: {...variant.process, telemetry: 'off'},
  })) as unknown as Plan['variants'];
  test('nothing was told', answers, symptom, {}, /^no telemetry was received$/);
  test('it was switched off', answers, symptom, {plan: {variants: off}}, /^telemetry was switched off$/);
}
test(
  'a number, and nothing',
  tells,
  'error-type-malformed',
  grouped(
    [group(fault, 1, 500), group(fault, 2, true)],
    [typed(fault, 1, {increase: 5}), typed(fault, 2), typed(fault, 3), typed(fault, 4)],
  ),
  [
    'warn stall',
    'stall: telemetry 3 > 0 count of 3; 3 500',
    'stall: telemetry 4 > 0 count of 4; 1 2 3',
    'compared 3, 3 differ',
    'compared 4, 4 differ',
    'compared 2, 0 differ',
  ],
);
test(
  'amounts of one phase are added up',
  tells,
  'error-type-malformed',
  grouped(
    [],
    [typed(recovery, 1, {increase: 2}), typed(recovery, 2, {increase: 2}), typed(fault, 1, {increase: 3})],
  ),
  [
    'warn recovery',
    'recovery: telemetry 2 > 0 count of 3; 1 2',
    'compared 0, 0 differ',
    'compared 3, 3 differ',
    'compared 0, 0 differ',
  ],
);
test(
  'a gauge counts once',
  tells,
  'error-type-malformed',
  grouped(
    [],
    [
      typed(recovery, 1, {kind: 'gauge', mean: 9, max: 9, last: 9, increase: 9}),
      typed(fault, 1, {increase: 2}),
    ],
  ),
  [
    'warn stall',
    'stall: telemetry 1 > 0 count of 2; 1',
    'compared 0, 0 differ',
    'compared 2, 2 differ',
    'compared 0, 0 differ',
  ],
);
test(
  'a gauge counts at least once',
  tells,
  'error-type-malformed',
  grouped(
    [],
    [typed(recovery, 1, {increase: 0}), typed(fault, 1, {kind: 'gauge', mean: 9, max: 9, last: 9})],
  ),
  [
    'warn stall',
    'stall: telemetry 1 > 0 count of 2; 1',
    'compared 0, 0 differ',
    'compared 2, 2 differ',
    'compared 0, 0 differ',
  ],
);
test(
  'as many as are allowed',
  tells,
  'error-type-malformed',
  {
    ...grouped([group(fault, 2, 500), group(recovery, 3, 500)]),
    plan: {thresholds: {'error-type-malformed': {spanCount: 2}}},
  },
  [
    'warn recovery',
    'recovery: telemetry 3 > 2 count of 3; 3 500',
    'compared 5, 5 differ',
    'compared 0, 0 differ',
    'compared 1, 0 differ',
  ],
);
test(
  'as many as are allowed',
  tells,
  'span-leak',
  {...leftOpen(4, 1), plan: {thresholds: {'span-leak': {spanCount: 2}}}},
  ['clear', 'compared 2, 2 differ; defaults-1-2 trace 3', 'compared 2, 0 differ'],
);

test(
  'attempts of a phase that is not there',
  tells,
  'hidden-attempts',
  seen([
    {phase: 9, attempts: 2, spans: 0},
    {phase: fault, attempts: 2, spans: 1},
  ]),
  [
    'warn stall',
    'stall: telemetry 0.5 > 0.01 share of 2; 1 2; defaults-1-1 trace 2',
    'compared 2, 1 differ; defaults-1-1 trace 2',
  ],
);
test(
  'spans of calls',
  tells,
  'hidden-attempts',
  (() => {
    const changes = seen([
      {phase: baseline, attempts: 2},
      {phase: fault, attempts: 3},
      {phase: fault, attempts: 3},
    ]);
    const operations = {...changes.telemetry!.operations!, httpSpans: '', callSpans: base64([1, 0, 1])};
    return {...changes, telemetry: {...changes.telemetry!, operations}};
  })(),
  [
    'warn stall',
    'stall: telemetry 0.5 > 0.01 share of 2; 1 2; defaults-1-1 trace 2',
    'compared 3, 1 differ; defaults-1-1 trace 2',
  ],
);
test(
  'one that waited',
  tells,
  'pool-exhaustion',
  pooled(waitTime(fault, {count: 1, bucketCounts: [0, 0, 1, 0]})),
  ['warn stall', 'stall: telemetry 1001 > 1000 ms of 1; 99 1'],
);
test(
  'as long as the half of the deadline',
  tells,
  'pool-exhaustion',
  pooled(waitTime(fault, {bucketCounts: [98, 2, 0, 0]})),
  ['clear'],
);
test(
  'waits beyond the last bound',
  tells,
  'pool-exhaustion',
  pooled(waitTime(fault, {bucketCounts: [0, 0, 0, 100]})),
  ['warn stall', 'stall: telemetry 1001 > 1000 ms of 100; 99 1'],
);
test(
  'as many as are allowed',
  tells,
  'pool-slot-leak',
  {...pooled(used(recovery, 2)), plan: {thresholds: {'pool-slot-leak': {slotCount: 2}}}},
  ['clear'],
);
test(
  'one more than is allowed',
  tells,
  'pool-slot-leak',
  {...pooled(used(recovery, 4)), plan: {thresholds: {'pool-slot-leak': {slotCount: 2}}}},
  ['warn drain', 'drain: telemetry 4 > 2 count of 4; 4'],
);
test(
  'cycles of which one has no gauge',
  tells,
  'pool-slot-leak',
  {
    ...cycles(1, 2, 3, 5),
    ...pooled(used(recovery, 1), used(recovery + 2, 3), used(recovery + 4, 5)),
  },
  ['warn recovery 3', 'recovery 3: telemetry 4 > 0 count of 3; 3 1 3 5'],
);
test(
  'an end that nobody saw',
  tells,
  'pool-slot-leak',
  {...pooled(used(recovery, 2)), driver: {drained: null}},
  ['inconclusive'],
);

test('one that the caller aborted', t => {
  const abort = {
    key: 'a',
    status: 'failed',
    error: {name: 'AbortError', code: null, message: '', stack: [], causes: []},
    count: 1,
    countByPhase: {[fault]: 1},
    examples: [],
  } as const;
  const trial = trialWith(seen(many(4, {phase: fault, status: 'failed'}), {}, {driver: {failures: [abort]}}));
  t.regex(
    presentOf(detectOne('telemetry-contradicts', trial)).evidence[0].statement,
    /^3 operations .* 1 abort\b/,
  );
});
