import test from 'ava';
import {type FromProgram, ProtocolBroken, readLine} from '../../src/subject/program-protocol.ts';

const hello = {kind: 'hello', token: 't', protocol: 1, language: 'Go', runtime: 'go1.25'};
const plain = {code: null, message: '', applied: 'unknown', cause: null, stack: []} as const;

const understood: {readonly [title: string]: readonly [line: object, message: FromProgram]} = {
  'a hello': [
    {...hello, kit: 'k', libraries: {redis: '5.0', odd: 7}},
    {...hello, kind: 'hello', kit: 'k', libraries: {redis: '5.0', odd: '7'}},
  ],
  'a hello without kit and libraries': [hello, {...hello, kind: 'hello', kit: '', libraries: {}}],
  'an operation that succeeded': [
    {kind: 'settled', id: 'a-1-0', ok: true},
    {kind: 'settled', id: 'a-1-0', error: null, answer: {}},
  ],
  'what an answer said': [
    {
      kind: 'settled',
      id: 'a',
      ok: true,
      echoedId: 7,
      intact: false,
      empty: true,
      key: 'k',
      applicationError: {message: 'no'},
    },
    {
      kind: 'settled',
      id: 'a',
      error: null,
      answer: {echoedId: 7, intact: false, empty: true, key: 'k', applicationError: {message: 'no'}},
    },
  ],
  'facts of the wrong type, which say nothing': [
    {
      kind: 'settled',
      id: 'a',
      ok: true,
      echoedId: null,
      intact: 1,
      empty: 'yes',
      key: 3,
      applicationError: 'no',
    },
    {kind: 'settled', id: 'a', error: null, answer: {}},
  ],
  'an error with its cause': [
    {
      kind: 'settled',
      id: 'a',
      ok: false,
      error: {
        name: 'Late',
        code: 110,
        message: 'm',
        applied: 'no',
        cause: {name: 'OSError'},
        stack: ['f', 1],
      },
    },
    {
      kind: 'settled',
      id: 'a',
      error: {
        name: 'Late',
        code: '110',
        message: 'm',
        applied: 'no',
        cause: {...plain, name: 'OSError'},
        stack: ['f'],
      },
      answer: {},
    },
  ],
  'an error that says nothing': [
    {kind: 'open-failed', error: {}},
    {kind: 'open-failed', error: {...plain, name: 'Error'}},
  ],
  'an error that was never sent': [
    {kind: 'close-failed', error: {name: 'A', applied: 'unsent'}},
    {kind: 'close-failed', error: {...plain, name: 'A', applied: 'unsent'}},
  ],
  'one delivery': [
    {kind: 'delivered', id: 'a'},
    {kind: 'delivered', ids: ['a']},
  ],
  'several deliveries': [
    {kind: 'delivered', ids: ['a', 'b']},
    {kind: 'delivered', ids: ['a', 'b']},
  ],
  'a log': [
    {kind: 'log', message: 'hi'},
    {kind: 'log', message: 'hi'},
  ],
  'a kind of a later version': [{kind: 'progress', at: 3}, {kind: 'ignored'}],
};

for (const [title, [line, message]] of Object.entries(understood)) {
  test(`is understood: ${title}`, t => t.deepEqual(readLine(JSON.stringify(line)), message));
}

const endless = (depth: number): object => ({name: 'E', ...(depth > 0 && {cause: endless(depth - 1)})});

test('of a long chain of causes the first ones are kept', t => {
  const read = readLine(JSON.stringify({kind: 'open-failed', error: endless(50)}));
  let depth = 0;
  let error = read.kind === 'open-failed' ? read.error : null;
  for (; error; error = error.cause) depth++;
  t.is(depth, 6);
});

const broken: {readonly [title: string]: readonly [line: string, problem: RegExp]} = {
  'no JSON': ['Traceback (most recent call last):', /not JSON/],
  'an empty line': ['', /not JSON/],
  'a list': ['[]', /not an object with a `kind`/],
  'no kind': ['{"id":"a"}', /not an object with a `kind`/],
  'a hello without a token': ['{"kind":"hello","protocol":1}', /`hello` needs a string `token`/],
  'a hello without a protocol': ['{"kind":"hello","token":"t"}', /number `protocol`/],
  'nobody settled': ['{"kind":"settled","ok":true}', /`settled` needs a string `id`/],
  'settled, but how?': ['{"kind":"settled","id":"a"}', /needs `ok`/],
  'failed without an error': ['{"kind":"settled","id":"a","ok":false}', /needs an object `error`/],
  'not opened, but why?': ['{"kind":"open-failed"}', /`open-failed` needs an object `error`/],
  'nothing delivered': ['{"kind":"delivered","ids":[1]}', /`delivered` needs/],
};

for (const [title, [line, problem]] of Object.entries(broken)) {
  test(`is broken: ${title}`, t => {
    const error = t.throws(() => readLine(line), {instanceOf: ProtocolBroken, message: problem});
    t.is(error.line, line);
  });
}

test('of a long line only its beginning is shown', t => {
  const error = t.throws(() => readLine('x'.repeat(5000)), {instanceOf: ProtocolBroken});
  t.true(error.line!.length < 400);
});
