// From a journal to a trial.
import test from 'ava';
import type {TrialEvent} from '../../../../src/model/event.ts';
import type {ErrorFacts} from '../../../../src/model/outcome.ts';
import type {ProcessExit} from '../../../../src/model/process-witness.ts';
import type {ConnectionRecord, HttpHit, InjectorLog} from '../../../../src/model/proxy-witness.ts';
import type {SubjectEnd} from '../../../../src/model/trial.ts';
import {foldOf, journalOf, type Story, trialOf, witnessOf} from '../../../helpers/run-journal.ts';

const error: ErrorFacts = {name: 'Error', code: null, message: 'no', stack: [], causes: []};
const closed = (result: 'failed' | 'hung'): TrialEvent => ({
  kind: 'closed',
  atMs: 2150,
  durationMs: 50,
  result,
  error: result === 'failed' ? error : null,
});
const closedUnderLoad: TrialEvent = {
  kind: 'closed',
  atMs: 2010,
  durationMs: 5,
  result: 'resolved',
  error: null,
  inFlight: 2,
};
const killed = {exitCode: null, signal: 'SIGKILL'} satisfies Partial<ProcessExit>;
const crash = {kind: 'crashed', exitCode: null, outOfMemory: false, error: null} as const;

const ends: readonly (readonly [title: string, story: Story, end: SubjectEnd])[] = [
  ['all went well', {}, {kind: 'completed', close: 'resolved', error: null}],
  ['close() rejected', {more: [closed('failed')]}, {kind: 'completed', close: 'failed', error}],
  ['close() hung', {more: [closed('hung')]}, {kind: 'completed', close: 'hung', error: null}],
  [
    'it lingered after its close',
    {exit: {...killed, killedFor: 'lingering'}},
    {kind: 'completed', close: 'resolved', error: null},
  ],
  [
    'open() failed',
    {cutAt: 'opened', more: [{kind: 'open-failed', atMs: 5, error}], exit: {}},
    {kind: 'open-failed', error},
  ],
  [
    'open() failed, and the process lingered',
    {
      cutAt: 'opened',
      more: [{kind: 'open-failed', atMs: 5, error}],
      exit: {...killed, killedFor: 'lingering'},
    },
    {kind: 'open-failed', error},
  ],
  [
    'it crashed when it had been closed under load',
    {cutAt: 'drained', more: [closedUnderLoad], exit: {exitCode: 3}},
    {...crash, exitCode: 3, signal: null},
  ],
  [
    'it stopped answering',
    {cutAt: 'drained', exit: {...killed, killedFor: 'unresponsive'}},
    {kind: 'unresponsive'},
  ],
  ['it exited', {cutAt: 'load-ended', exit: {exitCode: 3}}, {...crash, exitCode: 3, signal: null}],
  ['it exited without a word', {cutAt: 'loaded', exit: {}}, {...crash, exitCode: 0, signal: null}],
  [
    'it threw',
    {cutAt: 'load-ended', more: [{kind: 'uncaught', atMs: 5, error}], exit: {exitCode: 1}},
    {...crash, exitCode: 1, signal: null, error},
  ],
  ['it was killed by a signal', {cutAt: 'load-ended', exit: killed}, {...crash, signal: 'SIGKILL'}],
  [
    'V8 ran out of heap',
    {
      cutAt: 'load-ended',
      exit: {
        exitCode: null,
        signal: 'SIGABRT',
        stderrTail: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
      },
    },
    {...crash, signal: 'SIGABRT', outOfMemory: true},
  ],
  ['the harness was killed', {cutAt: 'load-ended'}, {kind: 'interrupted'}],
  [
    'Ctrl-C came',
    {
      cutAt: 'load-ended',
      more: [{kind: 'interrupted', atMs: 5}],
      exit: {...killed, killedFor: 'interrupted'},
    },
    {kind: 'interrupted'},
  ],
  [
    'the injector was lost',
    {cutAt: 'load-ended', exit: {...killed, killedFor: 'interrupted'}},
    {kind: 'interrupted'},
  ],
];

for (const [title, story, end] of ends) {
  test(`the end of a trial is told: ${title}`, t => {
    t.deepEqual(trialOf(story).end, end);
  });
}

test('a journal that does not say which trial it is of is of none', t => {
  t.is(foldOf([]), null);
  t.is(foldOf(journalOf().slice(1)), null);
});

test('what the witnesses say is in the trial', t => {
  const trial = trialOf();
  t.like(trial, {
    id: 'after-1',
    variant: 'after',
    number: 1,
    seed: 1,
    tracePrefix: '5eed',
    originEpochMs: 1e12,
  });
  t.like(trial, {runtime: 'Node.js v24.0.0', versions: {undici: '8.0.0'}, loadEndedMs: 2000});
  t.deepEqual(trial.closing, {startMs: 2100, durationMs: 50});
  t.deepEqual(trial.driver.drained, {atMs: 2050, inFlight: 0});
  t.deepEqual(
    trial.driver.phases.map(({phase}) => phase),
    [0, 1],
    'in the order of the plan',
  );
  t.is(trial.driver.outcomes.length, 200);
  t.deepEqual([...new Set(trial.driver.operationPhases.subarray(100))], [1]);
  t.deepEqual(trial.injector, [{atMs: 1900, witness: witnessOf(100)}]);
  t.deepEqual([...trial.ledger!.attempts], Array<number>(200).fill(1));
});

test('what is told again is told better: later figures, bins and operations replace earlier ones', t => {
  const empty = {ok: 0, failed: 0, unknown: 0, rejected: 0, wrong: 0, hung: 0};
  const bin = {
    index: 3,
    startMs: 1500,
    durationMs: 500,
    phase: 1,
    dropped: 0,
    p50Ms: null,
    p99Ms: null,
    maxMs: null,
  };
  const trial = trialOf({
    more: [
      {kind: 'bins', bins: [{...bin, started: 1, outcomes: empty}]},
      {
        kind: 'bins',
        bins: [
          {...bin, started: 9, outcomes: empty},
          {...bin, index: 2, started: 4, outcomes: empty},
        ],
      },
      {kind: 'operations', fromIndex: 1, outcomes: 'BgY=', phases: 'AQE='},
      {kind: 'operations', fromIndex: 5000, outcomes: 'Bg==', phases: 'AQ=='},
    ],
  });
  t.deepEqual(
    trial.driver.bins.map(({index, started}) => [index, started]),
    [
      [2, 4],
      [3, 9],
    ],
  );
  t.deepEqual([...trial.driver.outcomes.subarray(0, 4)], [1, 6, 6, 1]);
  t.is(trial.driver.outcomes.length, 5001);
  t.is(trial.driver.outcomes[5000], 6);
  t.is(trial.driver.outcomes[4999], 0, 'in flight, as far as is known');
});

test('failures beyond the classes that are kept are counted', t => {
  t.is(trialOf().driver.uncountedFailures, 0);
  const more: TrialEvent[] = [{kind: 'failures', failures: [], uncounted: 30}];
  t.is(trialOf({more}).driver.uncountedFailures, 30);
});

test('sizes of the heap, rejections and the log of the injector are kept as they came', t => {
  const error = {name: 'Error', code: null, message: 'lost', stack: [], causes: []};
  const log = {connections: [], connectionsLeftOut: 0, hits: [], hitsLeftOut: 0};
  const trial = trialOf({
    more: [
      {kind: 'heap', atMs: 1000, phase: 0, heapUsedBytes: 5, externalBytes: 6},
      {kind: 'heap', atMs: 2000, phase: null, heapUsedBytes: 7, externalBytes: 8},
      {kind: 'unhandled-rejection', atMs: 1500, error},
      {kind: 'injector-log', log},
    ],
  });
  t.deepEqual(trial.heaps, [
    {atMs: 1000, phase: 0, heapUsedBytes: 5, externalBytes: 6},
    {atMs: 2000, phase: null, heapUsedBytes: 7, externalBytes: 8},
  ]);
  t.deepEqual(trial.unhandledRejections, [{atMs: 1500, error}]);
  t.deepEqual(trial.injectorLog, log);
  t.is(trialOf().injectorLog, null);
});

const hitOf = (toxic: string): HttpHit => ({
  toxic,
  connection: 1,
  request: 1,
  method: 'GET',
  path: '/echo/only-1-7',
  operationId: 'only-1-7',
  atMs: 0,
  action: 'status-503',
  bodyBytes: 0,
});

const recordOf = (id: number, changes: Partial<ConnectionRecord>): ConnectionRecord => ({
  id,
  openedMs: 1,
  closedMs: null,
  upstreamBytes: 0,
  downstreamBytes: 0,
  hits: [],
  hitsMs: [],
  end: 'open',
  ...changes,
});

test('the news of the phases make one log, in which the latest word on a connection counts', t => {
  const hit = {...hitOf('a'), atMs: 5};
  const first: InjectorLog = {
    connections: [recordOf(1, {}), recordOf(2, {})],
    connectionsLeftOut: 3,
    hits: [hit],
    hitsLeftOut: 0,
  };
  const closed = recordOf(1, {closedMs: 9, end: 'client-closed', hits: ['a'], hitsMs: [5]});
  const second: InjectorLog = {connections: [closed], connectionsLeftOut: 0, hits: [hit], hitsLeftOut: 7};
  const more: TrialEvent[] = [
    {kind: 'injector-log', log: first},
    {kind: 'injector-log', log: second},
  ];
  t.deepEqual(trialOf({more}).injectorLog, {
    connections: [closed, recordOf(2, {})],
    connectionsLeftOut: 3,
    hits: [hit, hit],
    hitsLeftOut: 7,
  });
});

test('connections of the fresh client that was tried are not among the library’s', t => {
  const originEpochMs = trialOf().originEpochMs;
  const record = (id: number, openedMs: number, clientPort: number): ConnectionRecord =>
    recordOf(id, {openedMs: originEpochMs + openedMs, clientPort});
  const others = [record(1, 8000, 40_000), record(3, 2000, 50_000)];
  const log = {
    connections: [...others, record(2, 8001, 50_000)],
    connectionsLeftOut: 0,
    hits: [],
    hitsLeftOut: 0,
  };
  const witness = {...witnessOf(0), openConnections: 2, openedConnections: 9};
  const trial = trialOf({
    more: [
      {kind: 'injector', atMs: 7999, witness},
      {kind: 'injector', atMs: 8100, witness},
      {kind: 'injector', atMs: 8500, witness},
      {kind: 'injector-log', log},
      {kind: 'control-connection', openedMs: 8000, closedMs: 8300, port: 50_000},
    ],
  });
  t.deepEqual(trial.injectorLog?.connections, others);
  const counts = trial.injector
    .slice(-3)
    .map(({witness: {openConnections, openedConnections}}) => [openConnections, openedConnections]);
  t.deepEqual(counts, [
    [2, 9],
    [1, 8],
    [2, 8],
  ]);
});

test('a first operation that had not settled is in the trial, and when it did', t => {
  const tried = (status: 'answered' | 'unsettled'): TrialEvent => ({
    kind: 'tried',
    atMs: 600,
    first: {status, afterMs: 500, triedCount: 1},
  });
  t.is(trialOf({more: [tried('answered')]}).firstUnsettled, null);
  t.deepEqual(trialOf({more: [tried('unsettled')]}).firstUnsettled, {afterMs: 500, settledMs: null});
  t.deepEqual(trialOf({more: [tried('unsettled'), {kind: 'tried-settled', atMs: 900}]}).firstUnsettled, {
    afterMs: 500,
    settledMs: 900,
  });
});

test('where it was stuck is known only where it was told', t => {
  t.is(trialOf().stuck, null);
  const stack = [
    {functionName: 'spin', owner: 'the scenario', ownerKind: 'scenario', place: 'after.ts:3'},
  ] as const;
  t.deepEqual(trialOf({more: [{kind: 'stuck', atMs: 9000, stack}]}).stuck, {atMs: 9000, stack});
});

test('a journal of old, without times of hits and counts of what is missing, still folds', t => {
  const {hitsMs: _, ...old} = recordOf(1, {hits: ['a']});
  const log = {connections: [old], hits: []} as unknown as InjectorLog;
  t.deepEqual(trialOf({more: [{kind: 'injector-log', log}]}).injectorLog, {
    connections: [recordOf(1, {hits: ['a']})],
    connectionsLeftOut: 0,
    hits: [],
    hitsLeftOut: 0,
  });
});

test('deliveries are added as they come, also after the close, and are null where none was told', t => {
  t.is(trialOf().deliveries, null);
  const more: TrialEvent[] = [
    {kind: 'deliveries', fromIndex: 2, counts: 'AQE='},
    {kind: 'deliveries', fromIndex: 3, counts: 'Ag=='},
  ];
  t.deepEqual([...trialOf({more}).deliveries!], [0, 0, 1, 2]);
});

test('verify() of an older run tells of no consumer', t => {
  const old: TrialEvent = {kind: 'verified', applied: 'AQ==', reordered: null};
  t.is(trialOf({more: [old]}).verified?.owed, null);
  t.is(trialOf({more: [old]}).verified?.queued, null);
  t.deepEqual([...trialOf({more: [{...old, owed: 'AAE='}]}).verified!.owed!], [0, 1]);
});

test('what came to the consumer once more is noted with the phase in which that was told', t => {
  const counts = (...bytes: number[]): TrialEvent => ({
    kind: 'deliveries',
    fromIndex: 0,
    counts: Buffer.from(bytes).toString('base64'),
  });
  const [trial, ...rest] = journalOf();
  const at = (phase: number): TrialEvent => rest.filter(({kind}) => kind === 'edge')[phase]!;
  const folded = foldOf([trial!, at(0), counts(1, 2, 1), at(1), counts(2, 3, 1), counts(3, 3, 1, 2)])!;
  t.deepEqual([...folded.deliveries!], [3, 3, 1, 2]);
  t.deepEqual([...folded.redeliveredIn!], [2, 1, 0, 2]);
  t.is(foldOf(journalOf())!.redeliveredIn, null);
});

test('a close under load keeps when the faults ended, and what was in flight', t => {
  const drained: TrialEvent = {kind: 'drained', atMs: 2300, inFlight: 0};
  const {closing} = trialOf({
    cutAt: 'drained',
    more: [closedUnderLoad, {kind: 'calmed', atMs: 2020}, drained],
    exit: {},
  });
  t.deepEqual(closing, {startMs: 2005, durationMs: 5, underLoad: {calmMs: 2020, inFlight: 2}});
  t.deepEqual(trialOf().closing, {startMs: 2100, durationMs: 50});
});

test('how a program ended after SIGTERM is kept', t => {
  const drained: TrialEvent = {kind: 'drained', atMs: 2300, inFlight: 0};
  const sigterm = {exitCode: 0, signal: null};
  const {closing} = trialOf({
    cutAt: 'drained',
    more: [{...closedUnderLoad, sigterm}, {kind: 'calmed', atMs: 2020}, drained],
    exit: {},
  });
  t.deepEqual(closing?.sigterm, sigterm);
});

test('the last report of clients that come and go counts', t => {
  const counts = {
    opened: 1,
    openFailed: 0,
    closes: 1,
    closed: 1,
    closeFailed: 0,
    closeSlow: 0,
    inFlightAtClose: 0,
  };
  const slow = {number: 0, phase: 0, startMs: 10, untilMs: 600, hasSettled: false};
  const told = (opens: number, untilMs: number): TrialEvent => ({
    kind: 'clients',
    phases: [{...counts, phase: 0, opens}],
    slowCloses: [{...slow, untilMs}],
    lives: [{fromMs: 0, untilMs: untilMs > 700 ? untilMs : null}],
  });
  const [trial, ...rest] = journalOf();
  t.deepEqual(foldOf([trial!, told(2, 600), told(3, 800), ...rest])?.clients, {
    phases: [{...counts, phase: 0, opens: 3}],
    slowCloses: [{...slow, untilMs: 800}],
    lives: [{fromMs: 0, untilMs: 800}],
  });
  t.is(trialOf().clients, null);
});
