// How many spans a second the receiver takes on one core: protobuf and JSON in turns. The receiver runs in a process of its own,
// as it does in a run, and its CPU time is measured.
import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {Agent, request} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {otlpType} from '../../src/telemetry/otlp-schema.ts';
import {figureOf, inTurns, type Limit, type Part, type Row, wantedOf} from '../part.ts';
import {originEpochMs, type Received, tracePrefix} from './trial.ts';

const batchSpans = 4096;
const contentTypes = {protobuf: 'application/x-protobuf', json: 'application/json'} as const;
type Encoding = keyof typeof contentTypes;
const encodings = ['protobuf', 'json'] as const;
const names: Readonly<Record<Encoding, string>> = {protobuf: 'protobuf', json: 'JSON'};

type Cost = {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly lost: number;
  readonly peakMebibytes: number;
};

const rows: readonly {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly limit: Limit | null;
  readonly of: (cost: Cost) => number;
}[] = [
  {title: 'spans per second', unit: '/s', digits: 0, limit: {atLeast: 20_000}, of: cost => cost.perSecond},
  {title: 'spans lost', unit: '', digits: 0, limit: {atMost: 0}, of: cost => cost.lost},
  {title: 'CPU per span', unit: 'µs', digits: 1, limit: null, of: cost => cost.cpuUs},
  {title: 'peak memory', unit: 'MiB', digits: 0, limit: null, of: cost => cost.peakMebibytes},
];

export const part: Part = {
  title: 'The telemetry receiver',
  rounds: {full: 3, quick: 1},
  missing: () => null,
  async measure({rounds, isQuick, takes}) {
    const spanCount = isQuick ? 20_000 : 200_000;
    const costs: Record<Encoding, Cost[]> = {protobuf: [], json: []};
    await inTurns(encodings, rounds, async encoding => {
      process.stderr.write(`  ${names[encoding]}\n`);
      costs[encoding].push(await costOf(encoding, spanCount));
    });
    const measured = encodings.flatMap(encoding =>
      rows.map(({title: name, unit, digits, limit, of}): Row => {
        const title = `${names[encoding]}: ${name}`;
        const figure = figureOf(title, costs[encoding].map(of));
        const wanted = limit === null ? null : wantedOf(figure, limit, unit);
        return {title, unit, digits, figure, beside: {}, ratio: null, wanted};
      }),
    );
    return {rows: measured.filter(({title}) => takes(title)), notes: []};
  },
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

const costOf = async (encoding: Encoding, spanCount: number): Promise<Cost> => {
  const batchCount = Math.ceil(spanCount / batchSpans);
  const bodies = Array.from({length: batchCount}, (_, index) => batchFrom(index * batchSpans, encoding));
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-bench-'));
  const child: ChildProcess = fork(new URL('receive-main.ts', import.meta.url), [
    join(folder, 'spans.ndjson'),
  ]);
  const [url] = (await once(child, 'message')) as [string];
  const agent = new Agent({keepAlive: true});
  const startMs = performance.now();
  for (const body of bodies) await post(agent, url, encoding, body);
  const elapsedMs = performance.now() - startMs;
  agent.destroy();
  const answered = once(child, 'message') as Promise<[Received]>;
  const exited = once(child, 'exit');
  child.send('finish');
  const [received] = await answered;
  await exited;
  await rm(folder, {recursive: true});
  const sentCount = batchCount * batchSpans;
  return {
    perSecond: (sentCount * 1000) / elapsedMs,
    cpuUs: (received.cpuMs * 1000) / sentCount,
    lost: sentCount - received.spanCount,
    peakMebibytes: received.peakMemoryBytes / 2 ** 20,
  };
};
