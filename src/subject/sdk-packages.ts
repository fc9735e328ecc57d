// The packages of the SDK. Most of what @opentelemetry/sdk-node takes to load is for exporters and a configuration file that a
// subject hardly ever uses: gRPC, Zipkin, Prometheus, YAML. Each of them loads when something of it is used, which a
// variant's own environment may ask for (OTEL_TRACES_EXPORTER=zipkin).
import Module, {createRequire} from 'node:module';
import type * as MetricExporter from '@opentelemetry/exporter-metrics-otlp-proto';
import type * as InstrumentationPackage from '@opentelemetry/instrumentation';
import type * as Runtime from '@opentelemetry/instrumentation-runtime-node';
import type * as Undici from '@opentelemetry/instrumentation-undici';
import type * as SdkMetrics from '@opentelemetry/sdk-metrics';
import type * as SdkNode from '@opentelemetry/sdk-node';

const seldomUsed = [
  'configuration',
  'exporter-logs-otlp-grpc',
  'exporter-logs-otlp-http',
  'exporter-metrics-otlp-grpc',
  'exporter-prometheus',
  'exporter-trace-otlp-grpc',
  'exporter-trace-otlp-http',
  'exporter-zipkin',
  'otlp-grpc-exporter-base',
] as const;

const require = createRequire(import.meta.url);
const requireFromSdk = createRequire(require.resolve('@opentelemetry/sdk-node'));

/** Until the returned function is called, requiring the package gives a proxy that loads it when it is used. */
const postpone = (name: string): (() => void) => {
  const {cache} = requireFromSdk;
  const file = requireFromSdk.resolve(name);
  const standIn = new Module(file);
  standIn.loaded = true;
  const endStandIn = (): void => {
    if (cache[file] === standIn) delete cache[file];
  };
  standIn.exports = new Proxy(
    {},
    {
      get(_, key) {
        endStandIn();
        return Reflect.get(requireFromSdk(name) as object, key);
      },
    },
  );
  cache[file] ??= standIn;
  return endStandIn;
};

/** As CommonJS, whose exports are looked up where they are used, and not where they are imported. */
const loadSdk = (): typeof SdkNode => {
  const endings = seldomUsed.map(name => postpone(`@opentelemetry/${name}`));
  const sdk = require('@opentelemetry/sdk-node') as typeof SdkNode;
  for (const end of endings) end();
  return sdk;
};

type ResolveFilename = (request: string, ...rest: unknown[]) => string;

/**
 * Their peer ranges let npm put these beside an older @opentelemetry/api of the project, which does not work with
 * their dependencies: the API is resolved from here.
 */
const requireWithOurApi = (name: string): unknown => {
  const loader = Module as unknown as {_resolveFilename: ResolveFilename};
  const own = loader._resolveFilename;
  const api = '@opentelemetry/api';
  const apiFile = require.resolve(api);
  loader._resolveFilename = (request, ...rest) =>
    request === api ? apiFile : own.call(Module, request, ...rest);
  try {
    return require(name);
  } finally {
    loader._resolveFilename = own;
  }
};

export const {NodeSDK} = loadSdk();
// The SDK's own copies, which are loaded already.
export const {OTLPMetricExporter} = requireFromSdk(
  '@opentelemetry/exporter-metrics-otlp-proto',
) as typeof MetricExporter;
export const {PeriodicExportingMetricReader} = requireFromSdk(
  '@opentelemetry/sdk-metrics',
) as typeof SdkMetrics;
// What these share with the SDK is loaded once: as CommonJS, too.
export const {registerInstrumentations} =
  require('@opentelemetry/instrumentation') as typeof InstrumentationPackage;
export const {RuntimeNodeInstrumentation} = requireWithOurApi(
  '@opentelemetry/instrumentation-runtime-node',
) as typeof Runtime;
export const {UndiciInstrumentation} = requireWithOurApi(
  '@opentelemetry/instrumentation-undici',
) as typeof Undici;
