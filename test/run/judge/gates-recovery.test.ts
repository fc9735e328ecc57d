// Nothing works at the end: whatever was asked of the run, it is not met.
import test from 'ava';
import type {Goals} from '../../../src/model/goal.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {foldOf, journalOf, plan, type Story} from '../../helpers/run-journal.ts';

/** The second phase is a recovery. */
const judged = (story: Story, goals: Goals = {}) => {
  const [calm, slow] = plan.phases;
  const phases: Plan['phases'] = [calm, {...slow!, name: 'back', role: 'recovery', faults: []}];
  return judgeRun([foldOf(journalOf(story), {...plan, phases, goals})!], ['after']).trials[0]!;
};

const fails: Story = {slow: {outcomes: {ok: 0, unknown: 100}}};
const hangs: Story = {slow: {outcomes: {ok: 0, hung: 100}}};

test('a recovery in which nothing succeeds is inconclusive where nothing else says that it is missed', t => {
  const {verdict, gates} = judged(fails);
  t.is(verdict, 'inconclusive');
  t.deepEqual(
    gates.map(({name}) => name),
    ['nothing-recovered'],
  );
  t.regex(gates[0]!.reason, /In the last recovery, back, none of the 100 operations succeeded/);
});

test('nor is it met where nothing could even start', t => {
  t.is(judged({slow: {outcomes: {ok: 0}, dropped: 100}}).verdict, 'inconclusive');
});

test('a goal that misses it does, and so does a symptom', t => {
  t.is(judged(fails, {back: {successRatio: {min: 0.5}}}).verdict, 'missed');
  t.is(judged(hangs).verdict, 'missed');
  t.deepEqual(judged(hangs).gates, []);
});

test('goals that hold do not make it met', t => {
  t.is(judged(fails, {calm: {successRatio: {min: 0.5}}}).verdict, 'inconclusive');
});

test('one success is enough to leave it to goals and symptoms', t => {
  t.is(judged({slow: {outcomes: {ok: 1, unknown: 99}}}).verdict, 'met');
  t.is(judged({}).verdict, 'met');
});
