// Telemetry that is passed on: every byte of it, with the run's own attributes; a backend that is gone or slow costs nothing.
import {createServer, type IncomingMessage, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import test, {type ExecutionContext} from 'ava';
import protobuf from 'protobufjs/light.js';
import type {TrialLabels} from '../../../src/model/receiver-protocol.ts';
import type {Span} from '../../../src/model/telemetry.ts';
import {decodeRequest} from '../../../src/telemetry/decode.ts';
import {Relay} from '../../../src/telemetry/relay/relay.ts';
import {spliceResource} from '../../../src/telemetry/relay/splice-resource.ts';
import {TrialRelay} from '../../../src/telemetry/relay/trial-relay.ts';
import {attributes, clockFrom} from '../../../src/telemetry/values.ts';
import {protobufOf} from '../support.ts';

type Taken = {readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: Buffer};

const backend = async (t: ExecutionContext, status: (count: number) => number = () => 200) => {
  const taken: Taken[] = [];
  const server: Server = createServer((request, response) => {
    void buffer(request).then(body => {
      taken.push({path: request.url!, headers: request.headers, body});
      response.writeHead(status(taken.length)).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {taken, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`};
};

const span = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  name: 'GET',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};
const resource = {attributes: [{key: 'service.name', value: {stringValue: 'mine'}}]};
const json = JSON.stringify({
  resourceSpans: [{resource, scopeSpans: [{spans: [span]}]}, {scopeSpans: [{spans: [span]}]}],
});

const resourcesOf = (encoding: 'json' | 'protobuf', body: Buffer) =>
  decodeRequest('traces', encoding, body).resourceSpans.map(item =>
    attributes(item.resource?.attributes ?? []),
  );

for (const encoding of ['json', 'protobuf'] as const) {
  test(`${encoding}: each resource has the labels beside its own attributes`, t => {
    const body = encoding === 'json' ? Buffer.from(json) : protobufOf('traces', json);
    const spliced = spliceResource(encoding, body, {'foulweather.run': 'r1', 'foulweather.phase': 'ä'});
    t.deepEqual(resourcesOf(encoding, spliced), [
      {'service.name': 'mine', 'foulweather.run': 'r1', 'foulweather.phase': 'ä'},
      {'foulweather.run': 'r1', 'foulweather.phase': 'ä'},
    ]);
    const spans = decodeRequest('traces', encoding, spliced).resourceSpans.flatMap(
      ({scopeSpans}) => scopeSpans,
    );
    t.deepEqual(
      spans.map(({spans: some}) => some.map(({name}) => name)),
      [['GET'], ['GET']],
    );
  });
}

test('fields that are not known stay as they came', t => {
  const writer = protobuf.Writer.create();
  // An item with a schema URL, and an unknown field of each wire type.
  const item = protobuf.Writer.create()
    .uint32((3 << 3) | 2)
    .string('https://schema')
    .finish();
  writer.uint32((1 << 3) | 2).bytes(item);
  writer.uint32((90 << 3) | 0).uint64(2 ** 40);
  writer.uint32((91 << 3) | 1).fixed64(7);
  writer.uint32((92 << 3) | 2).string('x'.repeat(300));
  writer.uint32((93 << 3) | 5).fixed32(9);
  const body = Buffer.from(writer.finish());
  const spliced = spliceResource('protobuf', body, {a: 'b'});
  t.true(spliced.includes('https://schema'));
  t.true(spliced.subarray(-300).equals(body.subarray(-300)));
  t.deepEqual(resourcesOf('protobuf', spliced), [{a: 'b'}]);
});

const labels: TrialLabels = {
  run: 'run-1',
  variant: 'defaults',
  phases: [
    {name: 'baseline', faults: '', windows: []},
    {
      name: 'stalled',
      faults: 'stall',
      windows: [
        {name: 'stall', fromMs: 0, toMs: 40},
        {name: 'stall', fromMs: 60, toMs: null},
      ],
    },
  ],
};

const spanAt = (startMs: number): Span => ({
  traceId: '',
  spanId: '0123456789abcdef',
  parentSpanId: null,
  scope: 'client',
  name: 'GET',
  kind: 'client',
  startMs,
  endMs: startMs + 1,
  status: 'unset',
  statusMessage: null,
  attributes: {},
  events: [],
});

test('a trial is passed on by phase, and framed by spans of the harness', async t => {
  const {taken, endpoint} = await backend(t);
  const trialRelay = new TrialRelay();
  trialRelay.begin({endpoint: `${endpoint}/`, headers: {authorization: 'secret'}});
  trialRelay.startTrial('defaults-1', 1000, labels);
  for (const phase of [0, 1, 2]) {
    trialRelay.startPhase('defaults-1', phase, phase * 100);
    trialRelay.pass('defaults-1', 'traces', 'json', Buffer.from(json));
  }
  trialRelay.pass('unknown', 'traces', 'json', Buffer.from(json));
  trialRelay.finishTrial('defaults-1', [
    {...spanAt(20), traceId: 'a'.repeat(32)},
    {...spanAt(120), traceId: 'b'.repeat(32)},
  ]);
  t.deepEqual(await trialRelay.end('run-1', 900, 60_000), {sentCount: 5, droppedCount: 0, lastError: null});
  t.true(taken.every(({path, headers}) => path === '/v1/traces' && headers.authorization === 'secret'));
  const own = taken.filter(({headers}) => headers['content-type'] === 'application/json');
  t.deepEqual(
    // It sends by two connections: in which order they arrive is nobody's promise.
    own.map(({body}) => String(resourcesOf('json', body)[0]!['foulweather.phase'])).sort(),
    ['baseline', 'drain', 'stalled'],
  );
  const frames = taken
    .filter(({headers}) => headers['content-type'] === 'application/x-protobuf')
    // The trial's six spans, then the run's one.
    .toSorted((one, other) => other.body.length - one.body.length)
    .flatMap(({body}) => decodeRequest('traces', 'protobuf', body).resourceSpans)
    .flatMap(({scopeSpans}) => scopeSpans.flatMap(({spans}) => spans));
  t.deepEqual(
    frames.map(({name}) => name),
    [
      'trial defaults-1',
      'phase baseline',
      'phase stalled',
      'fault stall',
      'fault stall',
      'phase drain',
      'run run-1',
    ],
  );
  const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');
  const [trial, calm, stalled, first, second, , run] = frames;
  t.is(hex(first!.parentSpanId), hex(stalled!.spanId));
  const sinceOrigin = clockFrom(1000);
  t.deepEqual(
    [first!, second!].map(({startTimeUnixNano, endTimeUnixNano}) => [
      sinceOrigin(startTimeUnixNano),
      sinceOrigin(endTimeUnixNano),
    ]),
    [
      [100, 140],
      [160, 200],
    ],
  );
  // A phase leads to spans that began in it.
  const linked = (span: unknown): string[] =>
    (span as {readonly links: readonly {readonly traceId: Uint8Array}[]}).links.map(({traceId}) =>
      hex(traceId),
    );
  t.deepEqual([calm, stalled].map(linked), [['a'.repeat(32)], ['b'.repeat(32)]]);
  t.is(hex(trial!.parentSpanId), hex(run!.spanId));
  t.is(hex(stalled!.parentSpanId), hex(trial!.spanId));
  t.is(new Set(frames.map(({traceId}) => hex(traceId))).size, 1);
  t.like(attributes(stalled!.attributes), {'foulweather.phase': 'stalled', 'foulweather.fault': 'stall'});
});

/** Nobody listens there, and no port below 1024 is given to who asks for a free one. */
const deadEndpoint = 'http://127.0.0.1:2';

test('a backend that is gone is told, and nobody waits: neither who offers nor the end of the run', async t => {
  const relay = new Relay({endpoint: deadEndpoint, headers: {}});
  const body = Buffer.from(json);
  const startMs = performance.now();
  for (let count = 0; count < 100; count++) relay.offer({signal: 'traces', encoding: 'json', body});
  const offeredMs = performance.now() - startMs;
  const {sentCount, droppedCount, lastError} = await relay.end(60_000);
  const endedMs = performance.now() - startMs;
  // A hundred offers take some milliseconds, or a pause of the machine; a wait for an answer would end at its limit of 5 s.
  t.true(offeredMs < 4500, `${offeredMs} ms`);
  t.true(endedMs < 30_000, `${endedMs} ms`);
  t.regex(lastError ?? '', /ECONNREFUSED/);
  t.deepEqual([sentCount, droppedCount], [0, 100]);
});

test('a backend that does not answer costs what has room, and no more', async t => {
  const server = createServer(() => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  const relay = new Relay({endpoint: `http://127.0.0.1:${port}`, headers: {}});
  const body = Buffer.alloc(1024 * 1024);
  for (let count = 0; count < 40; count++) relay.offer({signal: 'logs', encoding: 'protobuf', body});
  const {sentCount, droppedCount, lastError} = await relay.end(50);
  t.deepEqual([sentCount, droppedCount], [0, 40]);
  // Had an answer been waited for, for its 5 s, the last error would be an abort.
  t.is(lastError, 'it could not keep up with the telemetry');
});

test('who is asked to come back comes back once', async t => {
  const {taken, endpoint} = await backend(t, count => (count === 1 ? 503 : 200));
  const relay = new Relay({endpoint, headers: {}});
  relay.offer({signal: 'metrics', encoding: 'json', body: Buffer.from('{}')});
  t.deepEqual(await relay.end(60_000), {sentCount: 1, droppedCount: 0, lastError: null});
  t.is(taken.length, 2);
});

test('what is refused is dropped', async t => {
  const {endpoint} = await backend(t, () => 401);
  const relay = new Relay({endpoint, headers: {}});
  relay.offer({signal: 'metrics', encoding: 'json', body: Buffer.from('{}')});
  t.deepEqual(await relay.end(60_000), {sentCount: 0, droppedCount: 1, lastError: 'it responded with 401'});
});
