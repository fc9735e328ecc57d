// Notes how long each test file took, where FOULWEATHER_TEST_TIMES names a file for it: scripts/test.ts prints the slowest.
import {appendFileSync} from 'node:fs';
import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import test from 'ava';

const times = process.env['FOULWEATHER_TEST_TIMES'];

if (times !== undefined) {
  // In a thread the clock began with the process.
  const startMs = performance.now();
  const file = relative(process.cwd(), fileURLToPath(test.meta.file));
  process.on('exit', () => {
    appendFileSync(times, `${JSON.stringify({file, ms: Math.round(performance.now() - startMs)})}\n`);
  });
}
