// Bytes to decoded requests: both encodings give the same, and what is wrong is refused with its place.
import test from 'ava';
import {decodeRequest} from '../../src/telemetry/decode.ts';
import {normaliseSpans} from '../../src/telemetry/normalise.ts';
import {OtlpError} from '../../src/telemetry/otlp-error.ts';
import type {TracesRequest} from '../../src/telemetry/otlp-messages.ts';
import {otlpType} from '../../src/telemetry/otlp-schema.ts';
import {clockFrom} from '../../src/telemetry/values.ts';
import {logsJson, metricsJson, originEpochMs, spanJson, tracesJson} from './otlp-json.ts';

const fromJson = (value: unknown): TracesRequest =>
  decodeRequest('traces', 'json', Buffer.from(JSON.stringify(value)));

const toProtobuf = (request: TracesRequest): Buffer =>
  Buffer.from(otlpType('TracesRequest').encode(request).finish());

const spansOf = (request: TracesRequest) => normaliseSpans(request, clockFrom(originEpochMs)).spans;

const everyValue = [
  {key: 'text', value: {stringValue: 'ä → 𝛼'}},
  {key: 'empty text', value: {stringValue: ''}},
  {key: 'zero', value: {intValue: '0'}},
  {key: 'negative', value: {intValue: '-5000000000'}},
  {key: 'integer as a number', value: {intValue: 42}},
  {key: 'too long for a double', value: {intValue: '9223372036854775807'}},
  {key: 'most negative', value: {intValue: '-9223372036854775808'}},
  {key: 'double', value: {doubleValue: 0.1}},
  {key: 'not a number', value: {doubleValue: 'NaN'}},
  {key: 'infinite', value: {doubleValue: '-Infinity'}},
  {key: 'false', value: {boolValue: false}},
  {key: 'list', value: {arrayValue: {values: [{stringValue: 'a'}, {intValue: '1'}, {}]}}},
  {key: 'map', value: {kvlistValue: {values: [{key: 'a', value: {intValue: '1'}}]}}},
  {key: 'bytes', value: {bytesValue: 'AQL/'}},
  {key: 'nothing', value: {}},
  {key: 'no value'},
  {key: '__proto__', value: {stringValue: 'just a key'}},
];

test('an attribute has the same value in either encoding', t => {
  const json = fromJson(tracesJson(spanJson({attributes: everyValue})));
  const protobuf = decodeRequest('traces', 'protobuf', toProtobuf(json));
  const [span] = spansOf(protobuf);
  const attributes = Object.entries(span!.attributes);
  t.deepEqual(attributes, [
    ['text', 'ä → 𝛼'],
    ['empty text', ''],
    ['zero', 0],
    ['negative', -5_000_000_000],
    ['integer as a number', 42],
    ['too long for a double', '9223372036854775807'],
    ['most negative', '-9223372036854775808'],
    ['double', 0.1],
    ['not a number', 'NaN'],
    ['infinite', '-Infinity'],
    ['false', false],
    ['list', ['a', 1, null]],
    ['map', '{"a":1}'],
    ['bytes', 'AQL/'],
    ['nothing', null],
    ['no value', null],
    ['__proto__', 'just a key'],
  ]);
  t.deepEqual(Object.entries(spansOf(json)[0]!.attributes), attributes);
});

test('a span is the same in either encoding', t => {
  const event = {timeUnixNano: '1544712660350000001', name: 'retry', attributes: everyValue.slice(0, 1)};
  const status = {code: 2, message: 'no answer'};
  const json = fromJson(
    tracesJson(spanJson({status, events: [event], traceState: 'a=b', flags: 257, links: []})),
  );
  const protobuf = decodeRequest('traces', 'protobuf', toProtobuf(json));
  t.deepEqual(spansOf(protobuf), [
    {
      traceId: '00000000000000a10000000000000001',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      scope: 'my.library',
      name: 'GET',
      kind: 'client',
      startMs: 300,
      endMs: 400.25,
      status: 'error',
      statusMessage: 'no answer',
      attributes: {},
      events: [{name: 'retry', atMs: 350.000001, attributes: {text: 'ä → 𝛼'}}],
    },
  ]);
  t.deepEqual(spansOf(json), spansOf(protobuf));
});

test('unknown keys and nulls in JSON are as good as absent', t => {
  const request = fromJson({
    resourceSpans: [{resource: null, newField: {a: [1]}, scopeSpans: null}],
    other: 1,
  });
  t.deepEqual(spansOf(request), []);
  t.deepEqual(fromJson({}).resourceSpans, []);
});

test('unknown fields in protobuf are skipped', t => {
  const known = toProtobuf(fromJson(tracesJson(spanJson())));
  // Field 1000, varint 1.
  const withUnknown = Buffer.concat([Buffer.from([0xc0, 0x3e, 0x01]), known]);
  t.is(spansOf(decodeRequest('traces', 'protobuf', withUnknown)).length, 1);
});

const refusesJson = test.macro({
  exec(t, signal: 'traces' | 'metrics' | 'logs', body: unknown, message: string) {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const error = t.throws(() => decodeRequest(signal, 'json', bytes), {instanceOf: OtlpError});
    t.is(error?.kind, 'malformed');
    t.true(error?.message.includes(message), error?.message);
  },
  title: title => `refuses JSON with ${title}`,
});

const span = 'request.resourceSpans[0].scopeSpans[0].spans[0]';
const metric = 'request.resourceMetrics[0].scopeMetrics[0].metrics[0]';
const nested = (depth: number): object => (depth === 0 ? {} : {arrayValue: {values: [nested(depth - 1)]}});
const valued = (value: object) => tracesJson(spanJson({attributes: [{key: 'a', value}]}));

test('no JSON at all', refusesJson, 'traces', '{"resourceSpans":[', 'not JSON');
test('an array at the top', refusesJson, 'traces', [], 'request is not an object');
test(
  'an object for an array',
  refusesJson,
  'traces',
  {resourceSpans: {}},
  'request.resourceSpans is not an array',
);
test('a null in an array', refusesJson, 'traces', tracesJson(...[null as never]), `${span} is not an object`);
test(
  'a number for a name',
  refusesJson,
  'traces',
  tracesJson(spanJson({name: 5})),
  `${span}.name is not a string`,
);
test(
  'an id in base64',
  refusesJson,
  'traces',
  tracesJson(spanJson({spanId: '7uGbfsPBsXQ='})),
  `${span}.spanId`,
);
test('an id of odd length', refusesJson, 'traces', tracesJson(spanJson({spanId: 'abc'})), `${span}.spanId`);
test(
  'the name of a kind',
  refusesJson,
  'traces',
  tracesJson(spanJson({kind: 'SPAN_KIND_CLIENT'})),
  `${span}.kind`,
);
test('a fraction for a kind', refusesJson, 'traces', tracesJson(spanJson({kind: 1.5})), `${span}.kind`);
test(
  'a date',
  refusesJson,
  'traces',
  tracesJson(spanJson({endTimeUnixNano: '2018-12-13'})),
  `${span}.endTimeUnixNano`,
);
test(
  'a negative time',
  refusesJson,
  'traces',
  tracesJson(spanJson({endTimeUnixNano: '-1'})),
  'a 64-bit integer',
);
test(
  'an integer of 65 bits',
  refusesJson,
  'traces',
  valued({intValue: '9223372036854775808'}),
  'intValue is not a 64',
);
test(
  'a string for a boolean',
  refusesJson,
  'traces',
  valued({boolValue: 'true'}),
  'boolValue is not a boolean',
);
test(
  'no base64 for bytes',
  refusesJson,
  'traces',
  valued({bytesValue: '***'}),
  'bytesValue is not a base64 string',
);
test(
  'a text for a double',
  refusesJson,
  'traces',
  valued({doubleValue: 'much'}),
  'doubleValue is not a number',
);
test('values too deep', refusesJson, 'traces', valued(nested(60)), 'within 100 messages');
test('a string for a sum', refusesJson, 'metrics', metricsJson({sum: 'a'}), `${metric}.sum is not an object`);
test('a number for log records', refusesJson, 'logs', logsJson(5 as never), 'logRecords[0] is not an object');

const refusesProtobuf = test.macro({
  exec(t, bytes: readonly number[]) {
    const error = t.throws(() => decodeRequest('traces', 'protobuf', Buffer.from(bytes)), {
      instanceOf: OtlpError,
    });
    t.is(error?.kind, 'malformed');
  },
  title: title => `refuses protobuf with ${title}`,
});

test('a length beyond the end', refusesProtobuf, [0x0a, 0x05, 0x00]);
test('an endless varint', refusesProtobuf, new Array(20).fill(0xff));
test('field number zero', refusesProtobuf, [0x00, 0x00]);
test('a group that never ends', refusesProtobuf, [0x0b, 0x0b]);
test('a wrong wire type that does not fit', refusesProtobuf, [0x09, 0x01]);

test('refuses more fields than the memory should hold', t => {
  const protobuf = Buffer.alloc(4_000_002, Buffer.from([0x0a, 0x00]));
  const json = Buffer.from(`{"resourceSpans":[${'{},'.repeat(1_000_001)}{}]}`);
  for (const [encoding, bytes] of [
    ['protobuf', protobuf],
    ['json', json],
  ] as const) {
    const error = t.throws(() => decodeRequest('traces', encoding, bytes), {instanceOf: OtlpError});
    t.is(error?.kind, 'too large');
  }
});
