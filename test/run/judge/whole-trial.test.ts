// A storm that was cut is judged as one trial, and faults that a wedged client left nothing to hit are told as such.
import test from 'ava';
import type {TrialEvent} from '../../../src/model/event.ts';
import {refuse, resetPeer, stall} from '../../../src/model/fault.ts';
import type {Phase, Plan} from '../../../src/model/plan.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {judgeRun} from '../../../src/run/judge/judge.ts';
import {wholeTrial} from '../../../src/run/judge/whole-trial.ts';
import {foldOf, journalOf, plan} from '../../helpers/run-journal.ts';
import {binAt, connectionsAt, figuresOf, trialWith} from '../../helpers/trial-believable.ts';

const storm: Plan['phases'] = [
  {name: 'baseline', role: 'baseline', durationMs: 2000, faults: []},
  {name: 'stall', role: 'fault', durationMs: 2000, faults: [stall()]},
  {name: 'after-stall', role: 'recovery', durationMs: 4000, faults: []},
  {name: 'reset', role: 'fault', durationMs: 2000, faults: [resetPeer()]},
  {name: 'recovery', role: 'recovery', durationMs: 4000, faults: []},
];
const starts = [0, 2000, 4000, 8000, 10_000];

/** Only the stall hit anything; from 2.5 s on nothing succeeds unless `isHealthy`. */
const trialOf = (thresholds: Plan['thresholds'], probes: Trial['probes']): Trial => {
  const witness = {
    ...connectionsAt(0, 1).witness,
    faults: {
      'stall-1-stall': {
        type: 'stall',
        stream: 'downstream' as const,
        decisions: 1,
        applied: 1,
        connectionsHit: 1,
        actions: 1,
        firstHitMs: null,
        lastHitMs: null,
      },
    },
  };
  return trialWith({
    plan: {phases: storm, thresholds: thresholds ?? {}, operation: {deadlineMs: 500, idempotent: true}},
    edges: starts.map((atMs, phase) => ({phase, beforeMs: atMs, afterMs: atMs})),
    loadEndedMs: 14_000,
    probes,
    injector: [{atMs: 13_900, witness}],
    driver: {
      phases: storm.map((_, phase) => figuresOf(phase, 100, phase === 0 ? {} : {outcomes: {unknown: 100}})),
      bins: Array.from({length: 28}, (_, index) =>
        binAt(index * 500, {
          phase: starts.findLastIndex(atMs => atMs <= index * 500),
          ...(index < 5 ? {} : {outcomes: {ok: 0, failed: 0, unknown: 50, rejected: 0, wrong: 0, hung: 0}}),
        }),
      ),
    },
  });
};

const free = [5000, 6000, 7000, 12_000].map(atMs => ({atMs, ok: true}));

test('a fault that found no client is a consequence of the wedge, and no gate', t => {
  const [judged] = judgeRun([trialOf({'wedged-client': {wedgedMs: 6000}}, free)], ['defaults']).trials;
  t.deepEqual(
    judged!.gates.filter(({name}) => name.startsWith('fault-')),
    [],
  );
  const wedged = judged!.findings.find(({symptom}) => symptom === 'wedged-client');
  t.is(wedged?.verdict, 'present');
  t.deepEqual(wedged?.verdict === 'present' && wedged.evidence.map(({statement}) => statement), [
    'From phase stall on, nothing succeeded until the end, including 8.0 s without a fault (after-stall, recovery), while a fresh client got through in 4 of 4 tries.',
    'The fault resetPeer of phase reset found no client to hit: nothing had succeeded since phase stall.',
  ]);
});

test('where the wedge is not proven, the fault without hits is a gate that says since when nothing had succeeded', t => {
  const [judged] = judgeRun([trialOf(undefined, free)], ['defaults']).trials;
  t.is(judged!.verdict, 'inconclusive');
  const [gate] = judged!.gates.filter(({name}) => name === 'fault-without-hits');
  t.is(
    gate?.reason,
    'The fault resetPeer of phase reset hit nothing although 100 operations started; nothing had succeeded since phase stall.',
  );
  t.regex(gate!.advice, /whether it is wedged/);
});

const phases: readonly Phase[] = [
  {name: 'calm', role: 'baseline', durationMs: 1000, faults: []},
  {name: 'slow', role: 'fault', durationMs: 1000, faults: [stall()]},
  {name: 'after', role: 'recovery', durationMs: 1000, prolongedToMs: 9000, faults: []},
  {name: 'refused', role: 'fault', durationMs: 1000, faults: [refuse()]},
  {name: 'recovery', role: 'recovery', durationMs: 1000, prolongedToMs: 9000, faults: []},
];
const whole = {...plan, phases, goals: {run: {hungCount: {max: 5}}}} as unknown as Plan;

/** The journal of a subject that sees two of the phases. */
const partOf = (hung: number, changes: object, more: readonly TrialEvent[] = []): Trial => {
  const events = journalOf({slow: {outcomes: {ok: 100 - hung, hung}}, ledger: null, more});
  return foldOf(
    events.map(event => (event.kind === 'trial' ? {...event, ...changes} : event)),
    whole,
  )!;
};

test('the journal says which phases a subject was to see', t => {
  const first = partOf(0, {}, [{kind: 'cut', atMs: 1900, phase: 1, why: 'died'}]);
  t.is(first.cut, 'died');
  t.is(first.continues, null);
  t.deepEqual(
    first.plan.phases.map(({name}) => name),
    ['calm', 'slow'],
  );
  const second = partOf(0, {trialId: 'after-1-part2', continues: 'after-1', phases: [0, 3, 4]});
  t.is(second.continues, 'after-1');
  t.deepEqual(
    second.plan.phases.map(({name}) => name),
    ['calm', 'refused', 'recovery'],
  );
});

test('parts are one trial: a row for each phase, counts added up, the worst finding of all', t => {
  const first = partOf(3, {}, [{kind: 'cut', atMs: 1900, phase: 1, why: 'wedged'}]);
  const second = partOf(4, {trialId: 'after-1-part2', continues: 'after-1', phases: [0, 3]});
  const {trials} = judgeRun([first, second], ['before', 'after']);
  t.is(trials.length, 1);
  const [judged] = trials;
  t.is(judged!.trialId, 'after-1');
  t.deepEqual(
    judged!.phases.map(({phase, started}) => [phase, started]),
    [
      ['calm', 100],
      ['slow', 100],
      ['refused', 100],
    ],
  );
  t.is(judged!.account.started, 300);
  t.is(judged!.account.outcomes.hung, 7);
  t.like(judged!.goals[0], {metric: 'hungCount', value: 7, verdict: 'missed'});
  const hung = judged!.findings.find(({symptom}) => symptom === 'hung-operation');
  t.deepEqual(hung?.verdict === 'present' && hung.evidence.map(({phase, value}) => [phase, value]), [
    ['slow', 3],
    ['refused', 4],
  ]);
});

test('what one part has proven stays proven where another could not be judged', t => {
  const [judged] = judgeRun([trialOf({'wedged-client': {wedgedMs: 6000}}, free)], ['defaults']).trials;
  const gate = {name: 'fault-without-hits', reason: 'It hit nothing.', advice: 'Make the load higher.'};
  const missed = {...judged!, verdict: 'missed' as const, gates: []};
  const unjudged = {...judged!, verdict: 'inconclusive' as const, findings: [], gates: [gate]};
  t.like(wholeTrial(storm, [missed, unjudged]), {verdict: 'missed', gates: []});
  t.like(wholeTrial(storm, [{...unjudged, findings: judged!.findings}, unjudged]), {verdict: 'inconclusive'});
});
