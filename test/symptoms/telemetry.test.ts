// What telemetry says, compared with what happened, on trials that never took place: what is left out of the count, and what is not known.
import test from 'ava';
import type {FailureClass} from '../../src/model/driver-witness.ts';
import {durationCode} from '../../src/model/duration-code.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {
  drainPhase,
  type MetricSummary,
  operationMarks,
  type SpanShape,
  type TelemetryObservation,
} from '../../src/model/telemetry.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  booksOf,
  fault,
  inconclusiveOf,
  presentOf,
  resourcesOf,
  type TrialChanges,
  telemetryOf,
  trialWith,
} from '../helpers/trial-believable.ts';

const drain = drainPhase(trialWith().plan);

const sdkSum = (name: string, last: number, phase: number): MetricSummary => ({
  kind: 'sum',
  isMonotonic: false,
  phase,
  scope: 'sdk',
  name,
  unit: '{span}',
  attributes: {'otel.span.sampling_result': 'RECORD_AND_SAMPLE'},
  increase: last,
  last,
});

type Told = {
  readonly spans: readonly number[];
  readonly marks?: readonly number[];
  readonly live?: number;
  readonly lost?: number;
};

const bytes = (values: readonly number[]): string => Buffer.from(values).toString('base64');

/** HTTP's spans of each operation, and an SDK that reports on itself. */
const telemetry = ({spans, marks = [], live = 0, lost = 0}: Told): TelemetryObservation => {
  const receivedCount = spans.reduce((sum, count) => sum + count, 0);
  return {
    ...telemetryOf(spans),
    operations: {httpSpans: bytes(spans), callSpans: '', marks: bytes(marks)},
    shapes: [],
    metrics: [
      sdkSum('otel.sdk.span.started', receivedCount + live + lost, drain),
      sdkSum('otel.sdk.span.live', live, drain),
    ],
  };
};

const failure = (name: string, code: string | null, count: number): FailureClass => ({
  key: name,
  status: 'failed',
  error: {name, code, message: '', stack: [], causes: []},
  count,
  countByPhase: {[fault]: count},
  examples: [],
});

const verdictOf = (symptom: SymptomId, changes: TrialChanges): string =>
  detectOne(symptom, trialWith(changes)).verdict;

const failed = {phase: fault, status: 'failed'} as const;
const {lastIsError, lastHasErrorStatus} = operationMarks;

test('a hung operation may have its span open, and its attempt without one', t => {
  const {driver, ledger} = booksOf([{phase: baseline}, {phase: fault, status: 'hung'}]);
  const told = telemetry({spans: [1, 0], live: 1});
  const changes = {driver: {...driver, drained: {atMs: 19_500, inFlight: 1}}, ledger, telemetry: told};
  t.is(verdictOf('span-leak', changes), 'clear');
  t.is(verdictOf('hidden-attempts', changes), 'clear');
  t.is(
    verdictOf('span-leak', {...changes, driver: {...driver, drained: {atMs: 19_500, inFlight: 0}}}),
    'present',
  );
});

test('without a ledger a success is an attempt, and a failure may have been none', t => {
  const {driver} = booksOf([{phase: baseline}, failed]);
  t.is(verdictOf('hidden-attempts', {driver, telemetry: telemetry({spans: [1, 0]})}), 'clear');
  t.is(verdictOf('hidden-attempts', {driver, telemetry: telemetry({spans: [0, 1]})}), 'present');
});

test('calls need one span, however often they are sent', t => {
  const {driver, ledger} = booksOf([
    {phase: baseline, attempts: 3},
    {phase: fault, attempts: 3},
  ]);
  const calls = {
    ...telemetry({spans: [1, 1]}),
    operations: {httpSpans: '', callSpans: bytes([1, 1]), marks: ''},
  };
  t.is(verdictOf('hidden-attempts', {driver, ledger, telemetry: calls}), 'clear');
  const one = {...calls, operations: {...calls.operations, callSpans: bytes([1])}};
  t.is(verdictOf('hidden-attempts', {driver, ledger, telemetry: one}), 'present');
});

test('of telemetry by a clock that was set nothing is clear, and nothing that needs its times is present', t => {
  const {driver} = booksOf([{phase: baseline}, failed]);
  const changes = {driver, telemetry: telemetry({spans: [0, 1]})};
  t.is(verdictOf('hidden-attempts', changes), 'present');
  const clockSteps = [
    {atMs: 500.4, offsetMs: 200},
    {atMs: 1000.2, offsetMs: -3_600_000.2},
    {atMs: 1500, offsetMs: 0},
  ];
  for (const symptom of ['hidden-attempts', 'span-leak', 'telemetry-contradicts'] as const) {
    const reason =
      'the wall clock, which spans and metrics take their times from, was set back by 3600 s (first seen 500 ms into the trial)';
    t.deepEqual(detectOne(symptom, trialWith({...changes, clockSteps})), inconclusiveOf(symptom, reason));
  }
});

const contradicts = test.macro({
  title: (_title, what: string) => `contradictions: ${what}`,
  exec(
    t,
    _what: string,
    operations: Parameters<typeof booksOf>[0],
    marks: readonly number[],
    failures: readonly FailureClass[],
    verdict: string,
  ) {
    const {driver, ledger} = booksOf(operations);
    const told = telemetry({spans: operations.map(() => 1), marks});
    t.is(
      verdictOf('telemetry-contradicts', {driver: {...driver, failures}, ledger, telemetry: told}),
      verdict,
    );
  },
});

test(contradicts, 'a failure that is told', [failed], [lastIsError], [], 'clear');
test(contradicts, 'a failure that is not told', [failed], [0], [], 'present');
test(
  contradicts,
  "a caller's abort that is not told",
  [failed],
  [0],
  [failure('AbortError', null, 1)],
  'clear',
);
test(
  contradicts,
  "a caller's time-out that is not told",
  [failed],
  [0],
  [failure('TimeoutError', '23', 1)],
  'clear',
);
test(
  contradicts,
  "a time-out of the library's that is not told",
  [failed],
  [0],
  [failure('TimeoutError', 'ETIMEDOUT', 1)],
  'present',
);
test(
  contradicts,
  'an error in a good answer',
  [failed],
  [0],
  [failure('ApplicationError', null, 1)],
  'present',
);
test(
  contradicts,
  'what was never sent needs no span',
  [{phase: fault, status: 'rejected'}],
  [0],
  [],
  'clear',
);
test(contradicts, 'a success that is told as an error', [{phase: fault}], [lastIsError], [], 'present');
test(
  contradicts,
  'a status of 404 that the scenario takes for good',
  [{phase: fault}],
  [lastIsError | lastHasErrorStatus],
  [],
  'clear',
);
test(
  contradicts,
  'a retry that succeeded',
  [{phase: fault, attempts: 2}],
  [operationMarks.someIsError],
  [],
  'clear',
);

test('an error in a good answer is named as such', t => {
  const {driver, ledger} = booksOf([failed]);
  const failures = [failure('ApplicationError', 'NOT_FOUND', 1)];
  const told = telemetry({spans: [1], marks: [0]});
  const finding = presentOf(
    detectOne('telemetry-contradicts', trialWith({driver: {...driver, failures}, ledger, telemetry: told})),
  );
  t.regex(finding.evidence[0].statement, /1 failure of the phase was an error inside a complete response/);
  t.deepEqual(finding.evidence[0].traces, ['0123456789abcdef0000000000000001']);
});

const unknown = test.macro({
  title: (title, reason: string) => ['not known', title, reason].filter(Boolean).join(': '),
  exec(t, reason: string, changes: TrialChanges) {
    for (const symptom of ['hidden-attempts', 'span-leak', 'telemetry-contradicts'] as const) {
      t.deepEqual(detectOne(symptom, trialWith(changes)), inconclusiveOf(symptom, reason));
    }
  },
});

const whole = telemetry({spans: [1]});

test(unknown, 'no telemetry was received', {telemetry: null});
const unapplied = [{instrumentation: 'of-a 1.0.0', package: 'a', version: '6.0.0', supports: '2 - 5'}];
for (const spans of [[1], []]) {
  test(
    `${spans.length} spans`,
    unknown,
    "of-a 1.0.0 patched nothing of a 6.0.0 (it supports 2 - 5), so missing spans are not the library's fault",
    {telemetry: telemetry({spans}), unapplied},
  );
}
test('without the instrumentation of the library no telemetry is clear, but for what was lost', t => {
  const changes = {telemetry: telemetry({spans: [1]}), unapplied};
  for (const symptom of [
    'duration-misreported',
    'error-type-malformed',
    'cardinality-growth',
    'pool-gauge-wrong',
  ] as const) {
    t.is(verdictOf(symptom, changes), 'inconclusive', symptom);
  }
  t.is(verdictOf('telemetry-lost', changes), 'clear');
});
test(unknown, 'the library created no spans', {telemetry: telemetry({spans: []})});
test(unknown, 'telemetry was lost: 1 of 3 spans arrived', {telemetry: telemetry({spans: [1], lost: 2})});
test(unknown, 'the SDK did not report how many spans it created, so losses would go unnoticed', {
  telemetry: {...whole, metrics: []},
});
test(unknown, 'the process ended before its telemetry was complete', {
  telemetry: whole,
  end: {kind: 'unresponsive'},
});
test(unknown, 'this run was saved before the spans of each operation were kept', {
  telemetry: {...whole, operations: null},
});

test('what was lost is present, with the reasons that the SDK and the receiver give', t => {
  const told: TelemetryObservation = {...telemetry({spans: [1], lost: 9}), refusals: {malformed: 1}};
  const finding = presentOf(detectOne('telemetry-lost', trialWith({telemetry: told})));
  t.is(finding.evidence[0].statement, '1 of 10 spans arrived. 1: malformed.');
  t.is(finding.evidence[0].value, 0.9);
});

test('a scenario changes what may be lost', t => {
  const told = telemetry({spans: [1], lost: 9});
  const plan = {thresholds: {'telemetry-lost': {lostShare: 0.95}}};
  t.is(verdictOf('telemetry-lost', {telemetry: told, plan}), 'clear');
  const {driver, ledger} = booksOf([{phase: baseline}]);
  t.is(verdictOf('hidden-attempts', {telemetry: told, plan, driver, ledger}), 'clear');
});

test('spans of a database that only connect are not held against the durations of its operations', t => {
  const {driver, ledger} = booksOf([{phase: baseline}, {phase: baseline}]);
  const query: SpanShape = {
    area: 'db',
    scope: 'some-database',
    kind: 'client',
    status: 'unset',
    attributes: {'db.system.name': 'string', 'db.query.text': 'string'},
    count: 100,
    credentialCount: 0,
    example: {traceId: '1', spanId: '1'},
  };
  const connect: SpanShape = {...query, attributes: {'db.system.name': 'string'}};
  const durations: MetricSummary = {
    kind: 'histogram',
    phase: baseline,
    scope: 'some-database',
    name: 'db.client.operation.duration',
    unit: 's',
    attributes: {},
    count: 100,
    sum: 1,
    bounds: [],
    bucketCounts: [100],
  };
  const told = (shapes: readonly SpanShape[]): TrialChanges => {
    const plain = telemetry({spans: [1, 1]});
    return {driver, ledger, telemetry: {...plain, shapes, metrics: [...plain.metrics, durations]}};
  };
  t.is(verdictOf('telemetry-contradicts', told([query, connect])), 'clear');
  t.is(verdictOf('telemetry-contradicts', told([query, query])), 'present');
});

const durationBytes = (list: readonly number[]): Uint8Array =>
  Uint8Array.from(list, ms => (ms === 0 ? 0 : durationCode(ms)));

/** Operations of the baseline, by their durations and by those of their spans; 0 for one without a span. */
const timed = (
  rows: readonly (readonly [driverMs: number, spanMs: number])[],
  attempts: (index: number) => number = () => 1,
): TrialChanges => {
  const books = booksOf(rows.map((_, index) => ({phase: baseline, attempts: attempts(index)})));
  const told = telemetry({spans: rows.map(([, spanMs]) => Math.min(1, spanMs))});
  const durations = Buffer.from(durationBytes(rows.map(([, spanMs]) => spanMs))).toString('base64');
  return {
    driver: {...books.driver, operationDurations: durationBytes(rows.map(([driverMs]) => driverMs))},
    ledger: books.ledger!,
    telemetry: {...told, operations: {...told.operations!, durations}},
  };
};
const times = <Row>(count: number, row: (index: number) => Row): Row[] =>
  Array.from({length: count}, (_, index) => row(index));

test('half', answers, 'duration-misreported', timed(times(40, () => [100, 50])), {
  value: 53.03,
  phase: 'baseline',
});
test('spans of twice the time', answers, 'duration-misreported', timed(times(40, () => [50, 100])), {
  value: 53.03,
});
test('the same time', answers, 'duration-misreported', timed(times(40, () => [100, 100])), 'clear');
test('8 ms more', answers, 'duration-misreported', timed(times(40, () => [20, 12])), 'clear');
const slowAndFast = times(40, index => [index % 2 === 0 ? 3 : 220, index % 2 === 0 ? 3 : 219] as const);
test('two kinds of operation', answers, 'duration-misreported', timed(slowAndFast), 'clear');
const fewOff = times(40, index => [100, index < 20 ? 50 : 100] as const);
test('no more than half of them', answers, 'duration-misreported', timed(fewOff), 'clear');
test('too few', answers, 'duration-misreported', timed(times(9, () => [100, 50])), /^no phase has enough/);
test(
  'of several attempts',
  answers,
  'duration-misreported',
  timed(
    times(40, () => [100, 50]),
    () => 2,
  ),
  /^no phase has enough/,
);
test(
  'spans in the traces of others',
  answers,
  'duration-misreported',
  timed(times(40, index => [5, index % 4 === 0 ? 200 : 0])),
  /^no phase has enough/,
);
test(
  'a busy event loop',
  answers,
  'duration-misreported',
  {...timed(times(40, () => [100, 50])), phaseResources: [resourcesOf(baseline, {loopDelayP99Ms: 60})]},
  'clear',
);

/** One operation of each ten has the spans of all ten in its trace: a queue ran them in its async context. */
const queued = (isQueued: (phase: number) => boolean): TrialChanges => {
  const phases = times(200, index => (index < 100 ? baseline : fault));
  const spans = phases.map((phase, index) => (isQueued(phase) ? (index % 10 === 0 ? 10 : 0) : 1));
  return {driver: booksOf(phases.map(phase => ({phase}))).driver, telemetry: telemetry({spans})};
};
test(
  'spans that a queue began',
  answers,
  'unbounded-retries',
  queued(phase => phase === fault),
  /nor the library/,
);
test(
  'spans that a queue always begins',
  answers,
  'unbounded-retries',
  queued(() => true),
  /nor the library/,
);
test(
  'a span each',
  answers,
  'unbounded-retries',
  queued(() => false),
  'clear',
);
const retried = (): TrialChanges => {
  const phases = times(200, index => (index < 100 ? baseline : fault));
  const spans = phases.map(phase => (phase === fault ? 10 : 1));
  return {driver: booksOf(phases.map(phase => ({phase}))).driver, telemetry: telemetry({spans})};
};
test('ten spans each', answers, 'unbounded-retries', retried(), {value: 10, phase: 'stall'});

const batched = (backgroundSpanCount: number): TrialChanges => {
  const rows = times(20, () => ({phase: baseline}));
  return {
    ...booksOf(rows),
    telemetry: {...telemetry({spans: rows.map((_, index) => Number(index < 2))}), backgroundSpanCount},
  };
};
test('work of a batch that was declared', answers, 'hidden-attempts', batched(3), 'clear');
test('work of a batch that was not', answers, 'hidden-attempts', batched(0), {value: 0.9, phase: 'baseline'});

const open = (openCount: number, endedLaterCount: number): TrialChanges => {
  const {driver, ledger} = booksOf([{phase: baseline}]);
  const told = telemetry({spans: [1], live: openCount});
  return {driver, ledger, telemetry: {...told, openAfterLoad: {openCount, endedLaterCount}}};
};
test('open, and ended when looked at again', answers, 'span-leak', open(1, 1), 'clear');
test('open, and not all have ended', answers, 'span-leak', open(3, 1), {value: 2, phase: 'drain'});
