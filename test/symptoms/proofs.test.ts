// Each symptom has a broken client that proves its detector through the real harness.
import {readdir, readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import test from 'ava';
import {type SymptomId, symptomIds} from '../../src/model/symptoms.ts';
import {clients, elsewhere} from '../helpers/client-table.ts';

const root = resolve(import.meta.dirname, '../..');

test('each symptom is proven, in the matrix or elsewhere', t => {
  t.deepEqual([...Object.keys(clients), ...Object.keys(elsewhere)].sort(), [...symptomIds].sort());
});

test('each file of a client is run', async t => {
  const there = (await readdir(resolve(root, 'test/fixtures/clients'))).map(file =>
    file.replace(/\.ts$/, ''),
  );
  const run = new Set(Object.entries(clients).map(([symptom, row]) => row.file ?? symptom));
  t.deepEqual(there.sort(), [...run].sort());
});

test('what is proven elsewhere is named there, with the variant that shows it', async t => {
  for (const [symptom, {test: file, variants}] of Object.entries(elsewhere)) {
    const text = await readFile(resolve(root, file), 'utf8');
    for (const variant of variants) {
      const said = new RegExp(String.raw`test\(found, '${variant}', \[[^\]]*'${symptom}'`);
      t.regex(text, said);
    }
  }
});

test('a client that proves another symptom, too, says why', t => {
  for (const [symptom, {file, variant, shares}] of Object.entries(clients)) {
    if (file === undefined || file === (symptom as SymptomId)) continue;
    t.true(variant !== undefined || (shares ?? '').length > 20, symptom);
  }
});
