// gRPC comes from the SDK, or not at all.
import {createRequire} from 'node:module';
import {join, parse} from 'node:path';
import test from 'ava';
import {loadGrpc} from '../../src/telemetry/grpc-package.ts';

const require = createRequire(import.meta.url);

test('what the SDK brings along is taken', t => {
  const base = require.resolve('@opentelemetry/otlp-grpc-exporter-base', {
    paths: [require.resolve('@opentelemetry/sdk-node')],
  });
  t.is(loadGrpc(), createRequire(base)('@grpc/grpc-js'));
});

test('where there is none, there is no gRPC, and no error', t => {
  t.is(loadGrpc(join(parse(import.meta.dirname).root, 'nowhere.js')), null);
});
