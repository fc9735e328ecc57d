// The JSON Schemas of what is saved, made from its TypeScript types. Run as a script it writes them into schema/.
import {writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {createGenerator} from 'ts-json-schema-generator';
import {resultSchemaVersion} from '../src/report/formats/result.ts';

const root = resolve(import.meta.dirname, '..');

export const schemaFile = resolve(root, 'schema/result-v2.json');
export const journalSchemaFile = resolve(root, 'schema/journal-v1.json');

/** Fields may be added without a new version, so that additional ones are allowed everywhere. */
const schemaOf = (file: string, type: string): object =>
  createGenerator({
    path: resolve(root, file),
    tsconfig: resolve(root, 'tsconfig.json'),
    type,
    skipTypeCheck: true,
    additionalProperties: true,
    sortProps: true,
  }).createSchema(type);

export const makeResultSchema = (): string => {
  const about = {
    $id: `urn:foulweather:schema:result-v${resultSchemaVersion}`,
    title: `foulweather result.json, version ${resultSchemaVersion}`,
    description:
      'The result of `foulweather run` as data. Fields, symptoms, gates and figures may be added at any time; schemaVersion changes when one is removed or changes its meaning.',
  };
  const schema = schemaOf('src/report/formats/result.ts', 'Result');
  return `${JSON.stringify({...about, ...schema}, null, 2)}\n`;
};

/** For foulweather's own reading: compact, and without the comments. */
export const makeJournalSchema = (): string => {
  const schema = schemaOf('src/model/event.ts', 'TrialEvent');
  const isText = (key: string, value: unknown): boolean => key === 'description' && typeof value === 'string';
  return `${JSON.stringify(schema, (key, value) => (isText(key, value) ? undefined : value))}\n`;
};

if (process.argv[1] === import.meta.filename) {
  writeFileSync(schemaFile, makeResultSchema());
  writeFileSync(journalSchemaFile, makeJournalSchema());
}
