import test from 'ava';
import type {Json} from '../../src/model/json.ts';
import {shownOptions} from '../../src/scenarios/shown-options.ts';

class Agent {
  readonly secret = 'hidden';
}

const shownAs = test.macro({
  title: title => `${title} is shown safely`,
  exec(t, options: unknown, expected: Json) {
    const shown = shownOptions(options);
    t.deepEqual(shown, expected);
    t.deepEqual(JSON.parse(JSON.stringify(shown)), shown);
  },
});

const cyclic = (): object => {
  const options: Record<string, unknown> = {retry: {}};
  for (let key = 0; key < 40; key++) options[`self${key}`] = options;
  return options;
};

const shared = {timeoutMs: 5};
const deep = JSON.parse(`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`) as object;
const revoked = Proxy.revocable({}, {});
revoked.revoke();

test('plain data', shownAs, {a: 1, b: 'x', c: [true, null]}, {a: 1, b: 'x', c: [true, null]});
test('nothing', shownAs, undefined, null);
test('numbers that JSON lacks', shownAs, [Number.NaN, -Infinity, 10n], ['NaN', '-Infinity', '10']);
test('a symbol', shownAs, Symbol('once'), 'Symbol(once)');
test('a named function', shownAs, {lookup: function lookup() {}}, {lookup: '[function lookup]'});
test('a function without a name', shownAs, [() => {}], ['[function anonymous]']);
test('a class', shownAs, {agent: Agent}, {agent: '[function Agent]'});
test('an instance', shownAs, {agent: new Agent()}, {agent: '[Agent]'});
test('a date and a map', shownAs, [new Date(0), new Map()], ['[Date]', '[Map]']);
test('an object without a prototype', shownAs, Object.assign(Object.create(null), {a: 1}), {a: 1});
test('an instance of a class without a name', shownAs, new (class {})(), '[anonymous]');
test('a shared object', shownAs, {one: shared, two: shared}, {one: {timeoutMs: 5}, two: {timeoutMs: 5}});
test('depth', shownAs, deep, {a: {a: {a: {a: {a: {a: '[…]'}}}}}});
test('a long list', shownAs, new Array(1000).fill(1), [...new Array(100).fill(1), '[…]']);
test('a revoked proxy', shownAs, {proxy: revoked.proxy, a: 1}, {proxy: '[unreadable]', a: 1});
test(
  'a getter that throws',
  shownAs,
  {
    get password() {
      throw new Error('locked');
    },
    a: 1,
  },
  {password: '[unreadable]', a: 1},
);
test(
  'a prototype named as a key',
  shownAs,
  JSON.parse('{"__proto__": {"a": 1}}'),
  JSON.parse('{"__proto__": {"a": 1}}'),
);

test('an object with many ways back to itself is shown at once', t => {
  const shown = shownOptions(cyclic()) as {readonly [key: string]: Json};
  t.is(Object.keys(shown).length, 41);
  t.is(shown['self39'], '[circular]');
});
