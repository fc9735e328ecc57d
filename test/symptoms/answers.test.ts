// Symptoms of what was applied, and of what answers hold.
import test from 'ava';
import {stall} from '../../src/model/fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  booksOf,
  fault,
  figuresOf,
  recovery,
  type TrialChanges,
  trialWith,
} from '../helpers/trial-believable.ts';

const applied = (...counts: number[]): Pick<TrialChanges, 'verified'> => ({
  verified: {applied: Uint8Array.from(counts), owed: null, queued: null, reordered: null},
});

const calm = {phase: baseline, effects: 1} as const;

test('of those with effects', answers, 'lost-acknowledged', booksOf([calm, {phase: fault}]), {
  value: 1,
  phase: 'stall',
});
test('none', answers, 'lost-acknowledged', booksOf([calm, {phase: fault, effects: 1}]), 'clear');
test(
  'what was not acknowledged',
  answers,
  'lost-acknowledged',
  booksOf([calm, {phase: fault, status: 'unknown'}]),
  'clear',
);
test(
  'reads have no effect',
  answers,
  'lost-acknowledged',
  booksOf([calm, {phase: baseline}, {phase: fault}]),
  /^not every operation takes effect/,
);
test(
  'verify() knows better than the ledger',
  answers,
  'lost-acknowledged',
  {...booksOf([{phase: fault, effects: 1}, {phase: fault}]), ...applied(1, 0)},
  {value: 1},
);
test('no ledger', answers, 'lost-acknowledged', {}, /keeps no ledger$/);

test('applied', answers, 'false-failure', booksOf([{phase: fault, status: 'failed', effects: 1}]), {
  value: 1,
});
test(
  'rejected and applied',
  answers,
  'false-failure',
  {...booksOf([{phase: fault, status: 'rejected'}]), ...applied(2)},
  {value: 1},
);
test('unknown', answers, 'false-failure', booksOf([{phase: fault, status: 'unknown', effects: 1}]), 'clear');
test('no effects', answers, 'false-failure', booksOf([{phase: fault}]), /reported no effects$/);

test(
  'twice, by verify()',
  answers,
  'duplicate-effect',
  {...booksOf([{phase: fault}, {phase: fault}]), ...applied(2, 1)},
  {value: 1, phase: 'stall'},
);

const ordered = (count: number, first: readonly number[]): TrialChanges => ({
  ...booksOf([{phase: baseline}, {phase: fault}]),
  verified: {applied: new Uint8Array(), owed: null, queued: null, reordered: {count, first}},
});
test('one', answers, 'reordered', ordered(1, [1]), {value: 1, phase: 'stall'});
test('none', answers, 'reordered', ordered(0, []), 'clear');
test('no order', answers, 'reordered', applied(1), /^the scenario has no verify\(\)/);

const told = (phase: number, changes: Parameters<typeof figuresOf>[2]): TrialChanges => ({
  driver: {phases: [figuresOf(baseline, 10, {intact: 10, emptyTold: 10}), figuresOf(phase, 10, changes)]},
});
test('two', answers, 'truncation-accepted', told(recovery, {intact: 8, truncated: 2}), {
  value: 2,
  phase: 'recovery',
});
test('none', answers, 'truncation-accepted', told(fault, {intact: 10}), 'clear');
test('not told', answers, 'truncation-accepted', {}, /never returned intact/);

test('two', answers, 'swallowed-error', told(fault, {emptyTold: 9, empty: 2}), {value: 2, phase: 'stall'});
test('none', answers, 'swallowed-error', told(fault, {emptyTold: 9}), 'clear');
test(
  'empty anyway',
  answers,
  'swallowed-error',
  {driver: {phases: [figuresOf(baseline, 9, {emptyTold: 9, empty: 1}), figuresOf(fault, 9, {empty: 5})]}},
  /on a calm network, too$/,
);
test('not told', answers, 'swallowed-error', {}, /never returned empty/);

const hung = (count: number, more: TrialChanges = {}): TrialChanges => ({
  ...more,
  driver: {phases: [figuresOf(fault, 400, {outcomes: {hung: count}})], ...more.driver},
});
const longWait: NonNullable<TrialChanges['driver']> = {
  failures: [
    {
      key: 'late',
      status: 'hung',
      error: {name: 'HeadersTimeoutError', code: null, message: '', stack: [], causes: []},
      count: 3,
      countByPhase: {[fault]: 3},
      examples: [],
    },
  ],
};
test('some, and none gave up', answers, 'no-default-timeout', hung(7), {value: 7, phase: 'stall'});
test('none', answers, 'no-default-timeout', hung(0), 'clear');
test('a time-out that is long', answers, 'no-default-timeout', hung(7, {driver: longWait}), 'clear');
test(
  'another variant',
  answers,
  'no-default-timeout',
  hung(7, {variant: 'small'}),
  /^only the first variant/,
);
test(
  'a silence that is too short',
  answers,
  'no-default-timeout',
  {
    plan: {
      phases: trialWith().plan.phases.map(phase => ({
        ...phase,
        durationMs: 3000,
        faults: phase.role === 'fault' ? [stall()] : [],
      })) as unknown as Plan['phases'],
    },
    ...hung(7),
  },
  /lasts longer than 3 s$/,
);

const failure = (message: string, count: number, code: string | null, name = 'Error') => ({
  key: message,
  status: 'unknown' as const,
  error: {name, code, message, stack: [], causes: []},
  count,
  countByPhase: {[fault]: count},
  examples: [],
});
const failures = (bare: number, coded: number): TrialChanges => ({
  driver: {failures: [failure('it broke', bare, null), failure('reset', coded, 'ECONNRESET')]},
});
test('6 of 100', answers, 'unclassified-errors', failures(6, 94), {value: 0.06, phase: 'stall'});
test('5 of 100', answers, 'unclassified-errors', failures(5, 95), 'clear');
const named = (name: string): TrialChanges => ({driver: {failures: [failure('it broke', 100, null, name)]}});
test('a class of its own', answers, 'unclassified-errors', named('ShopDown'), 'clear');
test('thrown texts', answers, 'unclassified-errors', named('string'), {value: 1, phase: 'stall'});
test('few', answers, 'unclassified-errors', failures(10, 9), /^too few errors \(19 of the 20/);
