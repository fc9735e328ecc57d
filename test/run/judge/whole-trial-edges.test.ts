// What becomes of goals, findings, figures and gates of several parts, one by one.
import test from 'ava';
import type {Finding} from '../../../src/model/finding.ts';
import type {GoalResult} from '../../../src/model/goal.ts';
import type {PhaseSummary, TrialJudgement} from '../../../src/model/run.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {wholeTrial} from '../../../src/run/judge/whole-trial.ts';
import {trialWith} from '../../helpers/trial-believable.ts';

const {phases} = trialWith().plan;
const [base] = judgeRun([trialWith()], ['defaults']).trials as [TrialJudgement];
const rowOf = (phase: string): PhaseSummary => ({...base.phases.find(row => row.phase === phase)!});

type Part = Partial<TrialJudgement> & {readonly seen?: readonly string[]};
const partOf = ({seen = ['warm-up', 'baseline', 'stall', 'recovery'], ...changes}: Part): TrialJudgement => ({
  ...base,
  verdict: 'met',
  findings: [],
  goals: [],
  gates: [],
  phases: seen.map(rowOf),
  ...changes,
});
const whole = (...parts: readonly [Part, ...Part[]]): TrialJudgement => {
  const [first, ...others] = parts;
  return wholeTrial(phases, [partOf(first), ...others.map(partOf)]);
};

const goal = (changes: Partial<GoalResult>): GoalResult => ({
  phase: 'stall',
  metric: 'hungCount',
  limit: {max: 5},
  verdict: 'met',
  value: 3,
  count: 10,
  reason: null,
  ...changes,
});
const goals = test.macro({
  title: (title = '') => `a goal of parts: ${title}`,
  exec(
    t,
    parts: readonly [Part, ...Part[]],
    expected: readonly [verdict: string, value: number | null, count: number],
  ) {
    const [judged] = whole(...parts).goals;
    t.deepEqual([judged!.verdict, judged!.value, judged!.count], expected);
  },
});
const of = (changes: Partial<GoalResult>, seen?: readonly string[]): Part => ({
  goals: [goal(changes)],
  ...(seen && {seen}),
});
const missed = {verdict: 'missed', value: 9} as const;
const unknown = {verdict: 'inconclusive', value: null} as const;
test('counts add up to what is met', goals, [of({value: 2}), of({value: 3})], ['met', 5, 20]);
test('counts add up to what is missed', goals, [of({value: 3}), of({value: 3})], ['missed', 6, 20]);
test('a count that is missed', goals, [of({}), of(missed)], ['missed', 12, 20]);
test('a count that nobody knows', goals, [of({}), of(unknown)], ['inconclusive', null, 10]);
test(
  'a count that is missed, whatever else is not known',
  goals,
  [of(unknown), of(missed)],
  ['missed', 9, 20],
);
test(
  'other figures do not add up',
  goals,
  [of({metric: 'successRatio', value: 2}), of({metric: 'successRatio', value: 3})],
  ['met', 2, 10],
);
test(
  'of other figures the missed one stands',
  goals,
  [of({metric: 'successRatio'}), of({metric: 'successRatio', ...missed})],
  ['missed', 9, 10],
);
test('of parts that saw the phase', goals, [of(missed, ['baseline']), of({value: 1})], ['met', 1, 10]);
test(
  'of all parts where none saw it',
  goals,
  [of(missed, ['baseline']), of({value: 1}, ['baseline'])],
  ['missed', 10, 20],
);
test(
  'of the whole run',
  goals,
  [of({phase: 'run', value: 3}, []), of({phase: 'run', value: 3}, ['baseline'])],
  ['missed', 6, 20],
);
test('of parts with fewer goals', goals, [of({value: 1}), {goals: []}], ['met', 1, 10]);

const finding = (severity: 'warn' | 'fail', value: number): Finding => ({
  symptom: 'hung-operation',
  verdict: 'present',
  severity,
  phase: 'stall',
  evidence: [
    {
      phase: 'stall',
      witness: 'driver',
      statement: 'So.',
      value,
      threshold: 0,
      unit: 'count',
      count: 1,
      operations: [],
    },
  ],
});
const clear: Finding = {symptom: 'hung-operation', verdict: 'clear'};
const doubtful: Finding = {symptom: 'hung-operation', verdict: 'inconclusive', reason: 'why'};
const findings = test.macro({
  title: (title = '') => `a finding of parts: ${title}`,
  exec(t, those: readonly Finding[], expected: string) {
    const [first, ...others] = those.map((one): Part => ({findings: [one]}));
    if (!first) throw new Error('no finding');
    const [told] = whole(first, ...others).findings;
    t.is(
      told!.verdict === 'present'
        ? `${told!.severity} ${told!.evidence.map(({value}) => value).join(' ')}`
        : told!.verdict,
      expected,
    );
  },
});
test(
  'the worst comes first',
  findings,
  [finding('warn', 1), finding('fail', 2), finding('warn', 3), finding('fail', 4)],
  'fail 2 1 3 4',
);
test('the first of the same', findings, [clear, finding('warn', 1), finding('warn', 2)], 'warn 1 2');
test('the worst is the first', findings, [finding('fail', 1), finding('warn', 2)], 'fail 1 2');
test('what is not known', findings, [clear, doubtful], 'inconclusive');
test('what is clear', findings, [clear, clear], 'clear');

test('a row comes of the first part that has it, and what it counts is added up', t => {
  const outcomes = {ok: 1, failed: 2, unknown: 3, rejected: 4, wrong: 5, hung: 6};
  const counts = {offered: 30, started: 25, dropped: 7, inFlight: 8, outcomes};
  const judged = whole(
    {phases: [{...rowOf('baseline'), ...counts}]},
    {
      phases: [
        {...rowOf('baseline'), offered: 999},
        {...rowOf('stall'), ...counts},
      ],
    },
  );
  t.deepEqual(
    judged.phases.map(({phase, offered}) => [phase, offered]),
    [
      ['baseline', 30],
      ['stall', 30],
    ],
  );
  t.deepEqual(judged.account, {
    offered: 60,
    started: 50,
    dropped: 14,
    outcomes: {ok: 2, failed: 4, unknown: 6, rejected: 8, wrong: 10, hung: 12},
    inFlight: 16,
  });
});

test('the slowest recovery counts, unless one is not known', t => {
  t.is(whole({timeToRecoverMs: 5}, {timeToRecoverMs: 9}, {timeToRecoverMs: 7}).timeToRecoverMs, 9);
  t.is(whole({timeToRecoverMs: 5}, {timeToRecoverMs: null}).timeToRecoverMs, null);
});

test('conventions are those of the first part that has any, and gates those of all', t => {
  const conventions = [{rule: 'r'}] as unknown as NonNullable<TrialJudgement['conventions']>;
  t.is(whole({conventions: null}, {conventions}).conventions, conventions);
  t.is(whole({conventions: null}, {conventions: null}).conventions, null);
  const gate = (name: string) => ({name, reason: 'Why.', advice: 'What.'});
  const gates = whole({gates: [gate('a')]}, {gates: [gate('b')]}).gates;
  t.deepEqual(
    gates.map(({name}) => name),
    ['a', 'b'],
  );
});

test('of one part nothing is changed', t => {
  const part = partOf({verdict: 'missed'});
  t.is(wholeTrial(phases, [part]), part);
});
