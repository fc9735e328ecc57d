// Requests to the SDK while it runs. Loaded by whoever starts the SDK: a subject without telemetry does without.
import type {Instrumentation} from '@opentelemetry/instrumentation';
import type {PeriodicExportingMetricReader} from '@opentelemetry/sdk-metrics';
import type {NodeSDK} from '@opentelemetry/sdk-node';

type Running = {readonly sdk: NodeSDK; readonly reader: PeriodicExportingMetricReader | null};

let running: Running | null = null;

let registered: readonly Instrumentation[] = [];

/** Those of the subject, whatever happens to their telemetry. */
export const registeredInstrumentations = (): readonly Instrumentation[] => registered;

export const noteInstrumentations = (instrumentations: readonly Instrumentation[]): void => {
  registered = instrumentations;
};

export const noteRunning = (sdk: Running): void => {
  running = sdk;
};

/** Exports the metrics as they are now, so that a phase's end falls on a data point. */
export const flushMetrics = async (): Promise<void> => {
  await running?.reader?.forceFlush();
};

/** Spans that were begun and have not ended, as the SDK counts them; 0 where it does not. */
export const openSpanCount = async (): Promise<number> => {
  const collected = await running?.reader?.collect();
  const live = (collected?.resourceMetrics.scopeMetrics ?? [])
    .flatMap(({metrics}) => metrics)
    .filter(({descriptor}) => descriptor.name === 'otel.sdk.span.live')
    .flatMap(({dataPoints}) => dataPoints.map(({value}) => (typeof value === 'number' ? value : 0)));
  return live.reduce((sum, count) => sum + count, 0);
};

export const shutdownSdk = async (): Promise<void> => {
  await running?.sdk.shutdown();
  running = null;
};
