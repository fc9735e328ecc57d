// The OpenTelemetry SDK in the subject. Started before the library loads; later requests to it are in running-sdk.ts.
import {createRequire, register, registerHooks} from 'node:module';
import {pathToFileURL} from 'node:url';
import type {TelemetryMode} from '../model/choices.ts';
import type {TelemetryPresetName} from '../model/telemetry-preset.ts';
import {watchDoubleEnds} from './double-ends.ts';
import {noteInstrumentations, noteRunning} from './running-sdk.ts';
import {
  NodeSDK,
  OTLPMetricExporter,
  PeriodicExportingMetricReader,
  RuntimeNodeInstrumentation,
  registerInstrumentations,
} from './sdk-packages.ts';
import {beginNative, instrumentationOf, presetInstrumentations} from './telemetry-use.ts';
import {CarefulUndiciInstrumentation} from './undici-instrumentation.ts';

/** What the scenario names is resolved from its folder. */
export type SdkTask = {
  readonly scenarioFile: string;
  readonly instrumentations: readonly string[];
  readonly use: readonly TelemetryPresetName[];
  readonly mode: Exclude<TelemetryMode, 'off'>;
};

/** The rest of its settings come from the environment: see telemetry/sdk-settings. */
export const startSdk = ({scenarioFile, instrumentations, use, mode}: SdkTask): void => {
  const require = createRequire(scenarioFile);
  // Instrumentations that patch a module need this hook to see ES imports of it.
  if (instrumentations.length + use.length > 0) hookImports();
  const registered = [
    new CarefulUndiciInstrumentation(),
    ...presetInstrumentations(use, require),
    ...instrumentations.map(name => instrumentationOf(name, require)),
  ];
  noteInstrumentations(registered);
  // Without an SDK the API accepts everything and keeps nothing.
  if (mode === 'api-only') {
    registerInstrumentations({instrumentations: registered});
  } else {
    const reader =
      mode === 'unsampled' ? null : new PeriodicExportingMetricReader({exporter: new OTLPMetricExporter()});
    const sdk = new NodeSDK({
      autoDetectResources: true,
      metricReaders: reader === null ? [] : [reader],
      instrumentations: [...registered, new RuntimeNodeInstrumentation()],
    });
    sdk.start();
    watchDoubleEnds();
    noteRunning({sdk, reader});
  }
  beginNative(use, require);
};

const instrumentation = '@opentelemetry/instrumentation';
const inTheMiddle = 'import-in-the-middle';

/**
 * Instrumentations that patch what is imported use a register of import-in-the-middle, which the loader hook fills.
 * One that a variant brings, or that lies deeper in the project, has a copy of that package beside it, whose register
 * the hook does not know: all of them are given foulweather's. Called before the instrumentations are loaded.
 */
const hookImports = (): void => {
  const require = createRequire(import.meta.url);
  const url = pathToFileURL(createRequire(require.resolve(instrumentation)).resolve(inTheMiddle)).href;
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      specifier === inTheMiddle ? {url, shortCircuit: true} : nextResolve(specifier, context),
  });
  register(`${instrumentation}/hook.mjs`, import.meta.url);
};
