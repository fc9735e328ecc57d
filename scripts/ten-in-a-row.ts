// Runs the tests ten times in a row beside `scripts/busy.ts`. Each run has a line: passed or failed, how long it took, which
// tests failed, and where its output is. The exit code is 1 if any run failed.
//
//   node scripts/ten-in-a-row.ts [SCRIPT] [--times N] [--seed N]
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {parseArgs, stripVTControlCharacters} from 'node:util';

const {values: asked, positionals} = parseArgs({
  options: {
    times: {type: 'string', default: '10'},
    seed: {type: 'string', default: '1'},
  },
  allowPositionals: true,
});
const [script = 'test'] = positionals;
const times = Number(asked.times);
const root = resolve(import.meta.dirname, '..');

/** What AVA says of tests that fail, of files that end early, and of errors outside of any test. */
const failuresIn = (output: string): readonly string[] => {
  const lines = stripVTControlCharacters(output).split('\n');
  const failures = lines.flatMap(
    line =>
      /^\s*✘ (?:\[fail\]: )?(.+)/.exec(line)?.[1] ??
      /^\s*((?:Uncaught exception|Unhandled rejection) in .+|Timed out .+)/.exec(line)?.[1] ??
      [],
  );
  return [...new Set(failures)];
};

type Run = {readonly passed: boolean; readonly seconds: number; readonly output: string};

const runTests = async (): Promise<Run> => {
  const startMs = performance.now();
  const npm = spawn('npm', ['run', '--silent', script], {cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
  const parts: string[] = [];
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => parts.push(text));
  }
  const [code] = await once(npm, 'close');
  return {
    passed: code === 0,
    seconds: Math.round((performance.now() - startMs) / 1000),
    output: parts.join(''),
  };
};

const busyWith = (seed: string): ChildProcess =>
  spawn(process.execPath, [join(import.meta.dirname, 'busy.ts'), '--seed', seed], {stdio: 'inherit'});

const logs = await mkdtemp(join(tmpdir(), 'foulweather-in-a-row-'));
const failedHow = new Map<string, number>();
let failed = 0;

const busy = busyWith(asked.seed);
busy.once('exit', code => {
  if (code !== null) throw new Error(`scripts/busy.ts ended with exit code ${code}`);
});
try {
  for (let number = 1; number <= times; number++) {
    const {passed, seconds, output} = await runTests();
    const log = join(logs, `${number}.log`);
    await writeFile(log, output);
    console.log(`${number} of ${times}: ${passed ? 'passed' : 'FAILED'} in ${seconds} s (${log})`);
    if (passed) continue;
    failed++;
    for (const failure of failuresIn(output)) {
      console.log(`  ${failure}`);
      failedHow.set(failure, (failedHow.get(failure) ?? 0) + 1);
    }
  }
} finally {
  busy.kill();
}

console.log(`${times - failed} passed, ${failed} failed`);
for (const [failure, count] of failedHow) console.log(`  ${count} times: ${failure}`);
if (failed > 0) process.exitCode = 1;
