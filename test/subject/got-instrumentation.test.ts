// The real got against a server of the test: what its diagnostics channels tell becomes a span for each attempt.

import {once} from 'node:events';
import {createServer, type RequestListener} from 'node:http';
import type {AddressInfo} from 'node:net';
import {context, SpanKind, SpanStatusCode, TraceFlags, trace} from '@opentelemetry/api';
import {AsyncLocalStorageContextManager} from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import test, {type ExecutionContext} from 'ava';
import got from 'got';
import {GotInstrumentation} from '../../src/subject/got-instrumentation.ts';

test.before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

type Scene = {
  readonly url: string;
  readonly spans: () => ReadableSpan[];
  readonly reader: PeriodicExportingMetricReader;
  readonly metrics: InMemoryMetricExporter;
};

const scene = async (t: ExecutionContext, listener: RequestListener): Promise<Scene> => {
  const exporter = new InMemorySpanExporter();
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({exporter: metrics, exportIntervalMillis: 3_600_000});
  const instrumentation = new GotInstrumentation();
  instrumentation.setTracerProvider(
    new TracerProvider({spanProcessors: [new SimpleSpanProcessor({exporter})]}),
  );
  instrumentation.setMeterProvider(new MeterProvider({readers: [reader]}));
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    instrumentation.disable();
    server.closeAllConnections();
    server.close();
    await reader.shutdown();
  });
  const {port} = server.address() as AddressInfo;
  return {url: `http://127.0.0.1:${port}/`, spans: () => exporter.getFinishedSpans(), reader, metrics};
};

const attributesOf = (spans: readonly ReadableSpan[], key: string): unknown[] =>
  spans.map(({attributes}) => attributes[key]);

// One after the other: all of a process hear the same channels.
test.serial('a request is one span of kind client, in the trace of its caller', async t => {
  const {url, spans} = await scene(t, (_request, response) => response.end('{"a":1}'));
  const caller = {traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED};
  await context.with(trace.setSpanContext(context.active(), caller), () => got(url).json());
  const [span, ...others] = spans();
  t.deepEqual(others, []);
  t.is(span!.name, 'GET');
  t.is(span!.kind, SpanKind.CLIENT);
  t.is(span!.status.code, SpanStatusCode.UNSET);
  t.is(span!.spanContext().traceId, caller.traceId);
  t.is(span!.parentSpanContext?.spanId, caller.spanId);
  t.deepEqual(span!.attributes, {
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(url).port),
    'url.full': url,
    'url.scheme': 'http',
  });
});

test.serial(
  'each retry is a span with its resend count, and only the attempts that failed tell an error',
  async t => {
    let seen = 0;
    const {url, spans, reader, metrics} = await scene(t, (request, response) => {
      seen++;
      if (seen === 1) request.socket.destroy();
      else if (seen === 2) response.writeHead(503).end('busy');
      else response.end('done');
    });
    const caller = {traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: TraceFlags.SAMPLED};
    const body = await context.with(trace.setSpanContext(context.active(), caller), () =>
      got(url, {retry: {limit: 3, calculateDelay: ({computedValue}) => Math.min(computedValue, 1)}}).text(),
    );
    t.is(body, 'done');
    t.deepEqual(attributesOf(spans(), 'http.request.resend_count'), [undefined, 1, 2]);
    t.deepEqual(attributesOf(spans(), 'error.type'), ['ECONNRESET', '503', undefined]);
    t.deepEqual(
      spans().map(({status}) => status.code),
      [SpanStatusCode.ERROR, SpanStatusCode.ERROR, SpanStatusCode.UNSET],
    );
    t.deepEqual(new Set(spans().map(span => span.spanContext().traceId)), new Set([caller.traceId]));
    await reader.forceFlush();
    const [metric, ...others] = metrics
      .getMetrics()
      .at(-1)!
      .scopeMetrics.flatMap(scope => scope.metrics);
    t.deepEqual(others, []);
    t.like(metric!.descriptor, {name: 'http.client.request.duration', unit: 's'});
    t.deepEqual(
      metric!.dataPoints.map(({attributes, value}) => [
        attributes['error.type'],
        (value as {readonly count: number}).count,
      ]),
      [
        ['ECONNRESET', 1],
        ['503', 1],
        [undefined, 1],
      ],
    );
  },
);

test.serial('a redirect that is followed is a span of its own', async t => {
  const {url, spans} = await scene(t, (request, response) => {
    if (request.url === '/there') response.end('there');
    else response.writeHead(302, {location: '/there'}).end();
  });
  t.is(await got(url).text(), 'there');
  t.deepEqual(attributesOf(spans(), 'http.response.status_code'), [302, 200]);
  t.deepEqual(attributesOf(spans(), 'http.request.resend_count'), [undefined, 1]);
  t.deepEqual(attributesOf(spans(), 'url.full'), [url, `${url}there`]);
});

test.serial('a time-out is an error of a stable name, and the abort of a caller is none', async t => {
  const {url, spans} = await scene(t, () => undefined);
  await t.throwsAsync(got(url, {timeout: {request: 50}, retry: {limit: 0}}));
  const aborting = new AbortController();
  const arrived = got(url, {signal: aborting.signal, retry: {limit: 0}}).on('request', () =>
    setImmediate(() => aborting.abort()),
  );
  await t.throwsAsync(arrived, {name: 'AbortError'});
  t.deepEqual(attributesOf(spans(), 'error.type'), ['ETIMEDOUT', undefined]);
  t.deepEqual(
    spans().map(({status}) => status.code),
    [SpanStatusCode.ERROR, SpanStatusCode.UNSET],
  );
});

test.serial('the last answer of a request that gave up ends its last span', async t => {
  const {url, spans} = await scene(t, (_request, response) => response.writeHead(500).end('broken'));
  await t.throwsAsync(
    got(url, {retry: {limit: 1, calculateDelay: ({computedValue}) => Math.min(computedValue, 1)}}),
    {name: 'HTTPError'},
  );
  t.deepEqual(attributesOf(spans(), 'error.type'), ['500', '500']);
});

test.serial('a user name and a password in the URL stay out of the span', async t => {
  const {url, spans} = await scene(t, (_request, response) => response.end('in'));
  t.is(await got(url.replace('//', '//ann:secret@')).text(), 'in');
  t.deepEqual(attributesOf(spans(), 'url.full'), [url]);
});

test.serial('a stream has its span too', async t => {
  const {url, spans} = await scene(t, (_request, response) => response.end('flowing'));
  const chunks = await got.stream(url).toArray();
  t.is(Buffer.concat(chunks as Uint8Array[]).toString(), 'flowing');
  t.deepEqual(attributesOf(spans(), 'http.response.status_code'), [200]);
});
