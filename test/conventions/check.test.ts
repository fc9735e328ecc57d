// Telemetry against the semantic conventions: each rule by a span or a series that breaks it, and none where none is broken.
import test from 'ava';
import {factsOf, isOfType} from '../../src/conventions/attribute.ts';
import {checkConventions} from '../../src/conventions/check.ts';
import {registry} from '../../src/conventions/registry.ts';
import type {MetricSummary, SpanShape, TelemetryObservation} from '../../src/model/telemetry.ts';
import {baseline, booksOf, fault, telemetryOf, trialWith} from '../helpers/trial-believable.ts';

const example = {traceId: '0123456789abcdef0000000000000001', spanId: '00000000000000ff'};

const http: SpanShape = {
  area: 'http',
  scope: 'client',
  kind: 'client',
  status: 'unset',
  attributes: {
    'http.request.method': 'string',
    'server.address': 'string',
    'server.port': 'int',
    'url.full': 'string',
    'http.response.status_code': 'int',
    'network.peer.address': 'string',
    'network.peer.port': 'int',
    'network.protocol.version': 'string',
  },
  count: 10,
  credentialCount: 0,
  example,
};

const duration: MetricSummary = {
  kind: 'histogram',
  phase: 1,
  scope: 'client',
  name: 'http.client.request.duration',
  unit: 's',
  attributes: {
    'http.request.method': 'GET',
    'server.address': 'localhost',
    'server.port': 80,
    'http.response.status_code': 200,
    'network.protocol.version': '1.1',
  },
  count: 10,
  sum: 1,
  bounds: [],
  bucketCounts: [10],
};

const without = (shape: SpanShape, ...names: readonly string[]): SpanShape => ({
  ...shape,
  attributes: Object.fromEntries(Object.entries(shape.attributes).filter(([name]) => !names.includes(name))),
});

const withTypes = (shape: SpanShape, types: Readonly<Record<string, string>>): SpanShape => ({
  ...shape,
  attributes: {...shape.attributes, ...types},
});

const check = (shapes: readonly SpanShape[], metrics: readonly MetricSummary[] = [duration]) => {
  const telemetry: TelemetryObservation = {...telemetryOf([]), shapes, metrics};
  return checkConventions(trialWith({telemetry})) ?? [];
};

const brief = (findings: ReturnType<typeof check>): string[] =>
  findings.map(
    ({level, signal, rule, subject, count, ofCount}) =>
      `${level} ${signal} ${rule} ${subject} ${count}/${ofCount}`,
  );

test('a span and a metric as they should be have no findings', t => {
  t.deepEqual(brief(check([http])), []);
});

test('without telemetry, or without shapes, nothing is known', t => {
  t.is(checkConventions(trialWith()), null);
  t.is(checkConventions(trialWith({telemetry: telemetryOf([1])})), null);
});

const spans = test.macro({
  title: (_title, what: string) => `spans: ${what}`,
  exec(t, _what: string, shapes: readonly SpanShape[], expected: readonly string[]) {
    t.deepEqual(brief(check(shapes)), [...expected]);
  },
});

test(
  spans,
  'a required attribute is missing from some',
  [http, {...without(http, 'url.full'), count: 5}],
  ['violation span required url.full 5/15'],
);
test(
  spans,
  'an attribute without a value is missing',
  [withTypes(http, {'server.address': 'null'})],
  ['violation span required server.address 10/10'],
);
test(
  spans,
  'a failure has no error.type',
  [{...without(http, 'http.response.status_code'), status: 'error'}],
  ['violation span conditionally-required error.type 10/10'],
);
test(
  spans,
  'error.type is a number',
  [{...withTypes(http, {'error.type': 'int'}), status: 'error'}],
  ['violation span type error.type 10/10'],
);
test(
  spans,
  'names of earlier versions',
  [withTypes(http, {'http.method': 'string', 'net.peer.name': 'string'})],
  ['improvement span deprecated http.method 10/10', 'improvement span deprecated net.peer.name 10/10'],
);
test(
  spans,
  "a name of one's own in a reserved namespace",
  [withTypes(http, {'http.mood': 'string', mood: 'string'})],
  ['improvement span unknown http.mood 10/10'],
);
test(spans, 'a header is a template', [withTypes(http, {'http.request.header.accept': 'string[]'})], []);
test(
  spans,
  'a header is a list',
  [withTypes(http, {'http.request.header.accept': 'string'})],
  ['violation span type http.request.header.accept 10/10'],
);
test(
  spans,
  'credentials in the URL',
  [{...http, credentialCount: 3}],
  ['violation span credentials url.full 3/10'],
);
test(
  spans,
  'a kind that is not known',
  [{...http, kind: 'internal'}],
  ['improvement span kind internal 10/10'],
);
test(
  spans,
  'what is recommended',
  [without(http, 'network.peer.port')],
  ['information span recommended network.peer.port 10/10'],
);
test(spans, 'a server is not under test', [{...without(http, 'url.full'), kind: 'server'}], []);
test(spans, 'without an area nothing is asked for', [{...http, area: null, attributes: {}}], []);

const requiredOf = test.macro({
  title: (_title, area: SpanShape['area'], kind: SpanShape['kind']) =>
    `${area} ${kind}: what is required is asked for`,
  exec(t, area: SpanShape['area'], kind: SpanShape['kind'], required: readonly string[]) {
    const found = check([{...http, area, kind, attributes: {}}])
      .filter(({rule, level}) => rule === 'required' && level === 'violation')
      .map(({subject}) => subject);
    t.deepEqual(found.toSorted(), [...required].sort());
  },
});

test(requiredOf, 'http', 'client', ['http.request.method', 'server.address', 'server.port', 'url.full']);
test(requiredOf, 'db', 'client', ['db.system.name']);
test(requiredOf, 'rpc', 'client', ['rpc.system.name']);
test(requiredOf, 'messaging', 'producer', ['messaging.operation.name', 'messaging.system']);
test(requiredOf, 'messaging', 'consumer', ['messaging.operation.name', 'messaging.system']);
test(requiredOf, 'gen-ai', 'client', ['gen_ai.operation.name', 'gen_ai.provider.name']);

const series = test.macro({
  title: (_title, what: string) => `metrics: ${what}`,
  exec(t, _what: string, metrics: readonly MetricSummary[], expected: readonly string[]) {
    t.deepEqual(brief(check([], metrics)), [...expected]);
  },
});

const pool = {phase: 1, scope: 'client', name: 'db.client.connection.count', unit: '{connection}'} as const;
const poolAttributes = {'db.client.connection.state': 'used', 'db.client.connection.pool.name': 'main'};

test(
  series,
  'another unit',
  [{...duration, unit: 'ms'}],
  ['violation metric unit http.client.request.duration 1/1'],
);
test(
  series,
  'a required attribute is missing',
  [{...duration, attributes: {'http.request.method': 'GET', 'server.port': 80}}],
  ['violation metric required http.client.request.duration server.address 1/1'],
);
test(
  series,
  'an attribute of another type',
  [{...duration, attributes: {...duration.attributes, 'error.type': 23}}],
  ['violation metric type http.client.request.duration error.type 1/1'],
);
test(
  series,
  'another instrument',
  [{...pool, kind: 'sum', isMonotonic: true, increase: 1, last: 1, attributes: poolAttributes}],
  [
    'violation metric instrument db.client.connection.count 1/1',
    'information metric stability db.client.connection.count 1/1',
  ],
);
test(
  series,
  'a sum of an older run may be either counter',
  [{...pool, kind: 'sum', isMonotonic: null, increase: 1, last: 1, attributes: poolAttributes}],
  ['information metric stability db.client.connection.count 1/1'],
);
test(
  series,
  'phases of one series are one series',
  [
    {...duration, unit: 'ms'},
    {...duration, unit: 'ms', phase: 2},
  ],
  ['violation metric unit http.client.request.duration 1/1'],
);
test(
  series,
  'a name of an earlier version',
  [
    {
      ...pool,
      name: 'db.client.connections.usage',
      kind: 'sum',
      isMonotonic: false,
      increase: 1,
      last: 1,
      attributes: {},
    },
  ],
  [
    'violation metric required db.client.connections.usage db.client.connections.pool.name 1/1',
    'violation metric required db.client.connections.usage db.client.connections.state 1/1',
    'improvement metric deprecated db.client.connections.usage 1/1',
  ],
);

test('spans without their histogram', t => {
  t.deepEqual(brief(check([http], [])), ['improvement metric absent http.client.request.duration 10/10']);
});

test('what was sent again has a resend count somewhere', t => {
  const {driver, ledger} = booksOf([
    {phase: baseline},
    {phase: fault, attempts: 2},
    {phase: fault, attempts: 2},
  ]);
  const bytes = (values: readonly number[]): string => Buffer.from(values).toString('base64');
  const telemetry: TelemetryObservation = {
    ...telemetryOf([1, 2, 2]),
    shapes: [http],
    metrics: [duration],
    // The third has the mark of a resend count.
    operations: {httpSpans: bytes([1, 2, 2]), callSpans: '', marks: bytes([0, 0, 8])},
  };
  const findings = checkConventions(trialWith({driver, ledger, telemetry})) ?? [];
  t.deepEqual(brief(findings), ['improvement span resend http.request.resend_count 1/2']);
  t.is(findings[0]?.example?.traceId, '0123456789abcdef0000000000000002');
});

test('the registry says where it is from', t => {
  for (const {repository, version, commit} of registry.sources) {
    t.regex(repository, /^https:\/\/github\.com\/open-telemetry\//);
    t.regex(version, /^v\d+\.\d+\.\d+$/);
    t.regex(commit, /^[0-9a-f]{40}$/);
  }
  const areas = registry.sources.flatMap(({areas: some}) => some);
  t.deepEqual(areas.toSorted(), ['db', 'gen-ai', 'http', 'messaging', 'rpc']);
});

test('the registry is whole: each attribute that a rule asks for is known', t => {
  const rules = [...Object.values(registry.spans), ...Object.values(registry.metrics)];
  const unknown = rules
    .flatMap(({attributes}) => Object.keys(attributes))
    .filter(name => !registry.attributes[name]);
  t.deepEqual([...new Set(unknown)], []);
});

test('a double may come without its fraction, and a list without elements', t => {
  t.true(isOfType('int', {type: 'double', stability: 'stable'}));
  t.false(isOfType('double', {type: 'int', stability: 'stable'}));
  t.true(isOfType('null[]', {type: 'string[]', stability: 'stable'}));
  t.is(factsOf('http.request.header.accept')?.type, 'string[]');
  t.is(factsOf('constructor'), undefined);
});
