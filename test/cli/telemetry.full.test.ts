// What the command line does about telemetry: runs without any, and packages that are missing.
import {readFile, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import test from 'ava';
import {exitCodes} from '../../src/model/errors.ts';
import {telemetrySymptoms} from '../../src/model/symptoms/telemetry.ts';
import type {Result} from '../../src/report/formats/result.ts';
import type {OverheadRow} from '../../src/report/overhead/overhead-table.ts';
import {decodeRequest} from '../../src/telemetry/decode.ts';
import {attributes} from '../../src/telemetry/values.ts';
import {openPlace} from '../helpers/cli-world.ts';

/** A busy machine may keep a run from being judged; nothing else may. */
const judged: readonly number[] = [exitCodes.met, exitCodes.inconclusive];

test.serial('--no-telemetry: the run is judged, and what needs telemetry is inconclusive', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const run = await place.call(['run', 'calm.ts', '--variant', 'one', '--no-telemetry', '--out', 'here']);
  t.true(judged.includes(run.code), run.stderr);
  t.regex(run.stdout, /--no-telemetry\n$/);
  const result = JSON.parse(await readFile(join(place.cwd, 'here/calm/result.json'), 'utf8')) as Result;
  const [trial] = result.variants[0]!.trials;
  t.is(trial!.conventions, null);
  for (const symptom of Object.keys(telemetrySymptoms)) {
    const finding = trial!.findings.find(candidate => candidate.symptom === symptom);
    t.deepEqual(finding as unknown, {symptom, verdict: 'inconclusive', reason: 'telemetry was switched off'});
  }
});

test.serial(
  '--otlp-endpoint: what the library says arrives at the user’s backend, with run and phase, and the run’s own frame',
  async t => {
    const requests: {path: string; type: string; body: Buffer}[] = [];
    const server = createServer((request, response) => {
      void buffer(request).then(body => {
        requests.push({path: request.url!, type: request.headers['content-type']!, body});
        response.writeHead(200).end();
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const place = await openPlace(t);
    await place.bring('calm');
    const run = await place.call(['run', 'calm.ts', '--variant', 'one'], {
      env: {OTEL_EXPORTER_OTLP_ENDPOINT: endpoint},
    });
    t.true(judged.includes(run.code), run.stderr);
    const resources = requests
      .filter(({path}) => path === '/v1/traces')
      .flatMap(({body}) => decodeRequest('traces', 'protobuf', body).resourceSpans)
      .map(({resource, scopeSpans}) => ({
        labels: attributes(resource?.attributes ?? []),
        names: scopeSpans.flatMap(({spans}) => spans.map(({name}) => name)),
      }));
    const library = resources.filter(({labels}) => labels['service.name'] === 'calm');
    for (const {labels} of library) {
      const phase = String(labels['foulweather.phase']);
      t.true(['start', 'baseline', 'slow', 'drain'].includes(phase), phase);
      t.is(labels['foulweather.fault'], phase === 'slow' ? 'latency' : undefined);
      t.regex(String(labels['foulweather.run']), /calm$/);
      t.like(labels, {'foulweather.variant': 'one', 'foulweather.trial': 'one-1'});
    }
    t.true(library.flatMap(({names}) => names).filter(name => name === 'GET').length > 50);
    const frame = resources
      .filter(({labels}) => labels['service.name'] === 'foulweather')
      .flatMap(({names}) => names);
    t.deepEqual(frame.slice(0, 6), [
      'trial one-1',
      'phase start',
      'phase baseline',
      'phase slow',
      'fault latency',
      'phase drain',
    ]);
    t.regex(frame.at(-1)!, /^run .*calm$/);
    t.true(requests.some(({path}) => path === '/v1/metrics'));
  },
);

test.serial('--otlp-endpoint: a backend that is gone changes nothing, and is told', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const run = await place.call([
    'run',
    'calm.ts',
    '--variant',
    'one',
    '--otlp-endpoint',
    'http://127.0.0.1:9',
  ]);
  t.true(judged.includes(run.code), run.stderr);
  t.regex(run.stderr, /\d+ of \d+ OTLP requests did not reach http:\/\/127\.0\.0\.1:9: /);
});

test.serial('overhead: each mode in turn, with its figures', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const argv = ['overhead', 'calm.ts', '--trials', '1', '--seconds', '1', '--json', '--quiet'];
  const run = await place.call(argv);
  t.is(run.code, 0, run.stderr);
  const rows = JSON.parse(run.stdout) as OverheadRow[];
  t.deepEqual(
    rows.map(({mode}) => mode),
    ['off', 'api-only', 'unsampled', 'metrics-only', 'full'],
  );
  for (const {mode, cpuUsPerOperation, operationsPerSecond, rssBytes, spanCount} of rows) {
    for (const {value} of [cpuUsPerOperation, operationsPerSecond, rssBytes]) t.true(value! > 0, mode);
    if (mode === 'off') t.is(spanCount, null);
    else t.is(spanCount! > 0, mode === 'full', mode);
  }
  const report = await readFile(join(place.cwd, 'reports/calm/overhead.md'), 'utf8');
  t.regex(report, /^# What telemetry costs calm: \d.* of CPU per operation without it, /);
  t.is(report.match(/^\| `(off|api-only|unsampled|metrics-only|full)` /gm)?.length, 5);
});

const scenario = (telemetry: string): string => `import {defineScenario} from 'foulweather';

export default defineScenario({
  name: 'using',
  observation: 'It hangs.',
  target: {kind: 'http'},
  variants: [{name: 'only', options: {}}],
  load: {model: 'closed', concurrency: 1},
  operation: {deadlineMs: 1000, idempotent: true},
  phases: [{name: 'baseline', role: 'baseline', durationMs: 100}],
  telemetry: ${telemetry},
  subject: {open: () => null, perform: () => undefined},
});
`;

const refused = test.macro({
  title: (_title, telemetry: string) => `refused: ${telemetry}`,
  async exec(t, telemetry: string, message: RegExp) {
    const place = await openPlace(t);
    await writeFile(join(place.cwd, 'using.ts'), scenario(telemetry));
    // Where the machine's NODE_PATH has packages of its own, the missing one may be among them.
    const run = await place.call(['run', 'using.ts'], {env: {NODE_PATH: ''}});
    t.is(run.code, 64);
    t.regex(run.stderr, message);
  },
});

test(refused, "{use: ['pg']}", /needs the package @opentelemetry\/instrumentation-pg.*\n.*npm install/s);
test(refused, "{use: ['redis']}", /needs the package redis,.*\n.*npm install redis/s);
test(refused, "{use: ['postgres']}", /telemetry\.use\[0\]: there is no preset "postgres"/);
