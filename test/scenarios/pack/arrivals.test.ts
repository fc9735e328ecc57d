// Messages that operations wait for, and the limit that an application puts on its own calls.
import test from 'ava';
import {Arrivals, answerOf, arrivalOf, messageOf, NoArrival} from '../../../src/scenarios/pack/arrivals.ts';
import {within} from '../../../src/scenarios/pack/time-limit.ts';

test('a message is told to the operation that sent it, and to no other', async t => {
  const arrivals = new Arrivals();
  const [first, second] = [arrivals.next('a-1'), arrivals.next('a-2')];
  arrivals.came(arrivalOf(messageOf('a-2'))!);
  arrivals.came(arrivalOf(messageOf('a-1'))!);
  t.deepEqual([(await first).id, (await second).id], ['a-1', 'a-2']);
});

test('a message that comes twice, or for nobody, changes nothing', async t => {
  const arrivals = new Arrivals();
  const next = arrivals.next('a-1');
  for (let time = 0; time < 2; time++) arrivals.came({id: 'a-1', text: 'x'});
  arrivals.came({id: 'a-9', text: 'x'});
  t.is((await next).text, 'x');
});

test('all who wait are told that nothing will come', async t => {
  const arrivals = new Arrivals();
  const waiting = [arrivals.next('a-1'), arrivals.next('a-2')];
  arrivals.fail(new NoArrival('gone'));
  for (const next of waiting) await t.throwsAsync(next, {instanceOf: NoArrival});
});

test('what is no message of ours has no id', t => {
  t.is(arrivalOf('{'), null);
  t.is(arrivalOf('{"id": 7}'), null);
});

test('a call within its limit has its own end, and a longer one ends as a caller that gave up', async t => {
  t.is(await within(10_000, Promise.resolve(7)), 7);
  await t.throwsAsync(within(null, Promise.reject(new TypeError('own'))), {instanceOf: TypeError});
  const late = await within(1, new Promise(() => {})).catch((error: unknown) => error);
  t.is((late as DOMException).name, 'TimeoutError');
});

test('the answers to an operation are its own, and whole, or they say what is wrong', t => {
  const names = ['a-1.1of2', 'a-1.2of2'];
  const [first, second] = names.map(messageOf);
  t.deepEqual(answerOf('a-1', [messageOf('a-1')]), {echoedId: 'a-1', intact: true});
  t.deepEqual(answerOf('a-1', [first!, second!], names), {echoedId: 'a-1', intact: true});
  t.is(answerOf('a-1', [second!, second!], names).echoedId, 'a-1.2of2');
  t.deepEqual(answerOf('a-1', [first!, '{"id": "a-1'], names), {echoedId: undefined, intact: false});
});
