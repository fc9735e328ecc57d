import test from 'ava';
import type {TerminatedBy} from '../../../src/model/process-witness.ts';
import type {SubjectEnd, Trial} from '../../../src/model/trial.ts';
import {endingBlocks, endingText} from '../../../src/report/blocks/endings.ts';
import {plainText} from '../../../src/report/document.ts';
import {trialWith} from '../../helpers/trial-believable.ts';

const exit: NonNullable<Trial['exit']> = {
  atMs: 21_100,
  exitCode: 0,
  signal: null,
  killedFor: null,
  stdoutBytes: 0,
  stderrBytes: 0,
  stderrTail: '',
};

const endsAs = test.macro({
  title: (_title, what: string) => `an ending: ${what}`,
  exec(
    t,
    _what: string,
    end: SubjectEnd,
    killedFor: NonNullable<Trial['exit']>['killedFor'],
    told: string | null,
  ) {
    const text = endingText(trialWith({end, exit: {...exit, killedFor}}));
    t.is(text === null ? null : plainText(text), told);
  },
});

const completed = (close: 'resolved' | 'failed' | 'hung'): SubjectEnd => ({
  kind: 'completed',
  close,
  error: null,
});
const lingers = 'the process did not exit after close() and was killed by the harness';

test(endsAs, 'in order, nothing to tell', completed('resolved'), null, null);
test(endsAs, 'a process that lingers', completed('resolved'), 'lingering', lingers);
test(endsAs, 'a close that never settles', completed('hung'), null, 'close() never returned');
test(
  endsAs,
  'a close that never settles, of a process that lingers',
  completed('hung'),
  'lingering',
  `close() never returned; ${lingers}`,
);

test('how a program ended that was sent SIGTERM is told, and what it left undone', t => {
  const told = (close: 'resolved' | 'failed' | 'hung', sigterm: TerminatedBy | null, inFlight: number) => {
    const trial = trialWith({
      end: completed(close),
      closing: {startMs: 9000, durationMs: 340, underLoad: {calmMs: 9340, inFlight}, sigterm},
    });
    const variant = {trials: [{trial, parts: []}]} as unknown as Parameters<typeof endingBlocks>[0];
    return endingBlocks(variant).flatMap(block => (block.kind === 'paragraph' ? plainText(block.text) : []));
  };
  const exited = (exitCode: number): TerminatedBy => ({exitCode, signal: null});
  const one = (texts: readonly string[], pattern: RegExp): void => {
    t.is(texts.length, 1);
    t.regex(texts[0]!, pattern);
  };
  one(told('resolved', exited(0), 0), /: the program ended 340 ms after SIGTERM, with exit code 0\.$/);
  one(
    told('resolved', {exitCode: null, signal: 'SIGTERM'}, 1),
    /after SIGTERM, by signal SIGTERM; 1 operation in flight had not settled\.$/,
  );
  one(told('failed', exited(3), 2), /with exit code 3; 2 operations in flight had not settled\.$/);
  one(told('hung', null, 0), /: the program had not ended 340 ms after SIGTERM, and was killed\.$/);
});

test('of a process that ran out of memory, its last collections and V8’s reason are shown, and no native stack', t => {
  const trial = trialWith({
    end: {kind: 'crashed', exitCode: null, signal: 'SIGABRT', outOfMemory: true, error: null},
    exit: {
      ...exit,
      stderrTail: `<--- Last few GCs --->\n[25:0x23e46000]     4728 ms: Mark-Compact 253.3 -> 252.5 MB\nFATAL ERROR: heap limit\n${'----- frame\n'.repeat(40)}`,
    },
  });
  const variant = {trials: [{trial, parts: []}]} as unknown as Parameters<typeof endingBlocks>[0];
  const shown = endingBlocks(variant).find(block => block.kind === 'code');
  t.is(shown?.text, '4728 ms: Mark-Compact 253.3 -> 252.5 MB\nFATAL ERROR: heap limit');
});

test('a crash shows the frames of its stack with their packages, though the process printed none', t => {
  const frame = (functionName: string, owner: string, ownerKind: 'package' | 'scenario', place: string) => ({
    functionName,
    owner,
    ownerKind,
    place,
  });
  const error = {
    name: 'TypeError',
    code: null,
    message: 'reply is not a function',
    stack: [],
    causes: [],
    frames: [
      frame('Parser.onReply', 'redis-parser', 'package', 'lib/parser.js:17'),
      frame('perform', 'the scenario', 'scenario', 'orders.ts:30'),
    ],
  };
  const codeOf = (end: SubjectEnd, stderrTail = ''): string[] => {
    const variant = {trials: [{trial: trialWith({end, exit: {...exit, stderrTail}}), parts: []}]};
    return endingBlocks(variant as unknown as Parameters<typeof endingBlocks>[0]).flatMap(block =>
      block.kind === 'code' ? [block.text] : [],
    );
  };
  const frames = 'Parser.onReply (redis-parser/lib/parser.js:17)\nperform (orders.ts:30)';
  const crashed = {kind: 'crashed', exitCode: 1, signal: null, outOfMemory: false, error} as const;
  t.deepEqual(codeOf(crashed), [frames]);
  t.deepEqual(codeOf({kind: 'open-failed', error}), [frames]);
  t.deepEqual(codeOf({...crashed, error: null}), []);
});

test('what a process printed of its stack keeps the package and loses the machine', t => {
  const stderrTail = [
    '/home/me/shop/node_modules/pg/lib/client.js:12',
    '    at Client.connect (/home/me/shop/node_modules/pg/lib/client.js:12:3)',
    '    at a (file:///home/me/node_modules/.store/x@1/node_modules/@scope/a/index.mjs:1:2)',
    '    at open (file:///home/me/shop/orders.ts:9:1)',
  ].join('\n');
  const end: SubjectEnd = {kind: 'crashed', exitCode: 1, signal: null, outOfMemory: false, error: null};
  const variant = {trials: [{trial: trialWith({end, exit: {...exit, stderrTail}}), parts: []}]};
  const shown = endingBlocks(variant as unknown as Parameters<typeof endingBlocks>[0]);
  t.deepEqual(
    shown.flatMap(block => (block.kind === 'code' ? block.text.split('\n') : [])),
    [
      'pg/lib/client.js:12',
      '    at Client.connect (pg/lib/client.js:12:3)',
      '    at a (@scope/a/index.mjs:1:2)',
      '    at open (shop/orders.ts:9:1)',
    ],
  );
});
