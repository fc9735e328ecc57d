// The receiver's process, over the real channel.
import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {connect} from 'node:net';
import {join} from 'node:path';
import {context, SpanStatusCode, trace} from '@opentelemetry/api';
import test, {type ExecutionContext} from 'ava';
import type {FromReceiver, ToReceiver} from '../../src/model/receiver-protocol.ts';
import {messageOf, tellChild} from '../helpers/child-channel.ts';
import {originEpochMs, spanJson, tracesJson} from './otlp-json.ts';
import {
  meterProvider,
  operationContext,
  spansIn,
  temporaryFolder,
  tracePrefix,
  tracerProvider,
} from './support.ts';

const entry = new URL('../../src/telemetry/main.ts', import.meta.url);

const startChild = async (t: ExecutionContext): Promise<{child: ChildProcess; url: string}> => {
  const child = fork(entry);
  t.teardown(() => child.kill('SIGKILL'));
  const message = await messageOf<FromReceiver>(child);
  if (message.kind !== 'listening') throw new Error(`the receiver said ${message.kind}`);
  return {child, url: message.url};
};

const tell = (child: ChildProcess, message: ToReceiver): void => {
  tellChild(child, message);
};

test('takes traces and metrics of an SDK and answers with the observation', async t => {
  const {child, url} = await startChild(t);
  const spansFile = join(await temporaryFolder(t), 'spans.ndjson');
  tell(child, {
    kind: 'trial',
    trialId: 'a',
    tracePrefix,
    originEpochMs: Date.now(),
    spansFile,
    phaseCount: 4,
    background: [],
    labels: null,
  });
  tell(child, {kind: 'phase', trialId: 'a', phase: 0, atMs: 0, hits: false});

  const tracers = tracerProvider(`${url}/a`);
  const parent = trace.setSpanContext(context.active(), operationContext(2));
  const span = tracers.getTracer('a-library').startSpan('GET', {}, parent);
  span.setAttribute('error.type', 23);
  span.setStatus({code: SpanStatusCode.ERROR, message: 'timed out'});
  span.end();
  const meters = meterProvider(`${url}/a`);
  meters.getMeter('a-library').createCounter('requests', {unit: '{request}'}).add(3);
  await Promise.all([tracers.shutdown(), meters.shutdown()]);

  const answered = messageOf<FromReceiver>(child);
  tell(child, {kind: 'finish', trialId: 'a'});
  const message = await answered;
  t.is(message.kind, 'telemetry');
  if (message.kind !== 'telemetry') return;
  const {observation} = message;
  t.is(message.trialId, 'a');
  t.is(observation.spanCount, 1);
  t.like(observation.groups[0], {
    phase: 0,
    scope: 'a-library',
    name: 'GET',
    status: 'error',
    errorType: 23,
    count: 1,
  });
  t.like(observation.metrics[0], {kind: 'sum', name: 'requests', unit: '{request}', increase: 3, last: 3});
  t.deepEqual([...Buffer.from(observation.spansPerOperation, 'base64')], [0, 0, 1]);
  t.is(observation.requestCount, 2);
  t.deepEqual(observation.refusals, {});
  t.deepEqual(await spansIn(spansFile), [...observation.exemplars]);

  const exited = once(child, 'exit');
  tell(child, {kind: 'stop'});
  t.deepEqual(await exited, [0, null]);
});

test('reads what the kernel still holds of a subject that has died', async t => {
  const {child, url} = await startChild(t);
  const folder = await temporaryFolder(t);
  const {hostname, port} = new URL(url);
  const body = JSON.stringify(tracesJson(spanJson()));
  for (let index = 0; index < 20; index += 1) {
    const id = `trial-${index}`;
    tell(child, {
      kind: 'trial',
      trialId: id,
      tracePrefix,
      originEpochMs,
      spansFile: join(folder, id),
      phaseCount: 4,
      background: [],
      labels: null,
    });
    const socket = connect(Number(port), hostname);
    const head = `POST /${id}/v1/traces HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n`;
    const request = `${head}content-length: ${body.length}\r\n\r\n${body}`;
    await new Promise<void>(resolve => {
      socket.end(request, () => resolve());
    });
    const answered = messageOf<FromReceiver>(child);
    tell(child, {kind: 'finish', trialId: id});
    const message = await answered;
    socket.destroy();
    t.like(message, {kind: 'telemetry', trialId: id, observation: {spanCount: 1, refusals: {}}});
  }
});

test('says what failed, and goes on', async t => {
  const {child} = await startChild(t);
  const answered = messageOf<FromReceiver>(child);
  tell(child, {kind: 'finish', trialId: 'nobody'});
  const message = await answered;
  t.deepEqual(message, {kind: 'failed', message: 'there is no trial nobody'});
  const exited = once(child, 'exit');
  tell(child, {kind: 'stop'});
  t.deepEqual(await exited, [0, null]);
});

test('ends when its parent is gone', async t => {
  const {child, url} = await startChild(t);
  const spansFile = join(await temporaryFolder(t), 'spans.ndjson');
  tell(child, {
    kind: 'trial',
    trialId: 'a',
    tracePrefix,
    originEpochMs: Date.now(),
    spansFile,
    phaseCount: 4,
    background: [],
    labels: null,
  });
  // A connection that stays open must not keep it alive.
  await fetch(`${url}/a/v1/traces`, {method: 'POST', headers: {'content-type': 'application/x-protobuf'}});
  const exited = once(child, 'exit');
  child.disconnect();
  t.deepEqual(await exited, [0, null]);
});

test('leaves Ctrl-C to its parent', async t => {
  const {child} = await startChild(t);
  child.kill('SIGINT');
  const exited = once(child, 'exit');
  tell(child, {kind: 'stop'});
  t.deepEqual(await exited, [0, null]);
});
