// Holds a run of the whole pack to what must be so whatever its libraries did: each scenario completed, every operation
// is accounted for, and faults hit. Which symptoms they show is not asked.
//   node scripts/check-pack.ts FOLDER
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Account} from '../src/model/run.ts';
import type {Result, ResultTrial} from '../src/report/result.ts';
import type {Weather} from '../src/report/weather/weather.ts';

const folder = process.argv[2]!;
const read = <T>(...path: readonly string[]): T =>
  JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as T;

const accountMistakes = ({offered, started, dropped, outcomes, inFlight}: Account): string[] => {
  const settled = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return [
    ...(offered === started + dropped
      ? []
      : [`${offered} offered ≠ ${started} started + ${dropped} dropped`]),
    ...(started === settled + inFlight
      ? []
      : [`${started} started ≠ ${settled} settled + ${inFlight} in flight`]),
    ...(started > 0 ? [] : ['nothing was started']),
  ];
};

/** A client that has no connection in a phase, or says nothing on it, cannot be hit: told, and no mistake of the run. */
const missedNotes = ({phases}: ResultTrial): string[] =>
  phases.flatMap(({phase, faults}) =>
    faults
      .filter(({connectionsHit, actions}) => connectionsHit === 0 && actions === 0)
      .map(({name}) => `in ${phase}, ${name} hit nothing`),
  );

const hitCount = ({phases}: ResultTrial): number =>
  phases.flatMap(({faults}) => faults).reduce((sum, {connectionsHit}) => sum + (connectionsHit ?? 0), 0);

const trialMistakes = (trial: ResultTrial): string[] => [
  ...accountMistakes(trial.account),
  ...trial.gates.filter(({name}) => name === 'accounts-off').map(({reason}) => reason),
  ...(hitCount(trial) > 0 ? [] : ['no fault hit anything']),
];

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
  // A server that the machine lacks is told; whatever else kept a scenario from running is a mistake.
  const isMissing = code === 'FW_SERVICE_MISSING';
  if (!isMissing) failed++;
  console.log(`${isMissing ? '–' : '✘'} ${scenario}: left out. ${reason} ${hint}`);
}
if (weather.rows.length === 0) failed++;
console.log(`${weather.rows.length} rows, ${weather.leftOut.length} left out, ${failed} with mistakes`);
process.exit(failed === 0 ? 0 : 1);
