// The OpenTelemetry SDK in the subject. Started before the library loads; ended after it is closed.
import {createRequire} from 'node:module';
import {OTLPMetricExporter} from '@opentelemetry/exporter-metrics-otlp-proto';
import {type Instrumentation, registerInstrumentations} from '@opentelemetry/instrumentation';
import {RuntimeNodeInstrumentation} from '@opentelemetry/instrumentation-runtime-node';
import {PeriodicExportingMetricReader} from '@opentelemetry/sdk-metrics';
import {NodeSDK} from '@opentelemetry/sdk-node';
import type {TelemetryMode} from '../model/plan.ts';
import type {TelemetryPresetName} from '../model/telemetry-preset.ts';
import {watchRepeatedEnds} from './repeated-ends.ts';
import {hookImports} from './shared-import-hook.ts';
import {beginNative, instrumentationOf, presetInstrumentations} from './telemetry-use.ts';
import {CarefulUndiciInstrumentation} from './undici-instrumentation.ts';

/** What the scenario names is resolved from its folder. */
export type SdkTask = {
  readonly scenarioFile: string;
  readonly instrumentations: readonly string[];
  readonly use: readonly TelemetryPresetName[];
  readonly mode: Exclude<TelemetryMode, 'off'>;
};

type Running = {readonly sdk: NodeSDK; readonly reader: PeriodicExportingMetricReader | null};

let running: Running | null = null;

let registered: readonly Instrumentation[] = [];

/** Those of the subject, whatever becomes of their telemetry. */
export const registeredInstrumentations = (): readonly Instrumentation[] => registered;

/** The rest of its settings come from the environment: see telemetry/sdk-settings. */
export const startSdk = ({scenarioFile, instrumentations, use, mode}: SdkTask): void => {
  const require = createRequire(scenarioFile);
  // Instrumentations that patch a module need this hook to see ES imports of it.
  if (instrumentations.length + use.length > 0) hookImports();
  registered = [
    new CarefulUndiciInstrumentation(),
    ...presetInstrumentations(use, require),
    ...instrumentations.map(name => instrumentationOf(name, require)),
  ];
  // Without an SDK behind it the API takes everything and keeps nothing.
  if (mode === 'api-only') {
    registerInstrumentations({instrumentations: [...registered]});
  } else {
    const reader =
      mode === 'unsampled' ? null : new PeriodicExportingMetricReader({exporter: new OTLPMetricExporter()});
    const sdk = new NodeSDK({
      autoDetectResources: true,
      metricReaders: reader === null ? [] : [reader],
      instrumentations: [...registered, new RuntimeNodeInstrumentation()],
    });
    sdk.start();
    watchRepeatedEnds();
    running = {sdk, reader};
  }
  beginNative(use, require);
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
