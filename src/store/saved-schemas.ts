// The checks of what is saved: run.json, journals and results. Only readers load them; a run only writes.
import {readFileSync} from 'node:fs';
import {z} from 'zod';
import type {TrialEvent} from '../model/event.ts';
import {packageFile} from '../model/own-files.ts';
import type {RunRecord} from '../model/run.ts';
import {planSchema} from '../model/schema/scenario.ts';
import {OtherForm} from './version.ts';

type Issue = Pick<z.core.$ZodIssue, 'path' | 'message'> & {
  readonly code?: string | undefined;
  readonly errors?: readonly (readonly Issue[])[];
};

/** `plan.phases[2].durationMs: expected number, received undefined`. Of a union the branch that comes nearest is reported. */
const problemOf = (issue: Issue, above: readonly PropertyKey[] = []): string => {
  const path = [...above, ...issue.path];
  const within = issue.code === 'invalid_union' ? (issue.errors ?? []).flat() : [];
  const deepest = within.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (deepest && deepest.path.length > 0) return problemOf(deepest, path);
  const messages = new Set((within.length > 0 ? within : [issue]).map(({message}) => message));
  const text = [...messages].join(' or ').replaceAll('Invalid input: ', '');
  const place = path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return place === '' ? text : `${place.replace(/^\./, '')}: ${text}`;
};

const check = <Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> => {
  // Most are checked once: compiling a check takes longer than running it.
  const checked = schema.safeParse(value, {jitless: true});
  if (checked.success) return checked.data;
  const [first, ...others] = checked.error.issues as unknown as readonly Issue[];
  throw new Error(`${problemOf(first!)}${others.length > 0 ? ` (and ${others.length} more)` : ''}`);
};

/** @throws OtherForm where it says that it is of another one, Error where it says nothing of it */
const checkVersion = (value: unknown, known: number): void => {
  const {schemaVersion} = check(z.looseObject({schemaVersion: z.number()}), value);
  if (schemaVersion === known) return;
  throw new OtherForm(`its schema version is ${schemaVersion}, and this version reads ${known}`);
};

/** The version of foulweather that saved a run or a result; null where it does not say so. */
export const makerOf = (value: unknown): string | null =>
  z.looseObject({environment: z.looseObject({foulweather: z.string()})}).safeParse(value).data?.environment
    .foulweather ?? null;

const environmentSchema = z.looseObject({
  foulweather: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cpuCount: z.number(),
  memoryBytes: z.number(),
  injector: z.string(),
  target: z.string().optional(),
  commit: z.string().nullable(),
  dirty: z.boolean(),
});

const calibrationSchema = z
  .looseObject({operationCount: z.number(), cpuUsPerOperation: z.number(), startLagP99Ms: z.number()})
  .nullable();

const statusSchema = z.enum(['running', 'complete', 'interrupted', 'failed']);

const roundsSchema = z.array(z.number()).min(1);

/** Unknown fields of a record do not change what the known ones mean; unknown fields of a plan might. */
const recordSchema = z.looseObject({
  id: z.string(),
  scenario: z.string(),
  plan: planSchema,
  seed: z.number(),
  trialsPerVariant: z.number(),
  shard: z
    .looseObject({
      index: z.number(),
      count: z.number(),
      rounds: roundsSchema,
      series: z.array(z.string()).optional(),
    })
    .optional(),
  merged: z
    .looseObject({
      count: z.number(),
      shards: z.array(
        z.looseObject({
          index: z.number(),
          rounds: roundsSchema,
          runId: z.string(),
          startedAt: z.string(),
          endedAt: z.string().nullable(),
          status: statusSchema,
          environment: environmentSchema,
          calibration: calibrationSchema,
          trialIds: z.array(z.string()),
        }),
      ),
      missing: z.array(z.looseObject({index: z.number(), rounds: roundsSchema})),
    })
    .optional(),
  precision: z
    .looseObject({
      halfWidthRatio: z.number(),
      mostTrials: z.number(),
      end: z.looseObject({kind: z.string(), halfWidthRatio: z.number().nullable()}).nullable(),
    })
    .optional(),
  command: z.string(),
  startedAt: z.string(),
  status: statusSchema,
  endedAt: z.string().nullable(),
  environment: environmentSchema,
  calibration: calibrationSchema,
  trialIds: z.array(z.string()),
  relayed: z.looseObject({endpoint: z.string()}).optional(),
});

/**
 * The record itself, and not what the schema makes of it: its fields keep their order.
 * @throws Error with the first problem
 */
export const checkedRecord = (value: unknown): RunRecord => {
  checkVersion(value, 1);
  check(recordSchema, value);
  return value as RunRecord;
};

type JsonSchema = {readonly $schema: string; readonly definitions: {readonly [name: string]: JsonSchemaPart}};
type JsonSchemaPart = {
  readonly $ref?: string;
  readonly anyOf?: readonly JsonSchemaPart[];
  readonly properties?: {readonly kind?: {readonly const?: string}};
};

/** As `npm run schema` makes it of the types. */
const readSchema = (name: string): JsonSchema =>
  JSON.parse(readFileSync(packageFile(`schema/${name}.json`), 'utf8'));

/**
 * A check against a published schema of results.
 * @throws Error with the first problem
 */
export const checkedResult = (value: unknown, schemaVersion: number): unknown => {
  checkVersion(value, schemaVersion);
  return check(z.fromJSONSchema(readSchema(`result-v${schemaVersion}`) as never), value);
};

/** The form of a journal depends on the version: if the first events of a kind are right, so are the others. */
const checkedPerKind = 3;

/**
 * Checks the events of a journal: that each kind is known, and everything of the first events of each kind.
 * @returns a function that throws an Error with the first problem
 */
export const eventChecks = (): ((event: unknown) => TrialEvent) => {
  const {$schema, definitions} = readSchema('journal-v1');
  const variantsOf = ({$ref, anyOf, ...part}: JsonSchemaPart): readonly JsonSchemaPart[] => {
    if ($ref !== undefined) return variantsOf(definitions[$ref.replace('#/definitions/', '')]!);
    return anyOf === undefined ? [part] : anyOf.flatMap(variantsOf);
  };
  const known = new Map(
    variantsOf(definitions['TrialEvent']!).map(part => [
      part.properties?.kind?.const,
      {part, left: checkedPerKind},
    ]),
  );
  return event => {
    if (typeof event !== 'object' || event === null) throw new Error('expected an object');
    const kind = 'kind' in event && typeof event.kind === 'string' ? event.kind : undefined;
    const ofKind = known.get(kind);
    if (!ofKind) throw new OtherForm(`it has an event of kind "${kind}", which this version does not know`);
    if (ofKind.left-- > 0) check(z.fromJSONSchema({...ofKind.part, $schema, definitions} as never), event);
    return event as TrialEvent;
  };
};
