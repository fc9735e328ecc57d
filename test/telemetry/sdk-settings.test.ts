// The real SDK and its exporters, set as in a subject, against the receiver.
import {setTimeout as delay} from 'node:timers/promises';
import {context, SpanKind, SpanStatusCode, trace} from '@opentelemetry/api';
import {AggregationTemporality, AggregationType} from '@opentelemetry/sdk-metrics';
import test from 'ava';
import {meterProvider, operationContext, spansIn, startTrial, tracerProvider, trialId} from './support.ts';

test('spans arrive as the SDK made them', async t => {
  const {receiver, url, originEpochMs, spansFile} = await startTrial(t);
  const provider = tracerProvider(url);
  const tracer = provider.getTracer('my-library', '1.0.0');
  const parent = trace.setSpanContext(context.active(), operationContext(7));
  const outer = tracer.startSpan('call', {kind: SpanKind.CLIENT, startTime: originEpochMs + 10}, parent);
  outer.setAttributes({text: 'a', integer: 5, double: 0.25, flag: true, list: ['x', 'y'], 'error.type': 23});
  outer.addEvent('retry', {attempt: 2}, originEpochMs + 12);
  outer.setStatus({code: SpanStatusCode.ERROR, message: 'timed out'});
  outer.end(originEpochMs + 20);
  await provider.shutdown();

  const {groups, exemplars, spansPerOperation, resource} = await receiver.finishTrial(trialId);
  t.is(resource['telemetry.sdk.language'], 'nodejs');
  const {spanId, traceId} = outer.spanContext();
  const expected = {
    traceId,
    spanId,
    parentSpanId: '00000000000000ff',
    scope: 'my-library',
    name: 'call',
    kind: 'client',
    startMs: 10,
    endMs: 20,
    status: 'error',
    statusMessage: 'timed out',
    attributes: {text: 'a', integer: 5, double: 0.25, flag: true, list: ['x', 'y'], 'error.type': 23},
    events: [{name: 'retry', atMs: 12, attributes: {attempt: 2}}],
  };
  t.deepEqual(exemplars as unknown, [expected]);
  t.deepEqual((await spansIn(spansFile)) as unknown, [expected]);
  t.deepEqual(groups as unknown, [
    {
      phase: 0,
      scope: 'my-library',
      name: 'call',
      kind: 'client',
      status: 'error',
      errorType: 23,
      count: 1,
      durationP50Ms: 10,
      durationP99Ms: 10,
      durationMaxMs: 10,
    },
  ]);
  t.deepEqual([...Buffer.from(spansPerOperation, 'base64')], [0, 0, 0, 0, 0, 0, 0, 1]);
});

/** On the trial's clock: the metrics were read between these. */
type Reading = {readonly beganMs: number; readonly endMs: number};

/** What grew since the last reading belongs to the phase in the middle between both, however long they took. */
const flushed = async (
  provider: {forceFlush(): Promise<void>},
  originEpochMs: number,
  notBeforeMs: number,
): Promise<Reading> => {
  // A phase needs some time, for its middle to be in it.
  await delay(20);
  while (Date.now() - originEpochMs < notBeforeMs) await delay(1);
  const beganMs = Date.now() - originEpochMs;
  await provider.forceFlush();
  return {beganMs, endMs: Date.now() - originEpochMs};
};

for (const [name, temporality] of [
  ['cumulative', AggregationTemporality.CUMULATIVE],
  ['delta', AggregationTemporality.DELTA],
] as const) {
  test(`metrics of ${name} temporality grow per phase`, async t => {
    const {receiver, url, originEpochMs} = await startTrial(t);
    const provider = meterProvider(url, temporality);
    const meter = provider.getMeter('my-library');
    const counter = meter.createCounter('sent', {unit: 'By'});
    const balance = meter.createUpDownCounter('open');
    const duration = meter.createHistogram('duration', {
      unit: 's',
      advice: {explicitBucketBoundaries: [0.1, 1]},
    });
    let cpuMs = 0;
    meter.createObservableCounter('cpu', {unit: 'ms'}).addCallback(result => result.observe(cpuMs));
    meter.createObservableGauge('pool').addCallback(result => result.observe(cpuMs / 10));

    /** Gives two times between which the metrics were read, which is not before `notBeforeMs`. */
    const work = async (seconds: readonly number[], notBeforeMs = 0): Promise<Reading> => {
      for (const each of seconds) {
        counter.add(10, {host: 'a'});
        balance.add(1);
        duration.record(each);
        cpuMs += 5;
      }
      return flushed(provider, originEpochMs, notBeforeMs);
    };
    const {beganMs, endMs} = await work([0.05, 0.5]);
    receiver.startPhase(trialId, 1, endMs);
    balance.add(-2);
    await work([5], 2 * endMs - beganMs);
    await provider.shutdown();

    const {metrics, refusals} = await receiver.finishTrial(trialId);
    t.deepEqual(refusals, {});
    const row = (metric: string, phase: number) =>
      metrics.find(one => one.name === metric && one.phase === phase);
    t.like(row('sent', 0), {
      scope: 'my-library',
      kind: 'sum',
      unit: 'By',
      attributes: {host: 'a'},
      increase: 20,
      last: 20,
    });
    t.like(row('sent', 1), {increase: 10, last: 30});
    t.like(row('open', 0), {kind: 'sum', increase: 2});
    t.like(row('open', 1), {increase: -1, last: 1});
    t.like(row('cpu', 0), {kind: 'sum', increase: 10});
    t.like(row('cpu', 1), {increase: 5, last: 15});
    t.like(row('pool', 1), {kind: 'gauge', max: 1.5, last: 1.5});
    t.like(row('duration', 0), {kind: 'histogram', count: 2, bounds: [0.1, 1], bucketCounts: [1, 1, 0]});
    t.like(row('duration', 1), {count: 1, sum: 5, bucketCounts: [0, 0, 1]});
  });
}

test('requests of the export itself are no metric of the library', async t => {
  const {receiver, url} = await startTrial(t);
  const provider = meterProvider(url);
  const duration = provider.getMeter('http').createHistogram('http.client.request.duration', {unit: 's'});
  const port = Number(new URL(url).port);
  duration.record(0.1, {'server.address': '127.0.0.1', 'server.port': port});
  duration.record(0.1, {'server.address': '127.0.0.1', 'server.port': port + 1});
  await provider.shutdown();
  const {metrics, refusals} = await receiver.finishTrial(trialId);
  t.deepEqual(refusals, {});
  t.deepEqual(
    metrics.map(({attributes}) => attributes['server.port']),
    [port + 1],
  );
});

test('exponential histograms grow per phase too, while their scale changes', async t => {
  const {receiver, url, originEpochMs} = await startTrial(t);
  const provider = meterProvider(url, AggregationTemporality.CUMULATIVE, [
    {instrumentName: '*', aggregation: {type: AggregationType.EXPONENTIAL_HISTOGRAM, options: {maxSize: 8}}},
  ]);
  const duration = provider.getMeter('my-library').createHistogram('duration');
  const record = async (values: readonly number[], notBeforeMs = 0): Promise<Reading> => {
    for (const value of values) duration.record(value);
    return flushed(provider, originEpochMs, notBeforeMs);
  };
  const {beganMs, endMs} = await record([1, 1.1, 1.2]);
  receiver.startPhase(trialId, 1, endMs);
  await record([1.15, 1000, 0], 2 * endMs - beganMs);
  await provider.shutdown();

  const {metrics} = await receiver.finishTrial(trialId);
  const [first, second] = metrics;
  t.like(first, {phase: 0, kind: 'histogram', count: 3});
  t.like(second, {phase: 1, kind: 'histogram', count: 3});
  for (const row of [first, second]) {
    if (row?.kind !== 'histogram') return t.fail();
    t.is(
      row.bucketCounts.reduce((sum, count) => sum + count, 0),
      3,
    );
    t.is(row.bucketCounts.length, row.bounds.length + 1);
  }
  return undefined;
});

test('5,000 spans a second arrive whole', async t => {
  const {receiver, url, spansFile} = await startTrial(t);
  const provider = tracerProvider(url);
  const tracer = provider.getTracer('my-library');
  const spanCount = 5000;
  const spansPerTick = 50;
  const startMs = performance.now();
  for (let made = 0; made < spanCount; made += spansPerTick) {
    for (let index = made; index < made + spansPerTick; index += 1) {
      const parent = trace.setSpanContext(context.active(), operationContext(index));
      const span = tracer.startSpan(
        'GET',
        {kind: SpanKind.CLIENT, attributes: {'http.request.method': 'GET'}},
        parent,
      );
      span.end();
    }
    // Paced by the clock: 50 spans each 10 ms.
    const aheadMs = ((made + spansPerTick) / 5000) * 1000 - (performance.now() - startMs);
    if (aheadMs > 0) await delay(aheadMs);
  }
  await provider.shutdown();
  const observation = await receiver.finishTrial(trialId);
  t.is(observation.spanCount, spanCount);
  t.deepEqual(observation.refusals, {});
  const counts = Buffer.from(observation.spansPerOperation, 'base64');
  t.is(counts.length, spanCount);
  t.true(counts.every(count => count === 1));
  t.is((await spansIn(spansFile)).length, spanCount);
});
