// Symptoms of a process that died.

import test from 'ava';
import {phaseAt} from '../../src/measures/evidence.ts';
import type {ErrorFacts} from '../../src/model/outcome.ts';
import type {SubjectEnd, Trial} from '../../src/model/trial.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {clearOf, presentOf, trialWith} from '../helpers/trial-believable.ts';

const mib = 1024 * 1024;

const died = (
  how: Partial<Extract<SubjectEnd, {kind: 'crashed'}>>,
  changes: Parameters<typeof trialWith>[0] = {},
): Trial =>
  trialWith({
    loadEndedMs: null,
    closing: null,
    end: {kind: 'crashed', exitCode: null, signal: null, outOfMemory: false, error: null, ...how},
    exit: {...trialWith().exit!, atMs: 6000},
    ...changes,
  });

const error: ErrorFacts = {name: 'TypeError', code: 'E_BOOM', message: 'boom', stack: [], causes: []};

const statement = test.macro({
  title: (_title, sentence: string) => sentence,
  exec(t, sentence: string, how: Parameters<typeof died>[0]) {
    t.deepEqual(detectOne('process-crash', died(how)), {
      symptom: 'process-crash',
      verdict: 'present',
      severity: 'fail',
      phase: 'stall',
      evidence: [
        {
          phase: 'stall',
          witness: 'system',
          statement: sentence,
          value: 1,
          threshold: 0,
          unit: 'count',
          count: 1,
          operations: [],
        },
      ],
    });
  },
});

test(statement, 'The process crashed with exit code 3.', {exitCode: 3});
test(statement, 'The process crashed with exit code 0.', {exitCode: 0});
test(statement, 'The process crashed with signal SIGSEGV.', {signal: 'SIGSEGV'});
test(statement, 'The process crashed with exit code 1: TypeError: E_BOOM: boom.', {exitCode: 1, error});
test(statement, 'The process crashed with exit code 1: Error: lost.', {
  exitCode: 1,
  error: {...error, name: 'Error', code: null, message: 'lost'},
});

const clearOfCrash = test.macro({
  title: (_title, end: SubjectEnd) => `a trial that was ${end.kind} did not crash`,
  exec(t, end: SubjectEnd) {
    t.deepEqual(detectOne('process-crash', trialWith({end})), clearOf('process-crash'));
    t.deepEqual(detectOne('out-of-memory', trialWith({end})), clearOf('out-of-memory'));
  },
});

test(clearOfCrash, {kind: 'completed', close: 'hung', error: null});
test(clearOfCrash, {kind: 'open-failed', error});
test(clearOfCrash, {kind: 'unresponsive'});
test(clearOfCrash, {kind: 'interrupted'});

test('a process that was ended by SIGKILL may have been out of memory', t => {
  const end = {kind: 'crashed', exitCode: null, signal: 'SIGKILL', outOfMemory: false, error: null} as const;
  t.is(detectOne('out-of-memory', trialWith({end})).verdict, 'inconclusive');
});

test('a crash is not a want of memory, and a want of memory is told once', t => {
  t.deepEqual(detectOne('out-of-memory', died({exitCode: 1})), clearOf('out-of-memory'));
  t.deepEqual(
    detectOne('process-crash', died({signal: 'SIGABRT', outOfMemory: true})),
    clearOf('process-crash'),
  );
});

const resources = [
  {
    atMs: 5900,
    cpuMs: 1,
    rssBytes: 90 * mib,
    heapUsedBytes: 60 * mib,
    externalBytes: 1,
    loopDelayMaxMs: 1,
    loopUtilisationRatio: 1,
    gcMs: 0,
    gcCount: 0,
  },
];

test('out of memory: it says how much was in use, and against which limit', t => {
  const trial = died({signal: 'SIGABRT', outOfMemory: true}, {variant: 'small', resources});
  t.deepEqual(detectOne('out-of-memory', trial), {
    symptom: 'out-of-memory',
    verdict: 'present',
    severity: 'fail',
    phase: 'stall',
    evidence: [
      {
        phase: 'stall',
        witness: 'system',
        statement:
          'V8 ran out of heap and aborted the process, with 60 MiB in use at the last sample and a limit of 64 MiB.',
        value: 60 * mib,
        threshold: 64 * mib,
        unit: 'bytes',
        count: 1,
        operations: [],
      },
    ],
  });
});

test("out of memory: without a limit of its own it is V8's", t => {
  const trial = died({outOfMemory: true}, {resources});
  t.regex(
    presentOf(detectOne('out-of-memory', trial)).evidence[0].statement,
    /60 MiB in use at the last sample and V8's default limit\.$/,
  );
});

const isIn = test.macro({
  title: (_title, atMs: number, phase: string) => `${atMs} ms is in ${phase}`,
  exec(t, atMs: number, phase: string) {
    t.is(phaseAt(trialWith({edges: trialWith().edges.slice(1)}), atMs), phase);
  },
});

test(isIn, 999, 'start');
test(isIn, 1000, 'baseline');
test(isIn, 4999, 'baseline');
test(isIn, 5000, 'stall');
test(isIn, 19_000, 'recovery');
test(isIn, 19_001, 'drain');
