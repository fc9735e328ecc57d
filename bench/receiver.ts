// How many spans a second the receiver takes on one core: `node bench/receiver.ts [spans]`, protobuf beside JSON.
// The receiver runs in a process of its own, as it does in a run; its CPU time is what counts.
import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {Agent, request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {otlpType} from '../src/telemetry/otlp-schema.ts';
import {startReceiver} from '../src/telemetry/receiver.ts';

const batchSpans = 4096;
const tracePrefix = '00000000000000a1';
const originEpochMs = 1_700_000_000_000;
const contentTypes = {protobuf: 'application/x-protobuf', json: 'application/json'} as const;
type Encoding = keyof typeof contentTypes;

type Measured = {
  readonly spanCount: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
};

/** The child's side: one trial, then what it cost. */
const receive = async (spansFile: string): Promise<void> => {
  const receiver = await startReceiver({host: '127.0.0.1', port: 0});
  receiver.startTrial({
    trialId: 'bench',
    tracePrefix,
    originEpochMs,
    spansFile,
    phaseCount: 1,
    background: [],
  });
  receiver.startPhase('bench', 0, 0);
  const before = process.cpuUsage();
  process.once('message', async () => {
    const {spanCount} = await receiver.finishTrial('bench');
    const {user, system} = process.cpuUsage(before);
    const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
    const measured: Measured = {spanCount, cpuMs: (user + system) / 1000, peakMemoryBytes};
    process.send?.(measured);
    await receiver.stop();
    process.disconnect();
  });
  process.send?.(receiver.url);
};

/** A span as the undici instrumentation makes it; every 20th failed. */
const spanOf = (index: number) => {
  const startNanos = BigInt(originEpochMs) * 1_000_000n + BigInt(index) * 50_000n;
  const failed = index % 20 === 0;
  const string = (key: string, stringValue: string) => ({key, value: {stringValue}});
  return {
    traceId: tracePrefix + (index + 1).toString(16).padStart(16, '0'),
    spanId: (index + 1).toString(16).padStart(16, '0'),
    parentSpanId: 'eee19b7ec3c1b174',
    name: 'GET',
    kind: 3,
    startTimeUnixNano: String(startNanos),
    endTimeUnixNano: String(startNanos + BigInt(1_000_000 + (index % 1000) * 3000)),
    attributes: [
      string('http.request.method', 'GET'),
      string('http.request.method_original', 'GET'),
      string('url.full', `http://127.0.0.1:41234/echo/${index}`),
      string('url.path', `/echo/${index}`),
      string('url.query', ''),
      string('url.scheme', 'http'),
      string('server.address', '127.0.0.1'),
      {key: 'server.port', value: {intValue: '41234'}},
      string('network.peer.address', '127.0.0.1'),
      {key: 'network.peer.port', value: {intValue: '41234'}},
      failed
        ? string('error.type', 'ECONNRESET')
        : {key: 'http.response.status_code', value: {intValue: '200'}},
    ],
    status: failed ? {code: 2, message: 'read ECONNRESET'} : {},
  };
};

const batchFrom = (first: number, encoding: Encoding): Buffer => {
  const spans = Array.from({length: batchSpans}, (_, index) => spanOf(first + index));
  const resource = {attributes: [{key: 'service.name', value: {stringValue: 'subject'}}]};
  const json = {resourceSpans: [{resource, scopeSpans: [{scope: {name: 'undici'}, spans}]}]};
  if (encoding === 'json') return Buffer.from(JSON.stringify(json));
  const hex = (id: string): Buffer => Buffer.from(id, 'hex');
  const withBytes = spans.map(span => ({
    ...span,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
  }));
  const type = otlpType('TracesRequest');
  // fromObject turns the strings of 64-bit integers into protobufjs' own form.
  const message = type.fromObject({
    resourceSpans: [{resource, scopeSpans: [{scope: {name: 'undici'}, spans: withBytes}]}],
  });
  return Buffer.from(type.encode(message).finish());
};

const post = async (agent: Agent, url: string, encoding: Encoding, body: Buffer): Promise<void> => {
  const headers = {'content-type': contentTypes[encoding], 'content-length': body.length};
  const sent = request(`${url}/bench/v1/traces`, {method: 'POST', agent, headers});
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`the receiver answered ${response.statusCode}`);
};

const measure = async (encoding: Encoding, spanCount: number): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
  const child: ChildProcess = fork(import.meta.filename, ['receive', join(folder, 'spans.ndjson')]);
  const [url] = (await once(child, 'message')) as [string];
  const batchCount = Math.ceil(spanCount / batchSpans);
  const bodies = Array.from({length: batchCount}, (_, index) => batchFrom(index * batchSpans, encoding));
  const agent = new Agent({keepAlive: true});
  const startMs = performance.now();
  for (const body of bodies) await post(agent, url, encoding, body);
  const elapsedMs = performance.now() - startMs;
  agent.destroy();
  const answered = once(child, 'message') as Promise<[Measured]>;
  const exited = once(child, 'exit');
  child.send('finish');
  const [measured] = await answered;
  await exited;
  await rm(folder, {recursive: true});
  const sentCount = batchCount * batchSpans;
  const sentBytes = bodies.reduce((sum, body) => sum + body.length, 0);
  const columns = [
    encoding.padEnd(8),
    `${Math.round(sentCount / (elapsedMs / 1000))} spans/s`.padStart(16),
    `${((measured.cpuMs * 1000) / sentCount).toFixed(1)} µs CPU/span`.padStart(18),
    `${Math.round(sentBytes / sentCount)} bytes/span`.padStart(17),
    `${sentCount - measured.spanCount} lost`.padStart(8),
    `${Math.round(measured.peakMemoryBytes / 2 ** 20)} MiB peak`.padStart(14),
  ];
  console.log(columns.join(' '));
};

if (process.argv[2] === 'receive') {
  await receive(process.argv[3] ?? '');
} else {
  const spanCount = Number(process.argv[2] ?? 200_000);
  for (const encoding of ['protobuf', 'json'] as const) await measure(encoding, spanCount);
}
