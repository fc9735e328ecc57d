// Presets of telemetry switch something on for real: the library that a scenario would use, against a real server.
import {createServer} from 'node:http';
import {createRequire} from 'node:module';
import type {AddressInfo} from 'node:net';
import {resolve} from 'node:path';
import {context, metrics, SpanKind, SpanStatusCode, TraceFlags, trace} from '@opentelemetry/api';
import {AsyncLocalStorageContextManager} from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {InMemorySpanExporter, SimpleSpanProcessor, TracerProvider} from '@opentelemetry/sdk-trace';
import test, {type ExecutionContext} from 'ava';
import type * as Ioredis from 'ioredis';
import type * as Mysql from 'mysql2/promise';
import type * as Pg from 'pg';
import type * as Redis from 'redis';
import type {ServiceName} from '../../src/model/service.ts';
import type {TelemetryPresetName} from '../../src/model/telemetry-preset.ts';
import {startService} from '../../src/run/processes/start-service.ts';
import {Supervisor} from '../../src/run/processes/supervisor.ts';
import {installCommand, services} from '../../src/services/catalogue.ts';
import {findProgram} from '../../src/services/find-program.ts';
import {beginNative, presetInstrumentations} from '../../src/subject/telemetry-use.ts';
import {watched} from '../helpers/run-once.ts';

const limitMs = 90_000;

test.before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

const places = {path: process.env['PATH'] ?? '', cwd: resolve(import.meta.dirname, '../..')};
const require = createRequire(import.meta.url);

/** Spans of what the presets of one test instrument, and a `require` for what they patch. */
const instrumented = (t: ExecutionContext, use: readonly TelemetryPresetName[]) => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({spanProcessors: [new SimpleSpanProcessor({exporter})]});
  for (const instrumentation of presetInstrumentations(use, require)) {
    instrumentation.setTracerProvider(provider);
    t.teardown(() => instrumentation.disable());
  }
  return () => exporter.getFinishedSpans();
};

const serverOf = async (t: ExecutionContext, name: ServiceName): Promise<string> => {
  const {environment} = await watched(t);
  const supervisor = Supervisor.start(environment);
  t.teardown(() => supervisor.stop());
  return (await startService(supervisor, name, limitMs)).url;
};

/** Serially: a patched module is patched for all of this process. */
const withServer = (name: ServiceName, title: string, body: (t: ExecutionContext) => Promise<void>): void => {
  const {program, folders, title: server} = services[name];
  if (findProgram(program, folders, places) === null) {
    console.error(`${title}: left out without ${server}: ${installCommand(services[name])}`);
    return;
  }
  test.serial(title, async t => {
    t.timeout(limitMs);
    await body(t);
  });
};

withServer('redis', 'ioredis: a span for each command', async t => {
  const spans = instrumented(t, ['ioredis']);
  const {Redis} = require('ioredis') as typeof Ioredis;
  const client = new Redis(await serverOf(t, 'redis'));
  t.teardown(() => client.disconnect());
  // It makes none without a parent; in a run each operation has one.
  const parent = {traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED};
  await context.with(trace.setSpanContext(context.active(), parent), async () => {
    await client.set('key', 'value');
    t.is(await client.get('key'), 'value');
  });
  const systems = spans().map(({attributes}) => attributes['db.system.name'] ?? attributes['db.system']);
  t.true(systems.length >= 2 && systems.every(system => system === 'redis'), JSON.stringify(systems));
});

withServer('redis', 'redis: its own metrics', async t => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({exporter, exportIntervalMillis: 3_600_000});
  metrics.setGlobalMeterProvider(new MeterProvider({readers: [reader]}));
  t.teardown(() => metrics.disable());
  beginNative(['redis'], require);
  const {createClient} = require('redis') as typeof Redis;
  const client = createClient({url: await serverOf(t, 'redis')});
  await client.connect();
  t.teardown(() => client.destroy());
  t.is(await client.set('key', 'value'), 'OK');
  await reader.forceFlush();
  const names = exporter
    .getMetrics()
    .flatMap(({scopeMetrics}) =>
      scopeMetrics.flatMap(scope => scope.metrics.map(({descriptor}) => descriptor.name)),
    );
  t.true(names.includes('db.client.operation.duration'), names.join(', '));
  await reader.shutdown();
});

withServer('mariadb', 'mysql2: a span for each query', async t => {
  const spans = instrumented(t, ['mysql2']);
  const {createConnection} = require('mysql2/promise') as typeof Mysql;
  const connection = await createConnection(await serverOf(t, 'mariadb'));
  t.teardown(() => connection.end());
  await connection.query('SELECT 1');
  t.true(
    spans().some(({name}) => name.startsWith('SELECT')),
    JSON.stringify(spans().map(({name}) => name)),
  );
});

withServer('postgres', 'pg: a span for each query', async t => {
  const spans = instrumented(t, ['pg']);
  const {Client} = require('pg') as typeof Pg;
  const client = new Client({connectionString: await serverOf(t, 'postgres')});
  await client.connect();
  t.teardown(() => client.end());
  await client.query('SELECT 1');
  t.true(
    spans().some(({name}) => name.includes('SELECT')),
    JSON.stringify(spans().map(({name}) => name)),
  );
});

test.serial(
  "http: a span for each request of the client's, with its address and the answer's status",
  async t => {
    const spans = instrumented(t, ['http']);
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/here' ? 200 : 404).end('an answer');
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    const {get} = require('node:http') as typeof import('node:http');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const path of ['/here', '/gone']) {
      await new Promise<void>((resolve, reject) => {
        get(`${url}${path}`, response => response.resume().on('end', resolve)).on('error', reject);
      });
    }
    // The server is of this process, too, and has spans of its own: those of the client are the library's.
    const ofClient = spans().filter(({kind}) => kind === SpanKind.CLIENT);
    t.deepEqual(
      ofClient.map(({name, attributes, status}) => [
        name,
        attributes['url.full'],
        attributes['http.response.status_code'],
        status.code,
      ]),
      [
        ['GET', `${url}/here`, 200, SpanStatusCode.UNSET],
        ['GET', `${url}/gone`, 404, SpanStatusCode.ERROR],
      ],
    );
  },
);
