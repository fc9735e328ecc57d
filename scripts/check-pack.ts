// Holds a run of the whole pack to what must be so whatever its libraries did: each scenario completed, every operation
// is accounted for, and faults hit. Which symptoms they show is not asked.
//   node scripts/check-pack.ts FOLDER
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Result} from '../src/report/formats/result.ts';
import type {Weather} from '../src/report/weather/weather.ts';
import {missedNotes, trialMistakes} from './trial-mistakes.ts';

const folder = process.argv[2]!;
const read = <T>(...path: readonly string[]): T =>
  JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as T;

const weather = read<Weather>('weather.json');
let failed = 0;
for (const scenario of new Set(weather.rows.map(row => row.folder))) {
  const result = read<Result>(scenario, 'result.json');
  const mistakes = [
    ...(result.status === 'complete' ? [] : [`the run is ${result.status}`]),
    ...result.variants.flatMap(({name, trials}) =>
      trials.flatMap(trialMistakes).map(mistake => `${name}: ${mistake}`),
    ),
  ];
  const operations = result.variants
    .flatMap(({trials}) => trials)
    .reduce((sum, {account}) => sum + account.started, 0);
  if (mistakes.length > 0) failed++;
  const notes = result.variants.flatMap(({trials}) => trials.flatMap(missedNotes));
  const lines = [...mistakes, ...notes].map(line => `\n    ${line}`).join('');
  console.log(`${mistakes.length > 0 ? '✘' : '✔'} ${scenario}: ${operations} operations${lines}`);
}
for (const {scenario, code, reason, hint} of weather.leftOut) {
  // A server or a language that the machine lacks is told; whatever else kept a scenario from running is a mistake.
  const isMissing = code === 'FW_SERVICE_MISSING' || code === 'FW_TOOLCHAIN_MISSING';
  if (!isMissing) failed++;
  console.log(`${isMissing ? '–' : '✘'} ${scenario}: left out. ${reason} ${hint}`);
}
if (weather.rows.length === 0) failed++;
console.log(`${weather.rows.length} rows, ${weather.leftOut.length} left out, ${failed} with mistakes`);
process.exit(failed === 0 ? 0 : 1);
