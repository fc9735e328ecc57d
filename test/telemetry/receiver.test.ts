// The receiver over real sockets: what it answers, and what it counts.
import {once} from 'node:events';
import {Agent, type IncomingMessage, request} from 'node:http';
import {connect} from 'node:net';
import {deflateRawSync, deflateSync, gzipSync} from 'node:zlib';
import test from 'ava';
import {startReceiver} from '../../src/telemetry/receiver.ts';
import {logsJson, metricsJson, nanosAt, originEpochMs, spanJson, tracesJson} from './otlp-json.ts';
import {decodeStatus, protobufOf, spansIn, startTrial, tracePrefix, trialId} from './support.ts';

const json = {'content-type': 'application/json'};
const protobuf = {'content-type': 'application/x-protobuf'};
const oneSpan = JSON.stringify(tracesJson(spanJson()));

const post = (
  url: string,
  headers: Record<string, string>,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<Response> => fetch(url, {method: 'POST', headers, body});

test('takes all three signals in JSON', async t => {
  const {receiver, url, spansFile} = await startTrial(t, originEpochMs);
  const gauge = {name: 'pool', unit: '1', gauge: {dataPoints: [{timeUnixNano: nanosAt(5), asInt: '4'}]}};
  const answers = await Promise.all([
    post(`${url}/v1/traces`, json, oneSpan),
    post(`${url}/v1/metrics`, json, JSON.stringify(metricsJson(gauge))),
    post(`${url}/v1/logs`, json, JSON.stringify(logsJson({body: {stringValue: 'a'}}, {}))),
  ]);
  for (const answer of answers) {
    t.is(answer.status, 200);
    t.is(answer.headers.get('content-type'), 'application/json');
    t.deepEqual(await answer.json(), {});
  }
  const observation = await receiver.finishTrial(trialId);
  t.deepEqual(observation.resource, {'service.name': 'my.service'});
  t.is(observation.spanCount, 1);
  t.like(observation.metrics, [{name: 'pool', kind: 'gauge', last: 4}]);
  t.is(observation.logRecordCount, 2);
  t.is(observation.requestCount, 3);
  t.deepEqual(await spansIn(spansFile), [...observation.exemplars]);
});

test('answers protobuf in protobuf, an empty message for full success', async t => {
  const {url} = await startTrial(t, originEpochMs);
  const answer = await post(`${url}/v1/traces`, protobuf, protobufOf('traces', oneSpan));
  t.is(answer.status, 200);
  t.is(answer.headers.get('content-type'), 'application/x-protobuf');
  t.is((await answer.bytes()).length, 0);
});

test('tells in either encoding how many spans it rejected', async t => {
  const {receiver, url} = await startTrial(t, originEpochMs);
  const body = JSON.stringify(
    tracesJson(spanJson(), spanJson({traceId: ''}), spanJson({spanId: '0000000000000000'})),
  );
  const inJson = await post(`${url}/v1/traces`, json, body);
  const message = 'span with an invalid trace id or span id';
  t.deepEqual(await inJson.json(), {partialSuccess: {rejectedSpans: '2', errorMessage: message}});
  const inProtobuf = await post(`${url}/v1/traces`, protobuf, protobufOf('traces', body));
  t.true(Buffer.from(await inProtobuf.arrayBuffer()).includes(message));
  const {spanCount, refusals} = await receiver.finishTrial(trialId);
  t.is(spanCount, 2);
  t.deepEqual(refusals, {[message]: 4});
});

const encodings = {
  gzip: gzipSync(oneSpan),
  deflate: deflateSync(oneSpan),
  'x-gzip': gzipSync(oneSpan),
  Deflate: deflateRawSync(oneSpan),
  identity: Buffer.from(oneSpan),
};
for (const [encoding, body] of Object.entries(encodings)) {
  test(`takes content encoding ${encoding}`, async t => {
    const {receiver, url} = await startTrial(t, originEpochMs);
    const answer = await post(
      `${url}/v1/traces`,
      {...json, 'content-encoding': encoding},
      new Uint8Array(body),
    );
    t.is(answer.status, 200);
    const {spanCount, requestBytes} = await receiver.finishTrial(trialId);
    t.is(spanCount, 1);
    t.is(requestBytes, body.length);
  });
}

type Refused = {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
  readonly httpStatus: number;
  readonly rpcCode: number;
  /** Under what it is counted; null where it belongs to no trial. */
  readonly reason: string | null;
};

const refuses = test.macro({
  async exec(t, refused: Refused) {
    const {receiver, url} = await startTrial(t, originEpochMs);
    const {path = '/v1/traces', method = 'POST', headers = json, body, httpStatus, rpcCode, reason} = refused;
    const init = body === undefined ? {} : {body: body as Uint8Array<ArrayBuffer> | string};
    const answer = await fetch(`${path.startsWith('/v1') ? url : receiver.url}${path}`, {
      method,
      headers,
      ...init,
    });
    t.is(answer.status, httpStatus);
    const status = decodeStatus(answer.headers.get('content-type'), Buffer.from(await answer.arrayBuffer()));
    t.is(status.code, rpcCode);
    t.not(status.message, '');
    t.is((await post(`${url}/v1/traces`, json, oneSpan)).status, 200);
    const {spanCount, refusals} = await receiver.finishTrial(trialId);
    t.is(spanCount, 1);
    t.deepEqual(refusals, reason === null ? {} : {[reason]: 1});
  },
  title: title => `refuses ${title}`,
});

const malformed = {httpStatus: 400, rpcCode: 3, reason: 'malformed'};
const notFound = {httpStatus: 404, rpcCode: 5, reason: null};
const unsupported = {httpStatus: 415, rpcCode: 3};
const tooLarge = {httpStatus: 413, rpcCode: 8, reason: 'too large'};
const gzip = {'content-encoding': 'gzip'};

test('malformed JSON', refuses, {...malformed, body: '{"resourceSpans":'});
test('malformed protobuf', refuses, {...malformed, headers: protobuf, body: 'not protobuf'});
test('a JSON body said to be protobuf', refuses, {...malformed, headers: protobuf, body: oneSpan});
test('truncated gzip', refuses, {
  ...malformed,
  headers: {...json, ...gzip},
  body: gzipSync(oneSpan).subarray(0, 40),
});
test('what is not gzip', refuses, {...malformed, headers: {...json, ...gzip}, body: oneSpan});
test('an unknown trial', refuses, {...notFound, path: '/nobody/v1/traces', body: oneSpan});
test('an unknown signal', refuses, {...notFound, path: '/v1/profiles', body: oneSpan});
test('a path without a trial', refuses, {...notFound, path: '/', body: oneSpan});
test('GET', refuses, {httpStatus: 405, rpcCode: 12, method: 'GET', reason: 'method not allowed'});
test('an unknown content type', refuses, {
  ...unsupported,
  headers: {'content-type': 'text/plain'},
  body: oneSpan,
  reason: 'unsupported content type',
});
test('an unknown content encoding', refuses, {
  ...unsupported,
  headers: {...json, 'content-encoding': 'br'},
  body: oneSpan,
  reason: 'unsupported content encoding',
});
test('a body too large', refuses, {...tooLarge, body: Buffer.alloc(65 * 1024 * 1024)});
test('a zip bomb', refuses, {
  ...tooLarge,
  headers: {...protobuf, ...gzip},
  body: gzipSync(Buffer.alloc(65 * 1024 * 1024)),
});

test('asks a sender to come back while the bodies under way are too many, and takes it then', async t => {
  const bodiesLimitBytes = 2 * oneSpan.length - 1;
  const {receiver, url} = await startTrial(t, originEpochMs, {bodiesLimitBytes});
  const traces = `${url}/v1/traces`;
  const agent = new Agent();
  t.teardown(() => agent.destroy());
  const slow = request(traces, {method: 'POST', agent, headers: json});
  slow.write(oneSpan);
  const refused = await untilRefused(() => post(traces, json, oneSpan));
  t.is(refused.status, 503);
  t.is(refused.headers.get('retry-after'), '1');
  t.is(decodeStatus('application/json', Buffer.from(await refused.arrayBuffer())).code, 14);
  slow.end();
  const [taken] = (await once(slow, 'response')) as [IncomingMessage];
  t.is(taken.resume().statusCode, 200);
  // What was held is free again, also of what was inflated.
  const zipped = new Uint8Array(gzipSync(oneSpan));
  for (let round = 0; round < 5; round++) {
    t.is((await post(traces, {...json, 'content-encoding': 'gzip'}, zipped)).status, 200);
  }
  t.like((await receiver.finishTrial(trialId)).refusals, {overloaded: 1});
});

/** The slow sender's body may not have arrived yet when the first one asks. */
const untilRefused = async (ask: () => Promise<Response>): Promise<Response> => {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const answer = await ask();
    if (answer.status !== 200) return answer;
    await answer.arrayBuffer();
  }
  throw new Error('nothing was refused');
};

test('says which method is allowed', async t => {
  const {url} = await startTrial(t);
  const answer = await fetch(`${url}/v1/traces`, {method: 'DELETE'});
  t.is(answer.headers.get('allow'), 'POST');
});

test('takes a media type with parameters, a query, and no body at all', async t => {
  const {url} = await startTrial(t, originEpochMs);
  const headers = {'content-type': 'Application/JSON; charset=utf-8'};
  t.is((await post(`${url}/v1/traces?a=b`, headers, oneSpan)).status, 200);
  t.is((await fetch(`${url}/v1/traces`, {method: 'POST', headers: protobuf})).status, 200);
});

test('keeps a connection open from one request to the next, after a refusal too', async t => {
  const {url} = await startTrial(t, originEpochMs);
  const agent = new Agent({keepAlive: true, maxSockets: 1});
  t.teardown(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (const [body, expected] of [
    [oneSpan, 200],
    ['{', 400],
    [oneSpan, 200],
  ] as const) {
    const sent = request(`${url}/v1/traces`, {method: 'POST', agent, headers: json});
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    ports.add(answer.socket.localPort);
    answer.resume();
    await once(answer, 'end');
    t.is(answer.statusCode, expected);
  }
  t.is(ports.size, 1);
});

test('counts a sender that goes away, and does not wait for it', async t => {
  const {receiver, url} = await startTrial(t);
  const {hostname, port, pathname} = new URL(`${url}/v1/traces`);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{`,
  );
  // The receiver has read the head once it answers a request that came later.
  await once(socket, 'connect');
  await post(`${url}/v1/logs`, json, '{}');
  socket.destroy();
  await once(socket, 'close');
  const {refusals} = await receiver.finishTrial(trialId);
  // Had it been waited for, it would be unfinished.
  t.deepEqual(refusals, {'aborted by the sender': 1});
});

test('survives what is not HTTP', async t => {
  const {receiver, url} = await startTrial(t, originEpochMs);
  const {hostname, port} = new URL(receiver.url);
  const socket = connect(Number(port), hostname);
  socket.end('\x16\x03\x01 not HTTP\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  t.is((await post(`${url}/v1/traces`, json, oneSpan)).status, 200);
});

test('waits for the requests under way', async t => {
  const {receiver, url} = await startTrial(t, originEpochMs);
  const sent = request(`${url}/v1/traces`, {method: 'POST', headers: json});
  sent.write(oneSpan.slice(0, 10));
  await once(sent, 'socket').then(([socket]) => (socket.connecting ? once(socket, 'connect') : undefined));
  await post(`${url}/v1/logs`, json, '{}');
  const finished = receiver.finishTrial(trialId);
  sent.end(oneSpan.slice(10));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  t.is(answer.statusCode, 200);
  t.is((await finished).spanCount, 1);
});

test('keeps trials apart', async t => {
  const {receiver, url, spansFile} = await startTrial(t, originEpochMs);
  receiver.startTrial({
    trialId: 'other',
    tracePrefix,
    originEpochMs,
    spansFile: `${spansFile}.other`,
    phaseCount: 4,
    background: [],
  });
  t.throws(() =>
    receiver.startTrial({
      trialId: 'other',
      tracePrefix,
      originEpochMs,
      spansFile,
      phaseCount: 4,
      background: [],
    }),
  );
  await post(`${receiver.url}/other/v1/traces`, json, oneSpan);
  t.is((await receiver.finishTrial(trialId)).spanCount, 0);
  t.is((await receiver.finishTrial('other')).spanCount, 1);
  t.is((await post(`${url}/v1/traces`, json, oneSpan)).status, 404);
  await t.throwsAsync(receiver.finishTrial(trialId));
});

// Linux has a device that is always full.
const testOnLinux = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux')
  console.error('Left out: this needs what only Linux has, such as a device that is always full.');

testOnLinux('a full disk costs the file, not the observation', async t => {
  const receiver = await startReceiver({host: '127.0.0.1', port: 0});
  t.teardown(() => receiver.stop());
  receiver.startTrial({
    trialId,
    tracePrefix,
    originEpochMs,
    spansFile: '/dev/full',
    phaseCount: 4,
    background: [],
  });
  for (let count = 1; count <= 3; count += 1) {
    t.is((await post(`${receiver.url}/${trialId}/v1/traces`, json, oneSpan)).status, 200);
  }
  const {spanCount, refusals} = await receiver.finishTrial(trialId);
  t.is(spanCount, 3);
  t.deepEqual(Object.values(refusals), [3]);
  t.regex(Object.keys(refusals)[0] ?? '', /^span not written: ENOSPC/);
});

test('a folder that is not there costs the file, not the observation', async t => {
  const receiver = await startReceiver({host: '127.0.0.1', port: 0});
  t.teardown(() => receiver.stop());
  receiver.startTrial({
    trialId,
    tracePrefix,
    originEpochMs,
    spansFile: '/nowhere/spans.ndjson',
    phaseCount: 4,
    background: [],
  });
  t.is((await post(`${receiver.url}/${trialId}/v1/traces`, json, oneSpan)).status, 200);
  const {refusals} = await receiver.finishTrial(trialId);
  t.regex(Object.keys(refusals)[0] ?? '', /^span not written: ENOENT/);
});

test('writes 200,000 spans and counts the others', async t => {
  const {receiver, url, spansFile} = await startTrial(t, originEpochMs);
  const batch = new Uint8Array(
    protobufOf('traces', JSON.stringify(tracesJson(...new Array(20_100).fill(spanJson())))),
  );
  for (let count = 1; count <= 10; count += 1) await post(`${url}/v1/traces`, protobuf, batch);
  const {spanCount, refusals} = await receiver.finishTrial(trialId);
  t.is(spanCount, 201_000);
  t.deepEqual(refusals, {'span not written: more than 200000': 1000});
  t.is((await spansIn(spansFile)).length, 200_000);
});

test('cannot listen where another does', async t => {
  const {receiver} = await startTrial(t);
  const port = Number(new URL(receiver.url).port);
  await t.throwsAsync(startReceiver({host: '127.0.0.1', port}), {code: 'EADDRINUSE'});
});
