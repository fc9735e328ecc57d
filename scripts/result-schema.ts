// The JSON Schema of result.json, made from its TypeScript type. Run as a script it writes schema/result-v2.json.
import {writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {createGenerator} from 'ts-json-schema-generator';
import {resultSchemaVersion} from '../src/report/formats/result.ts';

const root = resolve(import.meta.dirname, '..');

export const schemaFile = resolve(root, 'schema/result-v2.json');

/** Fields may be added without a new version, so that additional ones are allowed everywhere. */
export const makeResultSchema = (): string => {
  const schema = createGenerator({
    path: resolve(root, 'src/report/formats/result.ts'),
    tsconfig: resolve(root, 'tsconfig.json'),
    type: 'Result',
    skipTypeCheck: true,
    additionalProperties: true,
    sortProps: true,
  }).createSchema('Result');
  const about = {
    $id: `urn:foulweather:schema:result-v${resultSchemaVersion}`,
    title: `foulweather result.json, version ${resultSchemaVersion}`,
    description:
      'The result of `foulweather run` as data. Fields, symptoms, gates and figures may be added at any time; schemaVersion changes when one is removed or changes its meaning.',
  };
  return `${JSON.stringify({...about, ...schema}, null, 2)}\n`;
};

if (process.argv[1] === import.meta.filename) writeFileSync(schemaFile, makeResultSchema());
