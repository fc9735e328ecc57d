// The published schema is that of the type, holds for what is written, and not for anything else.
import {readFile} from 'node:fs/promises';
import {Ajv} from 'ajv';
import test from 'ava';
import {
  journalSchemaFile,
  makeJournalSchema,
  makeResultSchema,
  schemaFile,
} from '../../../scripts/schemas.ts';
import {runStory} from '../../../src/report/case-study/run-story.ts';
import {type Result, resultOf} from '../../../src/report/formats/result.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {judgedRun, type Options} from '../../helpers/judged-run.ts';

const ajv = new Ajv({strict: true, allowUnionTypes: true});
const validate = ajv.compile(JSON.parse(await readFile(schemaFile, 'utf8')) as object);

/** As it is written and read again: what is undefined is not there. */
const written = (result: Result): Record<string, unknown> =>
  JSON.parse(JSON.stringify(result)) as Record<string, unknown>;

const resultWith = (options: Options = {}): Record<string, unknown> =>
  written(resultOf(runStory(redactRun(judgedRun(options)))));

const holds = test.macro<[() => unknown]>({
  title: (what = '') => `the schema holds for ${what}`,
  exec(t, result) {
    t.true(validate(result()), ajv.errorsText(validate.errors));
  },
});

test('two variants', holds, () => resultWith());
test('one variant', holds, () => resultWith({oneVariant: true}));
test('an interrupted run', holds, () => resultWith({interrupted: true}));
test('five pairs', holds, () => resultWith({trialsPerVariant: 5}));
test('a shard', holds, () => {
  const run = judgedRun();
  const record = {...run.record, shard: {index: 1, count: 2, rounds: [1], series: ['a', 'b']}};
  return written(resultOf(runStory(redactRun({...run, record}))));
});
test('a merged run', holds, () => {
  const run = judgedRun();
  const {id: runId, startedAt, endedAt, status, environment, calibration, trialIds} = run.record;
  const rounds = [1];
  const shards = [{index: 1, rounds, runId, startedAt, endedAt, status, environment, calibration, trialIds}];
  const record = {...run.record, merged: {count: 2, shards, missing: [{index: 2, rounds: [2]}]}};
  return written(resultOf(runStory(redactRun({...run, record}))));
});
test('an injector that does not count', holds, () => resultWith({uncounted: true}));

const doesNotHold = test.macro<[Record<string, unknown>]>({
  title: (_, change) => `the schema does not hold for ${JSON.stringify(change)}`,
  exec(t, change) {
    t.false(validate({...resultWith(), ...change}));
  },
});

test(doesNotHold, {schemaVersion: 1});
test(doesNotHold, {verdict: 'perhaps'});
test(doesNotHold, {variants: [{}]});
test(doesNotHold, {runId: 7});

test('the schemas are made from the types: npm run schema writes them', async t => {
  t.timeout(120_000);
  t.is(await readFile(schemaFile, 'utf8'), makeResultSchema());
  t.is(await readFile(journalSchemaFile, 'utf8'), makeJournalSchema());
});

/** The paths of the fields below a part of the schema that no description explains. */
const unexplained = (part: unknown, path: string): readonly string[] => {
  if (typeof part !== 'object' || part === null) return [];
  const {properties = {}, ...others} = part as {readonly properties?: Record<string, {description?: string}>};
  const fields = Object.entries(properties).flatMap(([name, field]) => [
    ...(field.description === undefined ? [`${path}.${name}`] : []),
    ...unexplained(field, `${path}.${name}`),
  ]);
  return [
    ...fields,
    ...Object.entries(others).flatMap(([name, other]) => unexplained(other, `${path}/${name}`)),
  ];
};

test('the schema has an id, and says what each field is', async t => {
  const schema = JSON.parse(await readFile(schemaFile, 'utf8')) as Readonly<Record<string, unknown>>;
  t.is(schema['$id'], 'urn:foulweather:schema:result-v2');
  t.deepEqual(unexplained(schema['definitions'], '#'), []);
});
