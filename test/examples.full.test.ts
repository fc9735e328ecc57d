// The examples, run as a user runs them: each ends with the verdict that it promises.
import {readdirSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {SymptomId} from '../src/model/finding.ts';
import type {Result} from '../src/report/formats/result.ts';
import {openPlace, type Place} from './helpers/cli-world.ts';
import {testWith} from './helpers/toolchains.ts';

const folder = resolve(import.meta.dirname, '../examples');

/** What the first variant of each example shows, and the last one does not. */
const promises: Readonly<Record<string, SymptomId>> = {
  'undici-pool.ts': 'hung-operation',
  'careless-retry.ts': 'duplicate-effect',
};

/** In Python. */
const python = 'urllib3.ts';

test('each example is tested', t => {
  const scenarios = readdirSync(folder).filter(name => name.endsWith('.ts'));
  t.deepEqual(scenarios.sort(), [...Object.keys(promises), python].sort());
});

const checkPromise = async (
  t: ExecutionContext,
  place: Place,
  file: string,
  symptom: SymptomId,
): Promise<void> => {
  const {code, stdout, stderr} = await place.call(['run', join(folder, file), '--json', '--quiet']);
  const result = JSON.parse(stdout) as Result;
  // A busy machine may keep the run from being judged; what was seen it cannot change.
  t.true(code === 0 || (code === 2 && result.verdict === 'inconclusive'), `${result.headline} ${stderr}`);
  const present = result.variants.map(({trials}) =>
    trials[0]!.findings.some(finding => finding.symptom === symptom && finding.verdict === 'present'),
  );
  t.deepEqual(present, [true, false]);
};

const keepsItsPromise = test.macro({
  title: (_, file: string, symptom: SymptomId) => `examples/${file}: ${symptom} before, goals met after`,
  exec: async (t, file: string, symptom: SymptomId) => checkPromise(t, await openPlace(t), file, symptom),
});

for (const [file, symptom] of Object.entries(promises)) test(keepsItsPromise, file, symptom);

/** The first run installs its packages. */
testWith('Python 3.9 or newer')(`examples/${python}, and its spans belong to its operations`, async t => {
  t.timeout(300_000);
  const place = await openPlace(t);
  await checkPromise(t, place, python, 'hung-operation');
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
