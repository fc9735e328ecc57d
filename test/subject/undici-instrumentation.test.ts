// Requests that end by whatever an abort was given as its reason: each has its span, and none ends the process.
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {InMemorySpanExporter, SimpleSpanProcessor, TracerProvider} from '@opentelemetry/sdk-trace';
import test from 'ava';
import {CarefulUndiciInstrumentation} from '../../src/subject/undici-instrumentation.ts';
import {hostileErrors} from '../fixtures/hostile-errors.ts';

test('whatever a request is aborted with, its span ends and tells an error', async t => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({spanProcessors: [new SimpleSpanProcessor({exporter})]});
  const instrumentation = new CarefulUndiciInstrumentation();
  instrumentation.setTracerProvider(provider);
  t.teardown(() => instrumentation.disable());
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const {port} = server.address() as AddressInfo;
  for (const [name, make] of Object.entries(hostileErrors)) {
    const aborting = new AbortController();
    const arrived = once(server, 'request');
    const answer = fetch(`http://127.0.0.1:${port}/`, {signal: aborting.signal}).then(
      () => 'an answer',
      () => 'a rejection',
    );
    await arrived;
    aborting.abort(make());
    t.is(await answer, 'a rejection', name);
    const [span, ...others] = exporter.getFinishedSpans();
    t.deepEqual(others, []);
    // Without a reason, or with null, it is an abort like any other, which is no error.
    if (['undefined', 'null'].includes(name)) t.is(span?.attributes['error.type'], undefined);
    else t.regex(String(span?.attributes['error.type'] ?? ''), /./, name);
    exporter.reset();
  }
});
