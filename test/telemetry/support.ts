// What the receiver's tests share: a trial on a running receiver, the SDK's exporters set as in a subject, OTLP/JSON bodies.
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TraceFlags} from '@opentelemetry/api';
import {OTLPMetricExporter} from '@opentelemetry/exporter-metrics-otlp-proto';
import {OTLPTraceExporter} from '@opentelemetry/exporter-trace-otlp-proto';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import {BatchSpanProcessor, TracerProvider} from '@opentelemetry/sdk-trace';
import type {ExecutionContext} from 'ava';
import type {Span} from '../../src/model/telemetry.ts';
import {decodeRequest} from '../../src/telemetry/decode.ts';
import {otlpType} from '../../src/telemetry/otlp-schema.ts';
import {type Receiver, type ReceiverOptions, startReceiver} from '../../src/telemetry/receiver.ts';

export const trialId = 'trial-1';
export const tracePrefix = '00000000000000a1';
/** By which spans are told apart. */
export const trialMarks = {trialId, tracePrefix, phaseCount: 4, background: []} as const;

/** A folder that is gone after the test. */
export const temporaryFolder = async (t: ExecutionContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'foulweather-telemetry-'));
  t.teardown(() => rm(folder, {recursive: true, force: true}));
  return folder;
};

export type RunningTrial = {
  readonly receiver: Receiver;
  /** Where the trial's SDK sends: `${url}/v1/traces`. */
  readonly url: string;
  readonly originEpochMs: number;
  readonly spansFile: string;
};

/** A receiver with one trial in its phase 0. */
export const startTrial = async (
  t: ExecutionContext,
  originEpochMs = Date.now(),
  options: Partial<ReceiverOptions> = {},
): Promise<RunningTrial> => {
  const spansFile = join(await temporaryFolder(t), 'spans.ndjson');
  const receiver = await startReceiver({host: '127.0.0.1', port: 0, ...options});
  t.teardown(() => receiver.stop());
  receiver.startTrial({trialId, tracePrefix, originEpochMs, spansFile, phaseCount: 4, background: []});
  receiver.startPhase(trialId, 0, 0);
  return {receiver, url: `${receiver.url}/${trialId}`, originEpochMs, spansFile};
};

export const spansIn = async (spansFile: string): Promise<Span[]> => {
  const lines = (await readFile(spansFile, 'utf8')).split('\n');
  if (lines.pop() !== '') throw new Error('the last line is cut off');
  return lines.map(line => JSON.parse(line) as Span);
};

/** A tracer provider that loses nothing under load. */
export const tracerProvider = (url: string): TracerProvider =>
  new TracerProvider({
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({url: `${url}/v1/traces`}),
        maxQueueSize: 100_000,
        maxExportBatchSize: 4096,
        scheduledDelayMillis: 200,
      }),
    ],
  });

/** A meter provider that exports when it is flushed. */
export const meterProvider = (
  url: string,
  temporalityPreference = AggregationTemporality.CUMULATIVE,
  views: ViewOptions[] = [],
): MeterProvider =>
  new MeterProvider({
    views,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({url: `${url}/v1/metrics`, temporalityPreference}),
        exportIntervalMillis: 60_000,
        exportTimeoutMillis: 10_000,
      }),
    ],
  });

/** The span context that the driver gives to an operation. */
export const operationContext = (index: number) => ({
  traceId: tracePrefix + (index + 1).toString(16).padStart(16, '0'),
  spanId: '00000000000000ff',
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
});

/** The protobuf form of an OTLP/JSON request. */
export const protobufOf = (signal: 'traces' | 'metrics' | 'logs', json: string): Buffer<ArrayBuffer> => {
  const type = {traces: 'TracesRequest', metrics: 'MetricsRequest', logs: 'LogsRequest'}[signal];
  const request = decodeRequest(signal, 'json', Buffer.from(json));
  return Buffer.from(otlpType(type).encode(request).finish());
};

/** The google.rpc.Status of a refusal, in either encoding. */
export const decodeStatus = (contentType: string | null, body: Buffer): {code: number; message: string} => {
  const status: unknown =
    contentType === 'application/json' ? JSON.parse(body.toString()) : otlpType('RpcStatus').decode(body);
  return status as {code: number; message: string};
};
