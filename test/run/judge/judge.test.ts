// The verdict: of a trial from its gates, findings and goals, of a run from its candidate's trials.
import test from 'ava';
import type {Verdict} from '../../../src/model/goal.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {type Story, trialOf, witnessOf} from '../../helpers/run-journal.ts';

const holds = {calm: {successRatio: {min: 0.99}}};
const fails = {slow: {responseP50Ms: {max: 1}}};
/** 100 samples are too few for a p99. */
const unknown = {slow: {responseP99Ms: {max: 1000}}};
const hangs: Story = {slow: {outcomes: {ok: 95, hung: 5}}};
const settlesLate: Story = {slow: {overrun: 5}};
const spared: Story = {actions: 0};
const killed: Story = {cutAt: 'load-ended', exit: {exitCode: null, signal: 'SIGKILL'}};

const rows: readonly (readonly [title: string, story: Story, verdict: Verdict, gates?: readonly string[]])[] =
  [
    ['without goals and symptoms it is met', {}, 'met'],
    ['goals that hold are met', {goals: holds}, 'met'],
    ['one goal that fails is missed', {goals: {...holds, ...fails}}, 'missed'],
    ['a goal that cannot be known is inconclusive', {goals: {...holds, ...unknown}}, 'inconclusive'],
    [
      'a goal that fails is worse than one that cannot be known',
      {goals: {calm: {responseP99Ms: {max: 1000}}, ...fails}},
      'missed',
    ],
    ['a grave symptom is missed, without any goal', hangs, 'missed'],
    ['a grave symptom is missed, though the goals hold', {...hangs, goals: holds}, 'missed'],
    ['a slight symptom does not decide', {...settlesLate, goals: holds}, 'met'],
    ['a fault that hit nothing is inconclusive', spared, 'inconclusive', ['fault-without-hits']],
    [
      'a gate goes before symptoms and goals',
      {...hangs, ...spared, goals: fails},
      'inconclusive',
      ['fault-without-hits'],
    ],
    ['an injector that does not count is trusted', {actions: null}, 'met'],
    [
      'a baseline that fails by itself is inconclusive',
      {calm: {outcomes: {ok: 49, failed: 51}}},
      'inconclusive',
      ['baseline-fails'],
    ],
    ['half of the baseline is enough', {calm: {outcomes: {ok: 50, unknown: 50}}}, 'met'],
    [
      'a goal that only warns does not miss it',
      {
        goals: {slow: {successRatio: {min: 0.99, severity: 'warn'}, wrongCount: {max: 0}}},
        slow: {outcomes: {ok: 90, unknown: 10}},
      },
      'met',
    ],
    [
      'with goals that only warn the symptoms decide',
      {goals: {slow: {successRatio: {min: 0.99, severity: 'warn'}}}, slow: {outcomes: {ok: 90, unknown: 10}}},
      'met',
    ],
    ['a crash is missed, whatever the phases were', killed, 'missed'],
    ['a crash before the fault hit anything is missed', {...killed, ...spared}, 'missed'],
    [
      'a subject that stops answering is missed',
      {cutAt: 'load-ended', exit: {exitCode: null, signal: 'SIGKILL', killedFor: 'unresponsive'}},
      'missed',
    ],
    ['an interrupted trial is inconclusive', {cutAt: 'load-ended'}, 'inconclusive', ['interrupted']],
    [
      'a subject that does not open is inconclusive',
      {
        cutAt: 'opened',
        more: [
          {
            kind: 'open-failed',
            atMs: 1,
            error: {name: 'Error', code: null, message: 'no', stack: [], causes: []},
          },
        ],
        exit: {},
      },
      'inconclusive',
      ['open-failed'],
    ],
    [
      'trouble of the harness is inconclusive',
      {more: [{kind: 'trouble', atMs: 5, what: 'witness', message: 'no answer'}]},
      'inconclusive',
      ['harness-witness'],
    ],
  ];

for (const [title, story, verdict, gates = []] of rows) {
  test(`verdict of a trial: ${title}`, t => {
    const judgement = judgeRun([trialOf(story)], ['before', 'after']);
    t.is(judgement.trials[0]!.verdict, verdict);
    t.deepEqual(
      judgement.trials[0]!.gates.map(({name}) => name),
      gates,
    );
    t.is(judgement.verdict, verdict);
  });
}

const met = (variant: string): Trial => trialOf({variant});
const missed = (variant: string): Trial => trialOf({variant, ...hangs});
const inconclusive = (variant: string): Trial => trialOf({variant, ...spared});

const runs: readonly (readonly [title: string, trials: readonly Trial[], verdict: Verdict])[] = [
  [
    "what the baseline misses are the symptoms, not the run's verdict",
    [missed('before'), met('after')],
    'met',
  ],
  ['what the candidate misses is missed', [met('before'), missed('after')], 'missed'],
  [
    'one missed trial of the candidate is enough',
    [met('after'), missed('after'), inconclusive('after')],
    'missed',
  ],
  ['inconclusive is worse than met', [met('after'), inconclusive('after')], 'inconclusive'],
  ['a candidate that was not driven is inconclusive', [met('before')], 'inconclusive'],
  ['of no trial nothing is known', [], 'inconclusive'],
];

for (const [title, trials, verdict] of runs) {
  test(`verdict of a run: ${title}`, t => {
    t.like(judgeRun(trials, ['before', 'after']), {verdict, candidate: 'after'});
  });
}

test('of one variant it is the candidate', t => {
  t.like(judgeRun([missed('before')], ['before']), {verdict: 'missed', candidate: 'before'});
});

test('gates tell the number and what to do', t => {
  const {gates} = judgeRun([trialOf(spared)], ['after']).trials[0]!;
  t.is(gates[0]!.reason, 'The fault latency of phase slow hit nothing although 100 operations started.');
  t.regex(gates[0]!.advice, /Lengthen the phase/);
});

test('the gate of a fault on connections that carried something else says what', t => {
  const witness = witnessOf(0);
  const [[name, fault] = []] = Object.entries(witness.faults);
  const missed = {'HTTP/1': 1, 'TLS that began before the fault': 3};
  const more = [
    {kind: 'injector' as const, atMs: 1950, witness: {...witness, faults: {[name!]: {...fault!, missed}}}},
  ];
  const {gates} = judgeRun([trialOf({...spared, more})], ['after']).trials[0]!;
  t.is(
    gates[0]!.reason,
    'The fault latency of phase slow hit nothing because its connections spoke TLS that began before the fault (3), HTTP/1 (1).',
  );
  t.regex(gates[0]!.advice, /Choose a fault for what the library speaks/);
});
