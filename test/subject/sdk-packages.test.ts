// The SDK loads what it uses, and what is asked for by its environment when it is asked for.
import {createRequire} from 'node:module';
import test from 'ava';
import {NodeSDK} from '../../src/subject/sdk-packages.ts';

const require = createRequire(import.meta.url);

const isLoaded = (name: string): boolean =>
  Object.keys(require.cache).some(file => file.includes(`/node_modules/${name}/`));

test.serial('exporters that nobody uses are not loaded', t => {
  t.true(isLoaded('@opentelemetry/exporter-trace-otlp-proto'));
  for (const name of ['@grpc/grpc-js', '@opentelemetry/exporter-zipkin', '@opentelemetry/configuration']) {
    t.false(isLoaded(name), name);
  }
});

test.serial('an exporter that the environment names is loaded, and works', async t => {
  Object.assign(process.env, {
    OTEL_TRACES_EXPORTER: 'zipkin,otlp',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  });
  const sdk = new NodeSDK();
  sdk.start();
  t.true(isLoaded('@opentelemetry/exporter-zipkin'));
  t.true(isLoaded('@grpc/grpc-js'));
  await t.notThrowsAsync(sdk.shutdown());
});
