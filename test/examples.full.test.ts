// The examples, run as a user runs them: each ends with the verdict that it promises.
import {readdirSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import test from 'ava';
import type {SymptomId} from '../src/model/finding.ts';
import type {Result} from '../src/report/formats/result.ts';
import {openPlace} from './helpers/cli-world.ts';

const folder = resolve(import.meta.dirname, '../examples');

/** What the first variant of each example shows, and the last one does not. */
const promises: Readonly<Record<string, SymptomId>> = {
  'undici-pool.ts': 'hung-operation',
  'careless-retry.ts': 'duplicate-effect',
  'urllib3.ts': 'hung-operation',
};

test('each example is tested', t => {
  const scenarios = readdirSync(folder).filter(name => name.endsWith('.ts'));
  t.deepEqual(scenarios.sort(), Object.keys(promises).sort());
});

const keepsItsPromise = test.macro({
  title: (_, file: string, symptom: SymptomId) => `examples/${file}: ${symptom} before, goals met after`,
  async exec(t, file: string, symptom: SymptomId) {
    const place = await openPlace(t);
    const {code, stdout, stderr} = await place.call(['run', join(folder, file), '--json', '--quiet']);
    const result = JSON.parse(stdout) as Result;
    // A busy machine may keep the run from being judged; what was seen it cannot change.
    t.true(code === 0 || (code === 2 && result.verdict === 'inconclusive'), stderr);
    const present = result.variants.map(({trials}) =>
      trials[0]!.findings.some(finding => finding.symptom === symptom && finding.verdict === 'present'),
    );
    t.deepEqual(present, [true, false]);
  },
});

for (const [file, symptom] of Object.entries(promises)) test(keepsItsPromise, file, symptom);

test("Python's spans belong to the operations whose traceparent they were given", async t => {
  const place = await openPlace(t);
  await place.call(['run', join(folder, 'urllib3.ts'), '--variant', 'bounded', '--quiet']);
  const runs = join(place.cwd, '.foulweather/runs');
  const [run = ''] = readdirSync(runs).filter(name => name.endsWith('urllib3'));
  const linesOf = <Line>(file: string): Line[] =>
    readFileSync(join(runs, run, 'trials/bounded-1', file), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Line);
  const [{tracePrefix} = {tracePrefix: '?'}] = linesOf<{tracePrefix: string}>('events.ndjson');
  const spans = linesOf<{traceId: string}>('spans.ndjson');
  const own = spans.filter(({traceId}) => traceId.startsWith(tracePrefix));
  t.true(own.length > 100, `${own.length} of ${spans.length} spans`);
  // The operation that is tried before the load has a trace of its own.
  t.true(spans.length - own.length <= 4, `${own.length} of ${spans.length} spans`);
});
