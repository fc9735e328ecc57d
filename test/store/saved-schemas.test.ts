// What is saved is checked where it is read, and what is wrong with it is told with its place.
import {globSync, readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {brotliDecompressSync} from 'node:zlib';
import test from 'ava';
import {runStory} from '../../src/report/case-study/run-story.ts';
import {resultOf, resultSchemaVersion} from '../../src/report/formats/result.ts';
import {redactRun} from '../../src/report/redact.ts';
import {checkedRecord, checkedResult, eventChecks, makerOf} from '../../src/store/saved-schemas.ts';
import {judgedRun} from '../helpers/judged-run.ts';
import {journalOf, plan} from '../helpers/run-journal.ts';

type Line = {readonly record?: unknown; readonly event?: unknown};

const recordings = resolve(import.meta.dirname, '../recordings');

test('the records and the journals of all recorded runs are right', t => {
  t.timeout(60_000);
  const files = globSync('**/*.ndjson.br', {cwd: recordings});
  t.true(files.length > 20);
  for (const file of files) {
    const text = brotliDecompressSync(readFileSync(join(recordings, file))).toString('utf8');
    const checked = eventChecks();
    for (const line of text.trimEnd().split('\n')) {
      const {record, event} = JSON.parse(line) as Line;
      if (record) t.notThrows(() => checkedRecord(record), file);
      else if (event) checked(event);
    }
  }
});

const saved = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const record = saved({...judgedRun().record, plan});
const result = saved(resultOf(runStory(redactRun(judgedRun()))));

/** A copy in which the value at a path is another one; `undefined` takes it away. */
const withChange = (value: unknown, path: string, replacement: unknown): unknown => {
  const copy = saved(value);
  const keys = path.split('.');
  const holder = keys.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key), copy as object);
  if (replacement === undefined) Reflect.deleteProperty(holder, keys.at(-1)!);
  else Reflect.set(holder, keys.at(-1)!, replacement);
  return copy;
};

const isRefused = test.macro<[(value: unknown) => unknown, unknown, string, unknown, RegExp]>({
  title: (what, _check, _value, path, replacement) =>
    `${what}: ${path} ${replacement === undefined ? 'is missing' : `is ${JSON.stringify(replacement)}`}`,
  exec(t, check, value, path, replacement, message) {
    t.notThrows(() => check(value));
    t.throws(() => check(withChange(value, path, replacement)), {message});
  },
});

for (const [path, replacement, message] of [
  ['schemaVersion', undefined, /^schemaVersion: expected number, received undefined$/],
  ['schemaVersion', 2, /^its schema version is 2, and this version reads 1$/],
  ['trialIds', undefined, /^trialIds: expected array, received undefined$/],
  ['plan.load', {model: 'waves'}, /^plan\.load\.model: Invalid discriminator value/],
  ['plan.phases.0.durationMs', '1 s', /^plan\.phases\[0\]\.durationMs: expected number, received string$/],
  ['plan.phases.0.weather', 'foul', /^plan\.phases\[0\]: Unrecognized key: "weather"$/],
  ['plan.variants', [], /^plan\.variants/],
  ['environment.cpuCount', null, /^environment\.cpuCount: expected number, received null$/],
  ['shard', {index: 1, count: 2, rounds: []}, /^shard\.rounds: /],
  ['merged', {count: 2, missing: []}, /^merged\.shards: expected array, received undefined$/],
  ['calibration', {}, /^calibration\.operationCount: expected number, received undefined \(and 2 more\)$/],
] as const) {
  test('run.json', isRefused, checkedRecord, record, path, replacement, message);
}

for (const [path, replacement, message] of [
  ['schemaVersion', 3, /^its schema version is 3, and this version reads 2$/],
  ['verdict', 'perhaps', /^verdict: Invalid option: expected one of "met"\|"missed"\|"inconclusive"$/],
  ['variants.0.trials', undefined, /^variants\[0\]\.trials: expected array, received undefined$/],
  [
    'variants.0.phases.0.started',
    null,
    /^variants\[0\]\.phases\[0\]\.started: expected number, received null$/,
  ],
  [
    'variants.0.phases.0.settleMaxMs',
    'long',
    /^variants\[0\]\.phases\[0\]\.settleMaxMs: expected number, received string or expected null, received string$/,
  ],
] as const) {
  const check = (value: unknown): unknown => checkedResult(value, resultSchemaVersion);
  test('result.json', isRefused, check, result, path, replacement, message);
}

for (const value of [null, 7, 'text', [], {}]) {
  test(`${JSON.stringify(value)} is no record, and no result`, t => {
    t.throws(() => checkedRecord(value));
    t.throws(() => checkedResult(value, resultSchemaVersion));
    t.is(makerOf(value), null);
  });
}

test('what a newer version adds to a record, beside the plan, is taken', t => {
  t.notThrows(() => checkedRecord({...record, mood: 'fine'}));
});

for (const [title, event, message] of [
  ['of an unknown kind', {kind: 'rained', atMs: 1}, /it has an event of kind "rained"/],
  ['without a kind', {atMs: 1}, /it has an event of kind "undefined"/],
  ['that is none', null, /^expected an object/],
  ['without a field', {kind: 'interrupted'}, /^atMs: expected number, received undefined$/],
  [
    'with a field of another type',
    {kind: 'edge', edge: {phase: 0, beforeMs: 'early', afterMs: 1}},
    /^edge\.beforeMs: expected number, received string$/,
  ],
] as const) {
  test(`an event ${title}`, t => {
    const checked = eventChecks();
    for (const right of journalOf()) t.notThrows(() => checked(saved(right)));
    t.throws(() => eventChecks()(event), {message});
  });
}

test('who saved a run or a result is read even where the rest cannot be', t => {
  t.is(makerOf(record), record.environment.foulweather);
  t.is(makerOf({environment: {foulweather: '9.9.9'}}), '9.9.9');
});
