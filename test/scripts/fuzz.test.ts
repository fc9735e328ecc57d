// Fuzzing finds what is wrong, says by which seed, and shows no more of the input than is needed.
import {execFile} from 'node:child_process';
import {resolve} from 'node:path';
import {promisify} from 'node:util';
import test from 'ava';
import {FrameReader, type Treatment} from '../../src/faults/server/protocols/conversation.ts';
import {defineProtocol, type Protocol} from '../../src/faults/server/protocols/follower.ts';
import {noiseOf} from '../helpers/fuzz/bytes.ts';
import {describeFailure, type FuzzPart, fuzz, inputOf} from '../helpers/fuzz/part.ts';
import {partOf} from '../helpers/fuzz/protocols.ts';

const run = promisify(execFile);

/** Fails where the server says a star. */
const starry: FuzzPart = {
  name: 'starry',
  takesFaults: false,
  isDamaged: true,
  make: random => ({said: noiseOf(random), isValid: false, faultSeed: null}),
  attempt({said}) {
    const isWrong = said.some(([party, data]) => party === 'server' && data.includes('*'));
    return {failure: isWrong ? 'a star' : null, isFollowed: true, hits: 0};
  },
};

test('what fails is made as small as it can be, and its seed makes it again', t => {
  const {inputs, failure} = fuzz(starry, 100, 1000);
  t.is(failure?.reason, 'a star');
  t.deepEqual(
    failure!.input.said.map(([party, data]) => [party, data.toString()]),
    [['server', '*']],
  );
  t.is(failure!.seed, 99 + inputs);
  t.is(starry.attempt(inputOf(starry, failure!.seed)).failure, 'a star');
  t.is(fuzz(starry, 100, inputs - 1).failure, null);
  const lines = describeFailure(failure!);
  t.is(lines[0], `starry, seed ${failure!.seed}: a star`);
  t.is(lines[1], '  server  2a  "*"');
  t.is(lines.at(-1), `  Again: npm run fuzz -- --only starry --seed ${failure!.seed} --count 1`);
});

test('what is thrown is a failure', t => {
  const throwing: FuzzPart = {
    ...starry,
    attempt() {
      throw new TypeError('oh');
    },
  };
  const {inputs, failure} = fuzz(throwing, 1, 10);
  t.is(inputs, 1);
  t.regex(failure?.reason ?? '', /^thrown: TypeError: oh/);
  t.deepEqual(failure?.input.said, []);
});

/** Messages of a byte; what becomes of a client's is up to `treats`. */
const bytewise = (treats: (byte: string) => Treatment): Protocol =>
  defineProtocol('smtpError', () => {
    const reader = () =>
      new FrameReader<string>(beginning => ({message: beginning.toString('latin1', 0, 1), bytes: 1}));
    return {
      client: reader(),
      server: reader(),
      fromClient: treats,
      fromServer: () => 'pass',
      isIdle: () => false,
      unasked: () => null,
    };
  });

test('a protocol that keeps back, changes or refuses a byte is found out', t => {
  const failureOf = (treats: (byte: string) => Treatment): string | undefined =>
    fuzz(partOf(bytewise(treats), [['client', Buffer.from('a7b')]]), 1, 2000).failure?.reason;
  t.is(
    failureOf(() => 'pass'),
    undefined,
  );
  t.is(
    failureOf(byte => (byte === '7' ? 'drop' : 'pass')),
    'the server got other bytes',
  );
  t.is(
    failureOf(byte => (byte === '7' ? Buffer.from('8') : 'pass')),
    'the server got other bytes',
  );
  t.regex(
    failureOf(byte => {
      if (byte === '7') throw new RangeError('no sevens');
      return 'pass';
    }) ?? '',
    /^thrown: RangeError: no sevens/,
  );
});

const script = resolve(import.meta.dirname, '../../scripts/fuzz.ts');

test('the command tries what it is told to, and says how fast', async t => {
  const {stdout} = await run(process.execPath, [script, '--only', 'hpack', '--count', '300', '--seed', '7']);
  t.regex(
    stdout,
    /^Seed 7\nhpack +300 inputs in [\d.]+ s, [\d,]+\/s, \d+% followed to the end, .+\n1 passed, 0 failed\n$/,
  );
});

test('the command says what parts there are', async t => {
  const error = await t.throwsAsync<Error & {code: number; stderr: string}>(
    run(process.execPath, [script, '--only', 'nothing']),
  );
  t.is(error?.code, 64);
  t.regex(error?.stderr ?? '', /There is no part "nothing"; choose from beginning, http1, /);
});
