// OTLP over gRPC into the same books: a real exporter, compressed calls, what is refused, and garbage.
import {Client, credentials, Metadata, type ServiceError, status} from '@grpc/grpc-js';
import {SpanKind, trace} from '@opentelemetry/api';
import {OTLPTraceExporter} from '@opentelemetry/exporter-trace-otlp-grpc';
import {BatchSpanProcessor, TracerProvider} from '@opentelemetry/sdk-trace';
import test, {type ExecutionContext} from 'ava';
import {bodyLimitBytes} from '../../src/telemetry/request-body.ts';
import {operationContext, protobufOf, type RunningTrial, startTrial, trialId} from './support.ts';

const service = 'opentelemetry.proto.collector.trace.v1.TraceService';
const asIs = (bytes: Buffer): Buffer => bytes;

const spansJson = (count: number): string =>
  JSON.stringify({
    resourceSpans: [
      {
        scopeSpans: [
          {
            scope: {name: 'library'},
            spans: Array.from({length: count}, (_, index) => ({
              traceId: operationContext(index).traceId,
              spanId: (index + 1).toString(16).padStart(16, '0'),
              name: 'GET',
              startTimeUnixNano: '1',
              endTimeUnixNano: '2',
            })),
          },
        ],
      },
    ],
  });

const call = (
  t: ExecutionContext,
  {receiver}: RunningTrial,
  body: Buffer,
  headers: Record<string, string> = {},
  path = `/${service}/Export`,
) => {
  const client = new Client(new URL(receiver.grpcUrl!).host, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
  });
  t.teardown(() => client.close());
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
  return new Promise<{readonly error: ServiceError | null; readonly response: Buffer | undefined}>(
    resolve => {
      client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error, response) =>
        resolve({error, response}),
      );
    },
  );
};

test('spans of the SDK arrive as by HTTP', async t => {
  const running = await startTrial(t);
  const provider = new TracerProvider({
    spanProcessors: [
      new BatchSpanProcessor({exporter: new OTLPTraceExporter({url: running.receiver.grpcUrl!})}),
    ],
  });
  const parent = trace.setSpanContext((await import('@opentelemetry/api')).ROOT_CONTEXT, operationContext(3));
  const span = provider.getTracer('library').startSpan('GET', {kind: SpanKind.CLIENT}, parent);
  span.end();
  await provider.shutdown();
  const {spanCount, spansPerOperation, requestCount, refusals} = await running.receiver.finishTrial(trialId);
  t.deepEqual([spanCount, requestCount, refusals], [1, 1, {}]);
  t.deepEqual([...Buffer.from(spansPerOperation, 'base64')], [0, 0, 0, 1]);
});

test('a compressed call is taken, and what makes no sense in it is told', async t => {
  const running = await startTrial(t);
  const json = JSON.parse(spansJson(3)) as {resourceSpans: {scopeSpans: {spans: {spanId: string}[]}[]}[]};
  json.resourceSpans[0]!.scopeSpans[0]!.spans[1]!.spanId = '';
  const body = protobufOf('traces', JSON.stringify(json));
  const {error, response} = await call(t, running, body, {'foulweather-trial': trialId});
  t.is(error, null);
  t.true(response!.includes('span with an invalid trace id or span id'));
  const {spanCount} = await running.receiver.finishTrial(trialId);
  t.is(spanCount, 2);
});

const refused = test.macro({
  title: (_title, what: string) => `refused: ${what}`,
  async exec(t, _what: string, body: Buffer, headers: Record<string, string>, path: string, code: number) {
    const running = await startTrial(t);
    const {error} = await call(t, running, body, headers, path);
    t.is(error?.code, code);
    // It goes on.
    const again = await call(t, running, protobufOf('traces', spansJson(1)));
    t.is(again.error, null);
  },
});

const path = `/${service}/Export`;
test(
  refused,
  'a trial that is not there',
  protobufOf('traces', spansJson(1)),
  {'foulweather-trial': 'other'},
  path,
  status.NOT_FOUND,
);
test(refused, 'what is no message', Buffer.from('not a message'), {}, path, status.INVALID_ARGUMENT);
test(refused, 'another method', Buffer.alloc(0), {}, `/${service}/Import`, status.UNIMPLEMENTED);

const serviceOf = (signal: string, name: string): string =>
  `/opentelemetry.proto.collector.${signal}.v1.${name}Service/Export`;

test('metrics are taken', async t => {
  const running = await startTrial(t);
  const points = [
    {asInt: '7', startTimeUnixNano: '1', timeUnixNano: String(running.originEpochMs * 1_000_000)},
  ];
  const metric = {name: 'requests', sum: {aggregationTemporality: 2, isMonotonic: true, dataPoints: points}};
  const json = JSON.stringify({
    resourceMetrics: [{scopeMetrics: [{scope: {name: 'library'}, metrics: [metric]}]}],
  });
  const {error} = await call(t, running, protobufOf('metrics', json), {}, serviceOf('metrics', 'Metrics'));
  t.is(error, null);
  const {metrics} = await running.receiver.finishTrial(trialId);
  t.like(metrics[0], {kind: 'sum', scope: 'library', name: 'requests', last: 7});
});

test('log records are taken', async t => {
  const running = await startTrial(t);
  const logRecords = [{severityNumber: 17, body: {stringValue: 'it broke'}, timeUnixNano: '1'}];
  const json = JSON.stringify({resourceLogs: [{scopeLogs: [{scope: {name: 'library'}, logRecords}]}]});
  const {error} = await call(t, running, protobufOf('logs', json), {}, serviceOf('logs', 'Logs'));
  t.is(error, null);
  const {logRecordCount, logs} = await running.receiver.finishTrial(trialId);
  t.is(logRecordCount, 1);
  t.like(logs!.entries[0], {severity: 'error', body: 'it broke', scope: 'library'});
});

test('a call larger than the cap is refused, and the next one is taken', async t => {
  const running = await startTrial(t);
  const {error} = await call(t, running, Buffer.alloc(bodyLimitBytes + 1));
  t.is(error?.code, status.RESOURCE_EXHAUSTED);
  t.is((await call(t, running, protobufOf('traces', spansJson(1)))).error, null);
  t.is((await running.receiver.finishTrial(trialId)).spanCount, 1);
});

test('with no room for another call it is UNAVAILABLE, which an exporter tries again', async t => {
  const body = protobufOf('traces', spansJson(10));
  const running = await startTrial(t, Date.now(), {bodiesLimitBytes: body.length - 1});
  const {error} = await call(t, running, body);
  t.is(error?.code, status.UNAVAILABLE);
  t.is((await call(t, running, protobufOf('traces', spansJson(1)))).error, null);
  const {spanCount, refusals} = await running.receiver.finishTrial(trialId);
  t.is(spanCount, 1);
  t.deepEqual(refusals, {overloaded: 1});
});

test('500 bodies of garbage cost nobody anything', async t => {
  const running = await startTrial(t);
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  };
  const sound = protobufOf('traces', spansJson(2));
  for (let batch = 0; batch < 50; batch++) {
    await Promise.all(
      Array.from({length: 10}, () => {
        const body = Buffer.from(sound);
        for (let flips = random() % 8; flips >= 0; flips--) body[random() % body.length] = random() & 0xff;
        return call(t, running, body.subarray(0, random() % (body.length + 1)));
      }),
    );
  }
  const {error} = await call(t, running, sound);
  t.is(error, null);
  t.true((await running.receiver.finishTrial(trialId)).spanCount >= 2);
});
