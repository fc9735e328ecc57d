// What is seen of a run while it runs, on a terminal and elsewhere.
import {stripVTControlCharacters} from 'node:util';
import test from 'ava';
import type {CliIo} from '../../src/cli/cli-io.ts';
import {LiveTrial} from '../../src/cli/live-trial.ts';
import {createProgress} from '../../src/cli/progress.ts';
import type {Bin, PhaseFigures} from '../../src/model/driver-witness.ts';
import {judgedRun} from '../helpers/judged-run.ts';

const control = '\u001b[';
const bold = `${control}1m`;

const figures = (phase: number, ok: number, failed: number, dropped: number): PhaseFigures => ({
  phase,
  offered: ok + failed + dropped,
  started: ok + failed,
  dropped,
  late: 0,
  outcomes: {ok, failed, unknown: 0, rejected: 0, wrong: 0, hung: 3},
  overrun: 0,
  settledAfterHung: 0,
  echoed: 1,
  startLagUs: '',
  responseOkUs: '',
  responseNotOkUs: '',
  serviceOkUs: '',
  serviceNotOkUs: '',
});

const exit = {atMs: 900, stdoutBytes: 0, stderrBytes: 0, stderrTail: ''};

/** What is written of a trial that has two phases and is then killed by a signal. */
const show = (env: NodeJS.ProcessEnv, isTTY: boolean): string => {
  let written = '';
  const stream: CliIo['stderr'] = {
    isTTY,
    columns: 120,
    write: text => {
      written += text;
      return true;
    },
  };
  const io: CliIo = {
    argv: [],
    env,
    cwd: '/',
    stdout: stream,
    stderr: stream,
    now: () => new Date(0),
    onSignal: () => () => {},
    onUncaught: () => {},
    relaunch: () => {},
    exit: () => {},
  };
  const progress = createProgress(io);
  const {record} = judgedRun();
  progress.runStarted(record, '/data');
  progress.trialStarted('defaults-1', 1, 2);
  progress.trialEvent('defaults-1', {kind: 'edge', edge: {phase: 0, beforeMs: 1, afterMs: 2}});
  progress.trialEvent('defaults-1', {kind: 'phases', phases: [figures(0, 40, 0, 0)]});
  progress.trialEvent('defaults-1', {kind: 'phases', phases: [figures(0, 41, 0, 0), figures(1, 7, 2, 5)]});
  progress.trialEvent('defaults-1', {
    kind: 'exit',
    exit: {...exit, exitCode: null, signal: 'SIGSEGV', killedFor: null},
  });
  progress.end();
  return written;
};

const lines = (text: string): string[] =>
  stripVTControlCharacters(text)
    .split('\n')
    .map(line => line.trim());

test('what a trial waits for is told, and how the try before the load ended', t => {
  let written = '';
  const stream: CliIo['stderr'] = {
    isTTY: false,
    columns: 120,
    write(text) {
      written += text;
      return true;
    },
  };
  const io = {env: {}, stderr: stream} as unknown as CliIo;
  const progress = createProgress(io);
  progress.waiting?.('open() to return (up to 35 s)');
  const first = {status: 'unsettled', afterMs: 1500, triedCount: 1} as const;
  progress.trialEvent('a-1', {kind: 'tried', atMs: 1, first});
  t.deepEqual(lines(written), [
    'waiting for open() to return (up to 35 s)',
    'the first operation is still pending after 1.5 s; starting the load anyway',
    '',
  ]);
});

test('on a terminal it stands in the place of the phase, until the answer comes', t => {
  let nowMs = 0;
  const {record} = judgedRun();
  const live = new LiveTrial(record.plan, 'defaults-1 (1/1)', () => nowMs);
  const plain = {bold: String, dim: String, green: String, yellow: String, red: String};
  const line = (): string => live.lines(plain as unknown as Parameters<LiveTrial['lines']>[0])[0]!;
  t.is(line(), 'defaults-1 (1/1) starting');
  live.waitFor('open() to return (up to 35 s)');
  nowMs = 3000;
  t.is(line(), 'defaults-1 (1/1) waiting for open() to return (up to 35 s) 5 s');
  live.add({kind: 'opened', atMs: 1});
  t.is(line(), 'defaults-1 (1/1) starting');
});

test('off a terminal each phase and each bad end is a line', t => {
  const text = show({TERM: 'xterm'}, false);
  t.false(text.includes(control));
  t.deepEqual(lines(text), [
    'Scenario undici-stall: defaults, bounded',
    '2 trials of 26 s, about 65 s in all',
    'Seed 42, injector embedded 0.1.0',
    'Data in data',
    'Trial 1 of 2: defaults-1',
    'warm-up      41 ok · 0 failed · 3 hung',
    'baseline     7 ok · 2 failed · 3 hung · 5 not started',
    'process killed by SIGSEGV',
    '',
  ]);
});

test('a dumb terminal is none', t => {
  t.is(show({TERM: 'dumb'}, true), show({TERM: 'xterm'}, false));
});

test('on a terminal the figures of a trial stay when it is over', t => {
  const text = show({TERM: 'xterm'}, true);
  const seen = lines(text);
  for (const line of [
    'defaults-1 (1/2)  process killed by SIGSEGV',
    'warm-up      41 ok · 0 failed · 3 hung',
  ]) {
    t.true(seen.includes(line), text);
  }
});

const bin = (index: number, ok: number, p99Ms: number | null): Bin => ({
  index,
  startMs: index * 500,
  durationMs: 500,
  phase: 0,
  started: 100,
  dropped: 0,
  outcomes: {ok, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0},
  p50Ms: p99Ms,
  p99Ms,
  maxMs: p99Ms,
});

test('a trial under way: the phase and what is left of it, rate and latency as blocks, symptoms so far', t => {
  let nowMs = 0;
  const {plan} = judgedRun().record;
  const trial = new LiveTrial(plan, 'defaults-1 (1/2)', () => nowMs);
  const plain = (text: string): string => text;
  const paint = {isOn: false, bold: plain, dim: plain, red: plain, green: plain, yellow: plain};
  t.deepEqual(trial.lines(paint), ['defaults-1 (1/2) starting']);
  trial.add({kind: 'edge', edge: {phase: 3, beforeMs: 1, afterMs: 2}});
  trial.add({kind: 'bins', bins: [bin(0, 100, 1), bin(1, 50, 100), bin(2, 0, null), bin(3, 25, 10_000)]});
  trial.add({kind: 'phases', phases: [figures(3, 7, 2, 5)]});
  nowMs = 1200;
  t.deepEqual(
    trial.lines(paint).map(line => line.trimEnd()),
    [
      'defaults-1 (1/2) stall      3 s left  7 ok · 2 failed · 3 hung · 5 not started',
      `  ok/s     ${'█▅▁▃'.padEnd(40)} 50/s`,
      `  p99      ${'▁▅ █'.padEnd(40)} 10.0 s`,
      '  so far hung-operation 3',
    ],
  );
});

test('colours are for terminals, and not with NO_COLOR', t => {
  const coloured = show({TERM: 'xterm'}, true);
  const plain = show({TERM: 'xterm', NO_COLOR: '1'}, true);
  t.true(coloured.includes(`${control}31m`));
  t.false(plain.includes(bold) || plain.includes(`${control}31m`));
  t.deepEqual(lines(plain), lines(coloured));
});
