// What is known of the symptoms is whole, and docs/symptoms.md says the same.
import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import test from 'ava';
import {byWeight, type SymptomId, symptomIds, symptoms} from '../../src/model/symptoms.ts';
import {catalogueOf} from '../helpers/symptom-catalogue.ts';

const page = resolve(import.meta.dirname, '../../docs/symptoms.md');
const [from, to] = ['<!-- the table of src/model/symptoms begins -->', '<!-- it ends -->'];

test('docs/symptoms.md has each symptom with its thresholds', t => {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [text.indexOf(from) + from.length, text.indexOf(to)];
  t.true(begin > from.length && end > begin, 'the marks are there');
  const whole = `${text.slice(0, begin)}\n${catalogueOf(symptoms)}${text.slice(end)}`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(page, whole);
  t.is(readFileSync(page, 'utf8'), whole, 'UPDATE_GOLDEN=1 npx ava test/model/symptoms.test.ts rewrites it');
});

for (const id of symptomIds) {
  test(`${id}: its facts are whole`, t => {
    const {summary: sees, noun, criterion: when, thresholds, cause, remedy, source} = symptoms[id];
    for (const text of [sees, noun, when]) t.regex(text, /[^.]$/, 'stands in a sentence');
    for (const text of [cause, remedy]) t.regex(text, /^[A-Z'].*\.$/, 'is a sentence');
    t.regex(source.url, /^https:\/\//);
    for (const name of Object.keys(thresholds)) {
      t.true(when.includes(`\`${name}\``), `says what ${name} is for`);
      t.regex(name, /(?:Count|Ms|Ratio|Share|Bytes)$/, 'ends in its unit');
    }
    const named = [...when.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    t.deepEqual(
      named.filter(name => !(name in thresholds)),
      [],
    );
  });
}

test('they are ordered by what they do to users: crash, untrue, wedged or orphaned, hung, late, wasteful', t => {
  const groups: readonly SymptomId[][] = [
    ['process-crash', 'out-of-memory'],
    ['lost-acknowledged', 'duplicate-effect', 'crossed-response', 'truncation-accepted'],
    ['wedged-client', 'orphaned-operation'],
    ['hung-operation'],
    ['deadline-overrun', 'slow-recovery'],
    ['retry-amplification', 'connection-leak', 'hidden-attempts'],
  ];
  const sorted = [...symptomIds].sort(byWeight);
  for (const [index, group] of groups.entries()) {
    for (const later of groups.slice(index + 1).flat()) {
      for (const symptom of group)
        t.true(sorted.indexOf(symptom) < sorted.indexOf(later), `${symptom}, ${later}`);
    }
  }
});
