import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import test from 'ava';
import {errorFacts} from '../../src/load/error-facts.ts';
import type {ErrorFacts} from '../../src/model/outcome.ts';

const describedAs = test.macro({
  title: title => `of ${title} is kept what can be`,
  exec(t, make: () => unknown, expected: Partial<ErrorFacts>) {
    const facts = errorFacts(make());
    t.like(facts, expected);
    t.deepEqual(structuredClone(facts), facts);
    t.true(JSON.stringify(facts).length < 6000);
  },
});

const cyclic = (): Error => {
  const outer = new Error('outer');
  const inner = Object.assign(new Error('inner', {cause: outer}), {code: 'E_INNER'});
  outer.cause = inner;
  return outer;
};

const own = (): Error => {
  const error = new Error('own');
  error.cause = error;
  return error;
};

const throwingGetters = (): unknown =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      ['name', 'message', 'code', 'stack', 'cause'].map(key => [
        key,
        {
          get() {
            throw new Error('do not look at me');
          },
        },
      ]),
    ),
  );

const revoked = (): unknown => {
  const {proxy, revoke} = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const throwingProxy = (): unknown =>
  new Proxy(new Error('hidden'), {
    get() {
      throw new Error('trap');
    },
    getPrototypeOf() {
      throw new Error('trap');
    },
  });

const chain = (length: number): unknown => {
  let error = new Error(`cause ${length}`);
  for (let depth = length - 1; depth >= 0; depth--) error = new Error(`cause ${depth}`, {cause: error});
  return error;
};

const unprintable = {
  toString() {
    throw new Error('no text');
  },
};

test('an error', describedAs, () => Object.assign(new TypeError('boom'), {code: 'E_BOOM'}), {
  name: 'TypeError',
  code: 'E_BOOM',
  message: 'boom',
  causes: [],
});
class ShopDown extends Error {}
class BadAnswer extends TypeError {}
class Named extends Error {
  override readonly name = 'ShopClosed';
}
class Refusal {
  readonly message = 'no';
}
test('a class of its own', describedAs, () => new ShopDown('down'), {name: 'ShopDown', code: null});
test('a class of its own below TypeError', describedAs, () => new BadAnswer('bad'), {name: 'BadAnswer'});
test('a class with a name of its own', describedAs, () => new Named('closed'), {name: 'ShopClosed'});
test('a class without a name', describedAs, () => new (class extends Error {})('x'), {name: 'Error'});
test('an object of a class', describedAs, () => new Refusal(), {name: 'Refusal', message: 'no'});
test('a status', describedAs, () => Object.assign(new Error('x'), {status: 503}), {code: '503'});
test('a status code', describedAs, () => Object.assign(new Error('x'), {statusCode: 429}), {code: '429'});
test('a code and a status', describedAs, () => Object.assign(new Error('x'), {code: 'E_X', status: 503}), {
  code: 'E_X',
});
test('a status that is none', describedAs, () => Object.assign(new Error('x'), {status: 0}), {code: null});
test('an error with a cause', describedAs, () => new Error('a', {cause: new TypeError('b')}), {
  causes: ['TypeError: b'],
});
test('an error with a cyclic cause', describedAs, cyclic, {
  message: 'outer',
  causes: ['Error: E_INNER: inner'],
});
test('an error that is its own cause', describedAs, own, {causes: []});
test('an error with a long chain of causes', describedAs, () => chain(50), {
  causes: [1, 2, 3, 4, 5].map(depth => `Error: cause ${depth}`),
});
test('an error whose cause is a text', describedAs, () => new Error('a', {cause: 'timed out'}), {
  causes: ['string: timed out'],
});
test('an error with a number as its code', describedAs, () => Object.assign(new Error('a'), {code: 14}), {
  code: '14',
});
test('an error with an object as its code', describedAs, () => Object.assign(new Error('a'), {code: {}}), {
  code: null,
});
test('an object whose getters throw', describedAs, throwingGetters, {
  name: 'object',
  code: null,
  message: '',
  stack: [],
  causes: [],
});
test('a revoked proxy', describedAs, revoked, {name: 'object', message: ''});
test('a proxy whose traps throw', describedAs, throwingProxy, {name: 'object', message: ''});
test('a text', describedAs, () => 'boom', {name: 'string', message: 'boom', stack: []});
test('undefined', describedAs, () => undefined, {name: 'undefined', message: 'undefined'});
test('null', describedAs, () => null, {name: 'object', message: 'null'});
test('a symbol', describedAs, () => Symbol('boom'), {name: 'symbol', message: 'Symbol(boom)'});
test('a plain object', describedAs, () => ({password: 'secret'}), {name: 'object', message: ''});
test('an object without a prototype', describedAs, () => Object.create(null), {name: 'object', message: ''});
test('an object without text', describedAs, () => unprintable, {name: 'object', message: ''});
test('a function without text', describedAs, () => Object.assign(() => {}, unprintable), {
  message: 'a value that cannot be turned into text',
});
test('a huge text', describedAs, () => 'x'.repeat(5_000_000), {message: 'x'.repeat(500)});
test('a huge message', describedAs, () => new Error('x'.repeat(5_000_000)), {message: 'x'.repeat(500)});
test(
  'huge causes',
  describedAs,
  () => new Error('a', {cause: Object.assign(new Error('y'.repeat(1e6)), {code: 'z'.repeat(1e6)})}),
  {causes: [`Error: ${'z'.repeat(100)}: ${'y'.repeat(500)}`]},
);
test('a stack that is no text', describedAs, () => Object.assign(new Error('a'), {stack: 7}), {stack: []});

test('of a stack are kept eight frames without the message', t => {
  const deep = (depth: number): Error =>
    depth === 0 ? new Error('first\n    at least this is no frame') : deep(depth - 1);
  const {stack} = errorFacts(deep(20));
  t.is(stack.length, 8);
  t.true(stack.every(frame => frame.startsWith('at deep (') && frame.includes('error-facts.test.ts')));
});

test('a stack whose message was changed later keeps its frames', t => {
  const error = new Error('short');
  t.truthy(error.stack);
  error.message = 'a message that is not in the stack '.repeat(20);
  t.true(errorFacts(error).stack[0]?.includes('error-facts.test.ts'));
});

test('a huge message is let go of', t => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const heapBytes = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const kept: ErrorFacts[] = [];
  const before = heapBytes();
  for (let number = 0; number < 50; number++) {
    kept.push(errorFacts(new Error(`${number} ${'x'.repeat(2_000_000)}`)));
  }
  t.true(heapBytes() - before < 20_000_000);
  t.is(kept.length, 50);
});
