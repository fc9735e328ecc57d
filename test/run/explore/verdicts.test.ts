// Which episode of a trial is blamed for what, and which never was tried.
import test from 'ava';
import {episodeOf} from '../../../src/explore/episodes.ts';
import {batchPlan, faultPhase, recoveryPhase} from '../../../src/explore/search.ts';
import type {TrialEvent} from '../../../src/model/event.ts';
import {nonEmpty} from '../../../src/model/non-empty.ts';
import type {ErrorFacts} from '../../../src/model/outcome.ts';
import type {FaultWitness} from '../../../src/model/proxy-witness.ts';
import {calmSymptomsOf, judgeEpisodes, symptomsOf} from '../../../src/run/explore/verdicts.ts';
import {figuresOf, foldOf, type PhaseStory, plan, witnessOf} from '../../helpers/run-journal.ts';
import {
  baseline,
  figuresOf as believableFigures,
  binAt,
  fault,
  trialWith,
} from '../../helpers/trial-believable.ts';

const close = episodeOf([{kind: 'connect', action: 'accepted-and-closed'}]);
const batch = [close, close, close];
const batched = batchPlan(plan, batch);
const phaseMs = 1000;

const error = (message: string): ErrorFacts =>
  ({name: 'Error', code: null, message, causes: [], stack: []}) as never;

type Story = {
  /** How many phases the trial came to; all of them by default. */
  readonly phases?: number;
  readonly figures?: {readonly [phase: number]: PhaseStory & {readonly okWithin?: number}};
  /** Of the faults of the episodes. */
  readonly actions?: readonly number[];
  readonly open?: readonly number[];
  readonly more?: readonly TrialEvent[];
  readonly killedFor?: 'interrupted' | 'unresponsive' | null;
  readonly isClosed?: boolean;
};

const actedOf = (actions: number): FaultWitness => ({
  type: 'limit_connections',
  stream: 'downstream',
  decisions: 1,
  applied: 1,
  connectionsHit: actions,
  actions,
  firstHitMs: null,
  lastHitMs: null,
});

const verdictsOf = (story: Story) => {
  const count = story.phases ?? batched.phases.length;
  const {actions = [1, 1, 1], open = [], figures = {}, killedFor = null} = story;
  const faults = Object.fromEntries(
    actions.map((acted, index) => [`fault-${index + 1}-1-limitConnections`, actedOf(acted)]),
  );
  const isWhole = story.isClosed ?? count === batched.phases.length;
  const events: TrialEvent[] = [
    {
      kind: 'trial',
      trialId: 'before-1',
      variant: 'before',
      number: 1,
      seed: 1,
      tracePrefix: '5eed',
      originEpochMs: 1e12,
    },
    ...Array.from({length: count}, (_, phase): readonly TrialEvent[] => [
      {kind: 'edge', edge: {phase, beforeMs: phase * phaseMs, afterMs: phase * phaseMs}},
      {
        kind: 'injector',
        atMs: phase * phaseMs + 900,
        witness: {...witnessOf(0), openConnections: open[phase] ?? 1, faults},
      },
      {
        kind: 'phases',
        phases: [{...figuresOf(phase, figures[phase]), okWithin: figures[phase]?.okWithin ?? 100}],
      },
    ]).flat(),
    ...(story.more ?? []),
    ...(isWhole
      ? ([
          {kind: 'load-ended', atMs: count * phaseMs},
          {kind: 'closed', atMs: count * phaseMs + 10, durationMs: 5, result: 'resolved', error: null},
        ] as const)
      : []),
    {
      kind: 'exit',
      exit: {
        atMs: count * phaseMs + 20,
        exitCode: 1,
        signal: null,
        killedFor,
        stdoutBytes: 0,
        stderrBytes: 0,
        stderrTail: '',
      },
    },
  ];
  return judgeEpisodes(foldOf(events, batched)!, batch).map(verdict => verdict?.signal ?? null);
};

const blames = test.macro({
  title: (title = '') => title,
  exec(t, story: Story, expected: readonly (string | null)[]) {
    t.deepEqual(verdictsOf(story), expected);
  },
});

const none = [null, null, null] as const;
test('a client that is well passes', blames, {}, none);
test(
  'operations that hang in an episode or after it',
  blames,
  {figures: {[faultPhase(0)]: {outcomes: {hung: 1}}, [recoveryPhase(2)]: {outcomes: {hung: 2}}}},
  ['hung', null, 'hung'],
);
test(
  'operations that hang before the first are nobody’s',
  blames,
  {figures: {0: {outcomes: {hung: 9}}}},
  none,
);
test('an answer for another', blames, {figures: {[faultPhase(1)]: {outcomes: {wrong: 1}}}}, [
  null,
  'crossed',
  null,
]);

const wedge = (phase: number): TrialEvent => ({kind: 'cut', atMs: 1, phase, why: 'wedged'});
test(
  'a client that is not well again: what follows was not tried',
  blames,
  {
    phases: 5,
    killedFor: 'interrupted',
    figures: {[recoveryPhase(1)]: {okWithin: 0}},
    more: [wedge(recoveryPhase(1)), {kind: 'interrupted', atMs: 1}],
  },
  [null, 'stuck', null],
);
test(
  'a client of which a part is not well again',
  blames,
  {
    phases: 5,
    killedFor: 'interrupted',
    figures: {[recoveryPhase(1)]: {okWithin: 5}},
    more: [wedge(recoveryPhase(1)), {kind: 'interrupted', atMs: 1}],
  },
  [null, 'pending', null],
);
test(
  'a crash is of the episode in which it came',
  blames,
  {phases: 4, more: [{kind: 'uncaught', atMs: 1, error: error('x')}]},
  [null, 'crash', null],
);
test(
  'a program that breaks the protocol is suspected of that episode',
  blames,
  {phases: 4, more: [{kind: 'protocol-broken', atMs: 1, problem: 'it sent a line', line: 'x'}]},
  [null, 'crash', null],
);
test(
  'what the user interrupts is not blamed',
  blames,
  {phases: 4, killedFor: 'interrupted', more: [{kind: 'interrupted', atMs: 1}]},
  none,
);
test(
  'a rejection is of the episode after whose beginning it came',
  blames,
  {more: [{kind: 'unhandled-rejection', atMs: recoveryPhase(1) * phaseMs + 5, error: error('x')}]},
  [null, 'rejection', null],
);
test('connections that come and go', blames, {open: [1, 4, 1, 5, 5, 1, 1]}, none);
test('connections that stay', blames, {open: [1, 1, 1, 4, 4, 4, 4]}, [null, 'leak', null]);

test('an episode whose fault did nothing was not reached', t => {
  const trial = foldOf(
    [
      {
        kind: 'trial',
        trialId: 'before-1',
        variant: 'before',
        number: 1,
        seed: 1,
        tracePrefix: '',
        originEpochMs: 0,
      },
      ...[0, 1, 2].map(
        (phase): TrialEvent => ({kind: 'edge', edge: {phase, beforeMs: phase, afterMs: phase}}),
      ),
      {kind: 'injector', atMs: 2, witness: witnessOf(0)},
    ],
    batched,
  );
  t.deepEqual(
    judgeEpisodes(trial!, batch).map(verdict => verdict?.hasActed ?? null),
    [false, null, null],
  );
});

/** Half seconds of a baseline, a fault, and 14 s of recovery that are as they are said to be. */
const recovering = (recoveryAt: (seconds: number) => Parameters<typeof binAt>[1]) => {
  const {plan: believable} = trialWith();
  const phases = nonEmpty(
    believable.phases.map(phase => (phase.role === 'recovery' ? {...phase, durationMs: 14_000} : phase)),
    'phases',
  );
  const span = (fromMs: number, toMs: number): readonly number[] =>
    Array.from({length: (toMs - fromMs) / 500}, (_, index) => fromMs + 500 * index);
  return trialWith({
    plan: {phases},
    loadEndedMs: 23_000,
    driver: {
      bins: [
        ...span(1000, 5000).map(startMs => binAt(startMs, {phase: baseline})),
        ...span(5000, 9000).map(startMs => binAt(startMs, {phase: fault})),
        ...span(9000, 23_000).map(startMs => binAt(startMs, recoveryAt((startMs - 9000) / 1000))),
      ],
    },
  });
};

const slowForGood = test.macro({
  title: (title = '') => title,
  exec(t, recoveryAt: Parameters<typeof recovering>[0], isFound: boolean) {
    const found = symptomsOf(recovering(recoveryAt)).map(({symptom}) => symptom);
    t.is(found.includes('slow-recovery'), isFound);
  },
});

const outcomes = {ok: 40, failed: 10, unknown: 0, rejected: 0, wrong: 0, hung: 0};
test('operations that still fail at the end are a finding', slowForGood, () => ({outcomes}), true);
test('not those that fail for long', slowForGood, seconds => (seconds < 10.5 ? {outcomes} : {}), false);
test('nor those that are slow', slowForGood, () => ({p50Ms: 300, p99Ms: 900}), false);
test('nor a failure now and then', slowForGood, () => ({outcomes: {...outcomes, ok: 49, failed: 1}}), false);

const failingWhenCalm = test.macro({
  title: (title = '') => title,
  exec(t, failedPerBin: number, expected: readonly string[]) {
    const bins = Array.from({length: 8}, (_, index) =>
      binAt(1000 + 500 * index, {
        phase: baseline,
        outcomes: {...outcomes, ok: 50 - failedPerBin, failed: failedPerBin},
      }),
    );
    const figures = believableFigures(baseline, 400, {outcomes: {failed: 8 * failedPerBin}});
    const trial = trialWith({driver: {phases: [figures], bins}});
    t.deepEqual(
      calmSymptomsOf(trial).map(({symptom}) => symptom),
      expected,
    );
    t.deepEqual(symptomsOf(trial), []);
  },
});
test('operations that fail without any fault are told of the calm trial', failingWhenCalm, 10, [
  'fails-when-calm',
]);
test('where all succeed nothing is', failingWhenCalm, 0, []);
