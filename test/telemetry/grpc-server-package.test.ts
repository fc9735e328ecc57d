// gRPC comes from the SDK, or not at all.
import {execFile} from 'node:child_process';
import {createRequire} from 'node:module';
import {join, parse} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {loadGrpc} from '../../src/telemetry/grpc-server.ts';

const require = createRequire(import.meta.url);
const source = new URL('../../src/telemetry/grpc-server.ts', import.meta.url).href;

test('what the SDK brings along is taken', t => {
  const base = require.resolve('@opentelemetry/otlp-grpc-exporter-base', {
    paths: [require.resolve('@opentelemetry/sdk-node')],
  });
  t.is(loadGrpc(), createRequire(base)('@grpc/grpc-js'));
});

// In a process of its own: NODE_PATH may lead to a copy, and is read when a process starts.
test('where there is none, there is no gRPC, and no error', async t => {
  const nowhere = join(parse(import.meta.dirname).root, 'nowhere.js');
  const script = `const {loadGrpc} = await import(${JSON.stringify(source)}); console.log(loadGrpc(${JSON.stringify(nowhere)}))`;
  const {NODE_PATH: _, ...env} = process.env;
  const {stdout} = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {env});
  t.is(stdout, 'null\n');
});
