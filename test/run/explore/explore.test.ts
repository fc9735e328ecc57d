// The search itself, on trials that are made up: what is tried, what is blamed, how small it gets, and what is left.
import test from 'ava';
import {episodesOf} from '../../../src/explore/episodes.ts';
import type {Exploration} from '../../../src/explore/exploration.ts';
import {searchedPlan} from '../../../src/explore/search.ts';
import type {TrialEvent} from '../../../src/model/event.ts';
import type {Fault} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import type {FaultWitness} from '../../../src/model/proxy-witness.ts';
import {type CrewOf, type ExploreOptions, search} from '../../../src/run/explore/explore.ts';
import {conversation} from '../../helpers/conversations.ts';
import {figuresOf, foldOf, plan as usual, witnessOf} from '../../helpers/run-journal.ts';

const plan = searchedPlan(usual, null);
const talk = [conversation(1, [30, 96, 10, 60])];
const phaseMs = 100;

/** What becomes of a client under these faults; null: it is well. */
type Effect = 'crash' | 'hung' | null;
type Client = {
  readonly effectOf: (faults: readonly Fault[]) => Effect;
  /** Whether it only shows after other faults. */
  readonly isPoisoned?: boolean;
};

const acted: FaultWitness = {
  type: 'x',
  stream: 'downstream',
  decisions: 1,
  applied: 1,
  connectionsHit: 1,
  actions: 1,
  firstHitMs: null,
  lastHitMs: null,
};

const trialEvents = ({phases}: Plan, {effectOf, isPoisoned}: Client): TrialEvent[] => {
  const crashAt = phases.findIndex(
    ({faults}, index) => effectOf(faults) === 'crash' && !(isPoisoned && index < 3),
  );
  const reached = crashAt < 0 ? phases : phases.slice(0, crashAt + 1);
  const faults = Object.fromEntries(
    reached.flatMap(phase =>
      phase.faults.map(({kind}, position) => [`${phase.name}-${position + 1}-${kind}`, acted]),
    ),
  );
  return [
    {
      kind: 'trial',
      trialId: 'before-1',
      variant: 'before',
      number: 1,
      seed: 1,
      tracePrefix: '',
      originEpochMs: 0,
    },
    ...reached.flatMap((phase, index): readonly TrialEvent[] => [
      {kind: 'edge', edge: {phase: index, beforeMs: index * phaseMs, afterMs: index * phaseMs}},
      {kind: 'injector', atMs: index * phaseMs + 50, witness: {...witnessOf(0), faults}},
      {
        kind: 'phases',
        phases: [figuresOf(index, {outcomes: {hung: effectOf(phase.faults) === 'hung' ? 3 : 0}})],
      },
    ]),
    ...(crashAt < 0
      ? ([
          {kind: 'load-ended', atMs: reached.length * phaseMs},
          {kind: 'drained', atMs: reached.length * phaseMs, inFlight: 0, unsettled: []},
          {kind: 'closed', atMs: reached.length * phaseMs, durationMs: 0, result: 'resolved', error: null},
        ] as const)
      : []),
    {
      kind: 'exit',
      exit: {
        atMs: reached.length * phaseMs,
        exitCode: crashAt < 0 ? 0 : 1,
        signal: null,
        killedFor: null,
        stdoutBytes: 0,
        stderrBytes: 0,
        stderrTail: '',
      },
    },
  ];
};

type Searched = {readonly exploration: Exploration; readonly labels: readonly string[]};

/** @param interruptedAt the trial in which the user interrupts it */
const searched = async (
  client: Client,
  changes: Partial<ExploreOptions> = {},
  interruptedAt = Number.POSITIVE_INFINITY,
): Promise<Searched> => {
  const labels: string[] = [];
  const interruption = new AbortController();
  const crewOf: CrewOf = () => ({
    async try(tried, label) {
      labels.push(label);
      if (labels.length >= interruptedAt) interruption.abort();
      return {
        trial: foldOf(trialEvents(tried, client), tried),
        run: `${labels.length}-${label}`,
        conversations: talk,
        targetUrl: '',
        forget: async () => {},
      };
    },
    finish: async () => {},
  });
  const options = {
    id: 'now',
    only: [],
    maxDepth: 1,
    budgetMs: 60_000,
    jobs: 2,
    earlier: null,
    speechOf: () => 'http',
    run: {
      seed: 1,
      baseDir: '/',
      dataDir: '/data',
      command: () => 'explore',
      now: () => new Date(0),
      signal: interruption.signal,
    },
    observer: {step() {}, found() {}, async known() {}},
    ...changes,
  } as unknown as ExploreOptions;
  return {exploration: await search(options, plan, crewOf), labels};
};

const all = [...episodesOf(talk, {seed: 1, maxDepth: 1, speech: 'http'})];
const marked = ({cells}: Exploration, mark: string): number =>
  cells.filter(cell => cell.mark === mark).length;
const isAt = (faults: readonly Fault[], exchange: number): boolean =>
  faults.some(fault => 'at' in fault && fault.at?.exchange === exchange && fault.at.since !== 'fault');

test('a client that stands everything: all is tried, and nothing is found', async t => {
  const {exploration} = await searched({effectOf: () => null});
  t.deepEqual(exploration.findings, []);
  t.is(exploration.end, 'complete');
  t.is(marked(exploration, 'passed'), all.length);
  t.is(exploration.episodeCount, all.length);
});

test('a crash at one exchange is one finding with all its moments, as small as it gets, three times of three', async t => {
  const {exploration} = await searched({effectOf: faults => (isAt(faults, 3) ? 'crash' : null)});
  t.is(exploration.findings.length, 1);
  const [finding] = exploration.findings;
  t.like(finding, {number: 1, symptom: 'process-crash', id: 'close after 3', shownCount: 3, triedCount: 3});
  t.is(finding?.moments.length, 45);
  t.is(marked(exploration, 'failed'), 45);
  t.is(marked(exploration, 'passed'), all.length - 45);
  t.deepEqual(exploration.unconfirmed, []);
});

test('what comes after a crash is tried all the same', async t => {
  const {exploration} = await searched({effectOf: faults => (isAt(faults, 1) ? 'crash' : null)});
  t.is(exploration.cells.length, all.length);
});

const isSilence = ({kind}: Fault): boolean => kind === 'stall' || kind === 'halfOpen' || kind === 'blackhole';
const waits = (faults: readonly Fault[]): boolean =>
  faults.some(isSilence) && !faults.some(fault => fault.kind === 'closeAfter' && fault.afterMs > 0);

test('a client that waits through silence: one finding, of which the plainest is told', async t => {
  const {exploration} = await searched({effectOf: faults => (waits(faults) ? 'hung' : null)});
  t.is(exploration.findings.length, 1);
  t.like(exploration.findings[0], {
    symptom: 'hung-operation',
    id: 'silence after the next request',
    shownCount: 3,
  });
  t.true((exploration.findings[0]?.moments.length ?? 0) > 60);
});

test('what only fails after other faults is no finding', async t => {
  const {exploration} = await searched({
    effectOf: faults => (isAt(faults, 2) ? 'crash' : null),
    isPoisoned: true,
  });
  t.deepEqual(exploration.findings, []);
  t.true(marked(exploration, 'slow') > 0);
});

test('what every closed connection does is one finding, and is not told of other moments', async t => {
  const isClose = ({kind}: Fault): boolean => kind === 'closeAfter';
  const {exploration} = await searched({effectOf: faults => (faults.some(isClose) ? 'crash' : null)});
  t.is(exploration.findings.length, 1, JSON.stringify(exploration.findings.map(({id}) => id)));
  t.is(exploration.findings[0]?.id, 'close all live connections');
});

test('--only: the rest is left out, and said to be', async t => {
  const {exploration} = await searched({effectOf: () => null}, {only: ['connect']});
  t.is(exploration.cells.length, 5 + 1);
  t.deepEqual(exploration.leftOut, [{reason: '--only connect', count: all.length - 5}]);
});

test('two faults that only together do harm', async t => {
  const {exploration} = await searched(
    {effectOf: faults => (isAt(faults, 2) && isAt(faults, 3) ? 'crash' : null)},
    {maxDepth: 2, budgetMs: 10_000, only: ['handshake', 'close']},
  );
  t.is(exploration.findings.length, 1);
  t.is(exploration.findings[0]?.strikes.length, 2);
  t.is(exploration.findings[0]?.symptom, 'process-crash');
});

test('an interruption ends it with what is known, and it can be gone on with', async t => {
  const client: Client = {effectOf: faults => (isAt(faults, 3) ? 'crash' : null)};
  const {exploration: first} = await searched(client, {}, 12);
  t.is(first.end, 'interrupted');
  t.true(first.cells.length > 1 && first.cells.length < all.length, String(first.cells.length));
  const {exploration: second} = await searched(client, {earlier: first});
  t.is(second.end, 'complete');
  t.is(second.cells.length, all.length);
  t.is(second.findings.length, 1);
  t.is(marked(second, 'failed'), 45);
  t.is(second.findings[0]?.moments.length, 45);
});

test('silence that is known is searched last when a search goes on', async t => {
  const client: Client = {effectOf: faults => (waits(faults) ? 'hung' : null)};
  const {exploration: first} = await searched(client);
  const left = {...first, cells: first.cells.slice(0, 5)};
  const {exploration: second} = await searched(client, {earlier: left});
  t.is(second.findings.length, 1);
  t.is(second.cells.length, all.length);
});

test('without a conversation there is nothing to search', async t => {
  const crewOf: CrewOf = () => ({
    try: async tried => ({
      trial: foldOf(trialEvents(tried, {effectOf: () => null}), tried),
      run: '',
      conversations: [],
      targetUrl: '',
      forget: async () => {},
    }),
    finish: async () => {},
  });
  const options = {
    only: [],
    run: {now: () => new Date(0), signal: new AbortController().signal, command: () => ''},
    observer: {step() {}, async known() {}},
  } as unknown as ExploreOptions;
  const error = await t.throwsAsync(search(options, plan, crewOf), {name: 'FoulweatherError'});
  t.like(error, {code: 'FW_EXPLORE_UNSEEN'});
});

test('a client that does not start any more ends the search', async t => {
  let count = 0;
  const crewOf: CrewOf = () => ({
    async try(tried) {
      const isEarly = ++count <= 2;
      const {phases} = tried;
      const dies = (faults: readonly Fault[]): Effect => (isEarly || faults.length > 0 ? null : 'crash');
      return {
        trial: foldOf(trialEvents({...tried, phases}, {effectOf: dies}), tried),
        run: '',
        conversations: talk,
        targetUrl: '',
        forget: async () => {},
      };
    },
    finish: async () => {},
  });
  const options = {
    only: [],
    maxDepth: 1,
    budgetMs: 60_000,
    jobs: 1,
    earlier: null,
    speechOf: () => 'http',
    run: {
      seed: 1,
      baseDir: '/',
      dataDir: '/',
      now: () => new Date(0),
      signal: new AbortController().signal,
      command: () => '',
    },
    observer: {step() {}, found() {}, async known() {}},
  } as unknown as ExploreOptions;
  const error = await t.throwsAsync(search(options, plan, crewOf), {name: 'FoulweatherError'});
  t.like(error, {code: 'FW_EXPLORE_CALM'});
});
