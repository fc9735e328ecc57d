import test from 'ava';
import {Failures} from '../../src/load/failures.ts';
import type {FailureClass, OperationExample} from '../../src/model/driver-witness.ts';
import type {SubjectEvent} from '../../src/model/event.ts';

type Told = Extract<SubjectEvent, {kind: 'failures'}>;

const example = (index: number, phase = 0): OperationExample => ({
  id: `trial-${index}`,
  index,
  phase,
  startMs: index,
  durationMs: 1,
  status: 'unknown',
});

const coded = (code: string, message: string): Error => Object.assign(new Error(message), {code});

const told = (failures: Failures): Told => failures.collect() as Told;

const countsOf = (failures: readonly FailureClass[]): [string, number][] =>
  failures.map(({key, count}) => [key, count]);

test('failures of one shape are one class, counted by phase', t => {
  const failures = new Failures();
  for (const port of [40_001, 40_002]) {
    failures.add('failed', coded('ECONNREFUSED', `connect ECONNREFUSED 127.0.0.1:${port}`), example(port, 1));
  }
  failures.add('failed', coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:40003'), example(3, 2));
  const [known, ...others] = told(failures).failures;
  t.deepEqual(others, []);
  t.is(known?.key, 'failed|Error|ECONNREFUSED|connect ECONNREFUSED #.#.#.#:#');
  t.is(known?.count, 3);
  t.deepEqual(known?.countByPhase, {1: 2, 2: 1});
  t.is(known?.error.message, 'connect ECONNREFUSED 127.0.0.1:40001');
});

const sameClass = test.macro({
  title: (_title, one: string, other: string, same: boolean) =>
    `"${one}" and "${other}" are ${same ? 'one class' : 'two classes'}`,
  exec(t, one: string, other: string, same: boolean) {
    const failures = new Failures();
    failures.add('unknown', new Error(one), example(0));
    failures.add('unknown', new Error(other), example(1));
    t.is(told(failures).failures.length, same ? 1 : 2);
  },
});

test(sameClass, 'took 12 ms', 'took 4711 ms', true);
test(sameClass, 'request deadbeef01 failed', 'request 0badcafe77 failed', true);
test(sameClass, 'key user-7 is gone', 'key user-12345678901 is gone', true);
test(sameClass, 'socket closed', 'socket hang up', false);
test(sameClass, `${'x'.repeat(120)} one`, `${'x'.repeat(120)} two`, true);

test('status, name and code make classes of their own', t => {
  const failures = new Failures();
  failures.add('unknown', coded('A', 'm'), example(0));
  failures.add('failed', coded('A', 'm'), example(1));
  failures.add('unknown', coded('B', 'm'), example(2));
  failures.add('unknown', Object.assign(new TypeError('m'), {code: 'A'}), example(3));
  t.deepEqual(countsOf(told(failures).failures), [
    ['unknown|Error|A|m', 1],
    ['failed|Error|A|m', 1],
    ['unknown|Error|B|m', 1],
    ['unknown|TypeError|A|m', 1],
  ]);
});

test('five examples of a class are kept, the first ones', t => {
  const failures = new Failures();
  for (let index = 0; index < 9; index++) failures.add('unknown', new Error('m'), example(index));
  t.deepEqual(
    told(failures).failures[0]?.examples.map(({index}) => index),
    [0, 1, 2, 3, 4],
  );
});

test('a hundred classes are kept, and what finds no room is counted', t => {
  const failures = new Failures();
  for (let index = 0; index < 130; index++) failures.add('unknown', coded(`E_${index}`, 'm'), example(index));
  failures.add('unknown', coded('E_7', 'm'), example(200));
  const {failures: classes, uncounted} = told(failures);
  t.is(classes.length, 100);
  t.is(uncounted, 30);
  t.is(classes[7]?.count, 2);
});

test('they are told only when there is something new', t => {
  const failures = new Failures();
  t.is(failures.collect(), null);
  failures.add('unknown', new Error('m'), example(0));
  t.not(failures.collect(), null);
  t.is(failures.collect(), null);
});

test('100,000 failures, each with a code and a message of its own, take little memory', t => {
  const failures = new Failures();
  const add = (index: number): void =>
    failures.add('unknown', coded(`E_${index}`, `message ${index} ${'x'.repeat(2000)}`), example(index));
  for (let index = 0; index < 1000; index++) add(index);
  const before = JSON.stringify(told(failures)).length;
  for (let index = 1000; index < 100_000; index++) add(index);
  const after = told(failures);
  t.is(after.uncounted, 99_900);
  t.true(JSON.stringify(after).length < before + 100);
});

test('the text of an error is cut before it is kept', t => {
  const failures = new Failures();
  const huge = 'x'.repeat(5_000_000);
  const error = Object.assign(new Error(huge), {name: huge, code: huge});
  error.cause = Object.assign(new Error(huge), {name: huge, code: huge});
  failures.add('unknown', error, example(0));
  t.true(JSON.stringify(told(failures)).length < 10_000);
});
