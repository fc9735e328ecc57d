// docs/faults.md names all that can be asked for over the API.
import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import test from 'ava';
import {toxicTypes} from '../../../src/faults/server/toxics/registry.ts';
import {protocols} from '../../../src/model/server-errors.ts';
import {tlsAlerts} from '../../../src/model/tls-fault.ts';

const page = await readFile(resolve(import.meta.dirname, '../../../docs/faults.md'), 'utf8');
const missing = (names: Iterable<string>): readonly string[] =>
  [...names].filter(name => !page.includes(name));

test('each type of toxic', t => {
  t.deepEqual(missing([...toxicTypes.keys()].map(name => `\`${name}\``)), []);
});

test('each attribute', t => {
  const names = [...toxicTypes.values()].flatMap(({attributes}) => Object.keys(attributes));
  t.deepEqual(missing(names.map(name => `\`${name}\``)), []);
});

test('each field of a scope, and of a moment', t => {
  const scope = ['nth', 'first_n', 'hit_limit', 'start_after', 'duration', 'every'];
  const moment = ['exchange', 'cut', 'exchange_direction', 'since', 'quiet'];
  t.deepEqual(missing([...scope, ...moment].map(name => `\`${name}\``)), []);
});

test('each name of an alert with its number', t => {
  t.deepEqual(missing(Object.entries(tlsAlerts).map(([name, number]) => `\`${name}\` (${number})`)), []);
});

test("each error of a server's", t => {
  const codes = Object.values(protocols).flatMap(({errors}) => Object.keys(errors));
  t.deepEqual(missing(codes.map(code => `\`${code}\``)), []);
});
