// The OpenTelemetry SDK in the subject. Started before the library loads; ended after it is closed.
import {createRequire, register} from 'node:module';
import {OTLPMetricExporter} from '@opentelemetry/exporter-metrics-otlp-proto';
import type {Instrumentation} from '@opentelemetry/instrumentation';
import {RuntimeNodeInstrumentation} from '@opentelemetry/instrumentation-runtime-node';
import {UndiciInstrumentation} from '@opentelemetry/instrumentation-undici';
import {PeriodicExportingMetricReader} from '@opentelemetry/sdk-metrics';
import {NodeSDK} from '@opentelemetry/sdk-node';

/** Modules named by the scenario, resolved from the scenario's folder. */
export type SdkTask = {readonly scenarioFile: string; readonly instrumentations: readonly string[]};

type Running = {readonly sdk: NodeSDK; readonly reader: PeriodicExportingMetricReader};

let running: Running | null = null;

const isInstrumentationClass = (name: string, value: unknown): value is new () => Instrumentation =>
  typeof value === 'function' && name.endsWith('Instrumentation');

const instrumentationOf = (moduleName: string, require: NodeJS.Require): Instrumentation => {
  const exported = require(moduleName) as Record<string, unknown>;
  for (const [name, value] of Object.entries(exported)) {
    if (isInstrumentationClass(name, value)) return new value();
  }
  throw new TypeError(`${moduleName} exports no class whose name ends in «Instrumentation»`);
};

/** The rest of its settings come from the environment: see telemetry/sdk-settings. */
export const startSdk = (task: SdkTask): void => {
  const require = createRequire(task.scenarioFile);
  // Instrumentations that patch a module need this hook to see ES imports of it.
  if (task.instrumentations.length > 0) register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
  const reader = new PeriodicExportingMetricReader({exporter: new OTLPMetricExporter()});
  const sdk = new NodeSDK({
    autoDetectResources: true,
    metricReaders: [reader],
    instrumentations: [
      new UndiciInstrumentation(),
      new RuntimeNodeInstrumentation(),
      ...task.instrumentations.map(name => instrumentationOf(name, require)),
    ],
  });
  sdk.start();
  running = {sdk, reader};
};

/** Exports the metrics as they are now, so that a phase's end falls on a data point. */
export const flushMetrics = async (): Promise<void> => {
  await running?.reader.forceFlush();
};

export const shutdownSdk = async (): Promise<void> => {
  await running?.sdk.shutdown();
  running = null;
};
