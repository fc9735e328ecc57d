// What the command line does about telemetry: runs without any, and packages that are missing.
import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {telemetrySymptoms} from '../../src/model/symptoms/telemetry.ts';
import type {Result} from '../../src/report/result.ts';
import {openPlace} from '../helpers/cli-world.ts';

test('--no-telemetry: the run is judged, and what needs telemetry is inconclusive', async t => {
  const place = await openPlace(t);
  await place.bring('calm');
  const run = await place.call(['run', 'calm.ts', '--variant', 'one', '--no-telemetry', '--out', 'here']);
  t.is(run.code, 0, run.stderr);
  t.regex(run.stdout, /--no-telemetry\n$/);
  const result = JSON.parse(await readFile(join(place.cwd, 'here/calm/result.json'), 'utf8')) as Result;
  const [trial] = result.variants[0]!.trials;
  t.is(trial!.verdict, 'met');
  t.is(trial!.conventions, null);
  for (const symptom of Object.keys(telemetrySymptoms)) {
    const finding = trial!.findings.find(candidate => candidate.symptom === symptom);
    t.deepEqual(finding as unknown, {symptom, verdict: 'inconclusive', reason: 'telemetry was switched off'});
  }
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
    const run = await place.call(['run', 'using.ts']);
    t.is(run.code, 64);
    t.regex(run.stderr, message);
  },
});

test(refused, "{use: ['pg']}", /needs the package @opentelemetry\/instrumentation-pg.*\n.*npm install/s);
test(refused, "{use: ['redis']}", /needs the package redis,.*\n.*npm install redis/s);
test(refused, "{use: ['postgres']}", /there is no known telemetry of «postgres»/);
