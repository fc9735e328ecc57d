// All that detectors of connections say: how grave it is, and each piece of evidence with its phase, witness, value, limit,
// unit, count, figures and examples. Of two phases the worse one comes first, although it came later.
import test from 'ava';
import {blackhole, type Fault, halfOpen, latency, stall} from '../../src/model/fault.ts';
import {dropKeepAlive} from '../../src/model/http-fault.ts';
import type {Phase, Plan} from '../../src/model/plan.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers, tells} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  connectionsAt,
  fault,
  figuresOf,
  recovery,
  resourcesOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';
import {failure, sample, second, secondRecovery, times, twice} from '../helpers/trial-twice.ts';

const record = (id: number, openedMs: number, closedMs: number | null = null) => ({
  id,
  openedMs,
  closedMs,
  upstreamBytes: 0,
  downstreamBytes: 0,
  hits: [],
  hitsMs: [],
  end: closedMs === null ? ('open' as const) : ('client-closed' as const),
});
const noted = (...connections: ReturnType<typeof record>[]): Pick<TrialChanges, 'injectorLog'> => ({
  injectorLog: {connections, connectionsLeftOut: 0, hits: [], hitsLeftOut: 0},
});
const openedAt = (fromMs: number, count: number, everyMs: number) =>
  times(count, index => record(index, fromMs + index * everyMs));
test(
  'both storms',
  tells,
  'reconnect-storm',
  {
    ...twice(),
    injector: [connectionsAt(4900, 2), connectionsAt(18_900, 5, 9), connectionsAt(23_000, 5, 9)],
    ...noted(...openedAt(9000, 10, 100), ...openedAt(18_990, 12, 1), ...openedAt(23_001, 12, 90)),
  },
  [
    'warn recovery',
    'recovery: injector 5.5 > 2 ratio of 21; 11 2',
    'recovery again: injector 2.4 > 2 ratio of 12; 12 5',
  ],
);
test(
  'a second is less than a second',
  tells,
  'reconnect-storm',
  {
    ...twice(),
    injector: [connectionsAt(4900, 1)],
    ...noted(...openedAt(9000, 11, 112)),
  },
  ['clear'],
);
test(
  'connections that were open when the fault ended',
  tells,
  'reconnect-storm',
  {
    injector: [connectionsAt(4900, 1), connectionsAt(9000, 5, 5)],
    ...noted(...openedAt(9001, 10, 1)),
  },
  ['clear'],
);
const churn = (calm: number, first: number, then: number): TrialChanges => ({
  ...twice(),
  injector: [
    connectionsAt(900, 1, 1),
    connectionsAt(4900, 1, 1 + calm),
    connectionsAt(9000, 2, 100),
    connectionsAt(18_900, 4, 104 + first),
    connectionsAt(23_000, 2, 200),
    connectionsAt(32_900, 4, 204 + then),
  ],
  driver: {phases: [figuresOf(baseline, 400), figuresOf(recovery, 1000), figuresOf(secondRecovery, 100)]},
});
test('both recoveries', tells, 'handshake-churn', churn(0, 51, 6), [
  'warn recovery again',
  'recovery again: injector 0.06 > 0.05 ratio of 100; 10 100 4',
  'recovery: injector 0.051 > 0.05 ratio of 1000; 55 1000 4',
]);
test('connections at the limit', tells, 'handshake-churn', churn(0, 50, 5), ['clear']);
test('connections as before', tells, 'handshake-churn', churn(16, 80, 8), ['clear']);
const connects = (first: number, again_: number): TrialChanges => ({
  ...twice(),
  injector: [connectionsAt(4900, 2, 2), connectionsAt(8900, 2, 300), connectionsAt(22_900, 2, 500)],
  phaseResources: [resourcesOf(fault, {connectCount: first}), resourcesOf(second, {connectCount: again_})],
  driver: {phases: [figuresOf(fault, 100), figuresOf(second, 100)]},
});
test('both faults', tells, 'connect-storm', connects(390, 391), [
  'warn again',
  'again: system 11.375 > 10 ratio of 391; 391 100 4.0 2 11.4 3',
  'stall: system 11.25 > 10 ratio of 390; 390 100 4.0 2 11.3 3',
]);
test('connects at the limit', tells, 'connect-storm', connects(380, 380), ['clear']);
test(
  'both faults',
  tells,
  'connection-pile-up',
  {
    ...twice(),
    system: (
      [
        [2000, 5],
        [4000, 4],
        [5000, 3],
        [6000, 8],
        [7000, 20],
        [9000, 21],
        [20_000, 9],
        [21_000, 10],
        [22_000, 11],
        [23_000, 22],
        [24_000, 99],
      ] as const
    ).map(([atMs, socketCount]) => ({
      atMs,
      cpuMs: 0,
      rssBytes: 0,
      threadCount: null,
      fileDescriptorCount: null,
      socketCount,
    })),
    driver: {
      phases: [
        figuresOf(baseline, 400, {inFlightMax: 3}),
        figuresOf(fault, 400, {inFlightMax: 5}),
        figuresOf(second, 400, {inFlightMax: 2}),
        figuresOf(secondRecovery, 400, {inFlightMax: 50}),
      ],
    },
  },
  [
    'warn again',
    'again: system 12 > 10 count of 4; 22 10 5 5',
    'stall: system 11 > 10 count of 3; 21 20 5 5',
  ],
);
test(
  'how many are open, and which',
  tells,
  'connection-leak',
  {
    injector: [connectionsAt(2000, 10), connectionsAt(21_000, 12, 80), connectionsAt(21_001, 90)],
    ...noted(
      record(1, 900, 21_000),
      record(2, 900, 21_001),
      record(3, 21_000),
      record(4, 21_001),
      record(5, 1),
      record(6, 1),
    ),
    driver: {drained: {atMs: 16_000, inFlight: 0}},
  },
  ['fail drain', 'drain: injector 2 > 1 count of 80; 12 10; #2 #3 #5'],
);
test(
  'a baseline that was only at its peak',
  tells,
  'connection-leak',
  {
    plan: {
      phases: [
        trialWith().plan.phases[0],
        ...[1, 2].map(() => trialWith().plan.phases[1]!),
        trialWith().plan.phases[3]!,
      ],
    },
    injector: [connectionsAt(2000, 10), connectionsAt(6000, 2), connectionsAt(21_000, 12, 80)],
    driver: {drained: {atMs: 1000, inFlight: 0}},
  },
  ['fail drain', 'drain: injector 2 > 1 count of 80; 12 10'],
);
test(
  'silence in both phases',
  tells,
  'half-open-reuse',
  {
    ...twice(),
    injector: [
      connectionsAt(7500, 3, 3),
      connectionsAt(9000, 3, 3),
      connectionsAt(21_500, 2, 3),
      connectionsAt(23_000, 2, 3),
    ],
    ledger: {
      ...booksOf([{phase: fault}]).ledger!,
      attemptsByBin: times(66, index =>
        index >= 15 && index < 18
          ? 3
          : index >= 43 && index < 46
            ? 5
            : index === 14 || index === 18
              ? 1000
              : 0,
      ),
    },
  },
  ['warn again', 'again: target 7.5 > 1 ratio of 15; 15 2', 'stall: target 3 > 1 ratio of 9; 9 3'],
);
test(
  'resets of both phases',
  tells,
  'stale-keep-alive',
  {
    ...twice([dropKeepAlive()]),
    driver: {
      phases: [figuresOf(baseline, 1000), figuresOf(fault, 1000), figuresOf(second, 1000)],
      failures: [
        failure('EPIPE', 5, {[fault]: 2, [recovery]: 3}),
        failure('UND_ERR_SOCKET', 3, {[second]: 3}),
        failure('ETIMEDOUT', 99, {[fault]: 99}),
      ],
    },
  },
  [
    'warn again',
    'again: driver 0.003 > 0.001 share of 1000; 3 1000',
    'stall: driver 0.002 > 0.001 share of 1000; 2 1000',
  ],
);
const failing = (code: string): TrialChanges => ({
  ...twice([dropKeepAlive()]),
  driver: {phases: [figuresOf(fault, 1000)], failures: [failure(code, 2, {[fault]: 2})]},
});
for (const code of ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'socket hang up', 'other side closed']) {
  test(`what ${code} means`, tells, 'stale-keep-alive', failing(code), [
    'warn stall',
    'stall: driver 0.002 > 0.001 share of 1000; 2 1000',
  ]);
}
test('what ECONNREFUSED means', tells, 'stale-keep-alive', failing('ECONNREFUSED'), ['clear']);
const queued = (rows: readonly (readonly [atMs: number, inFlightCount: number])[]): TrialChanges => ({
  ...twice(),
  resources: rows.map(([atMs, inFlightCount]) => sample(atMs, {inFlightCount})),
});
test(
  'both faults',
  tells,
  'unbounded-queue',
  queued([
    [900, 5000],
    [4000, 2],
    [5000, 3],
    [6000, 900],
    [9000, 1001],
    [20_000, 1000],
    [22_000, 1001],
    [23_000, 1002],
    [24_000, 9000],
  ]),
  ['warn again', 'again: driver 1002 > 1000 count of 3; 1002 3'],
);
test(
  'a thousand',
  tells,
  'unbounded-queue',
  queued([
    [4000, 2],
    [6000, 900],
    [9000, 1000],
  ]),
  ['clear'],
);
test(
  'ten times as many',
  tells,
  'unbounded-queue',
  queued([
    [4000, 200],
    [6000, 900],
    [9000, 2000],
  ]),
  ['clear'],
);

const silentFor = (endMs: number, changes: TrialChanges = {}): TrialChanges => ({
  injector: [connectionsAt(7500, 1, 1), connectionsAt(8000, 1, 1)],
  ledger: {
    ...booksOf([{phase: fault}]).ledger!,
    attemptsByBin: times(66, index => (index === 15 ? 2 : 0)),
  },
  edges: trialWith().edges.map(edge =>
    edge.phase === recovery ? {phase: recovery, beforeMs: endMs, afterMs: endMs} : edge,
  ),
  ...changes,
});
test('half a second beyond the deadline', tells, 'half-open-reuse', silentFor(8000), [
  'warn stall',
  'stall: target 2 > 1 ratio of 2; 2 1',
]);
test('less than that', tells, 'half-open-reuse', silentFor(7999), ['inconclusive; 1']);
test(
  'no sample before it',
  tells,
  'half-open-reuse',
  silentFor(8000, {injector: [connectionsAt(7501, 1, 1)]}),
  ['clear'],
);
test('no connection', tells, 'half-open-reuse', silentFor(8000, {injector: [connectionsAt(7500, 0, 0)]}), [
  'warn stall',
  'stall: target 2 > 1 ratio of 2; 2 1',
]);
test(
  'as many attempts as are allowed',
  tells,
  'half-open-reuse',
  silentFor(8000, {injector: [connectionsAt(7500, 2, 2)]}),
  ['clear'],
);
test(
  'one that was opened',
  tells,
  'half-open-reuse',
  silentFor(8000, {injector: [connectionsAt(7500, 1, 1), connectionsAt(8000, 1, 2)]}),
  ['clear'],
);
test('no connections counted', tells, 'half-open-reuse', silentFor(8000, {injector: []}), ['inconclusive']);
test('no silence', tells, 'half-open-reuse', {...silentFor(8000), plan: twice([dropKeepAlive()]).plan!}, [
  'inconclusive; 1',
]);

/** close() has settled at 21,005 ms; 50 ms are for the clocks, and 1000 ms for what says goodbye. */
test(
  'what is made after close(), and what is still open',
  tells,
  'connection-after-close',
  noted(
    record(1, 21_055, 21_056),
    record(2, 21_056, 21_057),
    record(3, 21_057),
    record(4, 900, 22_055),
    record(5, 900, 22_056),
    record(6, 900),
    record(7, 21_055, 99_000),
    record(8, 21_300),
    record(9, 21_400),
  ),
  [
    'fail drain',
    'drain: injector 4 > 0 count of 9; 4; #2 #3 #8',
    'drain: injector 2 > 0 count of 9; 2 1; #5 #7',
  ],
);
test(
  'what is still open',
  tells,
  'connection-after-close',
  noted(record(1, 900, 22_056), record(2, 900, 22_057)),
  ['warn drain', 'drain: injector 2 > 0 count of 2; 2 1; #1 #2'],
);
test(
  'what was not noted',
  tells,
  'connection-after-close',
  {injectorLog: {...noted().injectorLog!, connectionsLeftOut: 1}},
  ['inconclusive; 1'],
);
test(
  'as many as are allowed',
  tells,
  'connection-after-close',
  {...noted(record(1, 22_000)), plan: {thresholds: {'connection-after-close': {connectionCount: 1}}}},
  ['clear'],
);
for (const [title, changes] of [
  ['close() that hangs', {end: {kind: 'completed', close: 'hung', error: null}}],
  ['no close()', {closing: null}],
  ['no end', {end: {kind: 'interrupted'}}],
] as const) {
  test(title, tells, 'connection-after-close', {...noted(record(1, 22_000)), ...changes}, ['inconclusive']);
}
const drained = {driver: {drained: {atMs: 16_000, inFlight: 0}}};
const leftOpen = (open: number, changes: TrialChanges = {}): TrialChanges => ({
  ...drained,
  injector: [connectionsAt(2000, 0), connectionsAt(20_900, open)],
  ...changes,
});
const idleMs = (ms: number): TrialChanges => ({driver: {drained: {atMs: 21_000 - ms, inFlight: 0}}});
test('as long as idle ones may take', tells, 'connection-leak', leftOpen(2, idleMs(5000)), [
  'fail drain',
  'drain: injector 2 > 1 count of 2; 2 0',
]);
test('a little less long', tells, 'connection-leak', leftOpen(2, idleMs(4999)), ['inconclusive; 2 5']);
test(
  'one for each of those under way',
  tells,
  'connection-leak',
  leftOpen(3, {driver: {...drained.driver, phases: [figuresOf(fault, 9, {inFlightMax: 2})]}}),
  ['inconclusive; 3 2'],
);
test(
  'one more than the slack',
  tells,
  'connection-leak',
  leftOpen(4, {driver: {...drained.driver, phases: [figuresOf(fault, 9, {inFlightMax: 2})]}}),
  ['fail drain', 'drain: injector 4 > 1 count of 4; 4 0'],
);

// The injector has its times from the wall clock, and a trial its own origin.
const epochMs = 1_700_000_000_000;
const atEpoch = (changes: TrialChanges): TrialChanges => ({
  ...changes,
  originEpochMs: epochMs,
  injectorLog: {
    ...changes.injectorLog!,
    connections: changes.injectorLog!.connections.map(one => ({
      ...one,
      openedMs: one.openedMs + epochMs,
      closedMs: one.closedMs === null ? null : one.closedMs + epochMs,
    })),
  },
});
const moved = test.macro({
  title: (_title, symptom: SymptomId) => `${symptom} takes times from the origin`,
  exec(t, symptom: SymptomId, changes: TrialChanges) {
    const finding = detectOne(symptom, trialWith(changes));
    t.is(finding.verdict, 'present');
    t.deepEqual(detectOne(symptom, trialWith(atEpoch(changes))), finding);
  },
});
test(moved, 'connection-flapping', {
  ...noted(...times(6, index => record(index, 1200 + 300 * index, 1480 + 300 * index))),
  driver: {bins: times(8, index => binAt(1000 + 500 * index, {phase: baseline}))},
});
test(moved, 'connection-leak', {
  ...leftOpen(2),
  ...noted(record(1, 900, 20_899), record(2, 900, 20_901), record(3, 20_901), record(4, 1)),
});
test(moved, 'connection-after-close', noted(record(1, 21_055), record(2, 21_056), record(3, 900, 22_056)));
test(moved, 'reconnect-storm', {
  injector: [connectionsAt(4900, 1)],
  ...noted(...openedAt(8995, 5, 1), ...openedAt(9000, 10, 1)),
});

// Two baselines: what was most in either of them is what was enough.
const calmTwice = (changes: TrialChanges): TrialChanges => {
  const [first, calm, faulty, last] = trialWith().plan.phases as unknown as readonly [
    Phase,
    Phase,
    Phase,
    Phase,
  ];
  return {
    ...changes,
    plan: {phases: [first, calm, {...calm, name: 'calm'}, faulty, last], ...changes.plan},
    loadEndedMs: 23_000,
    closing: {startMs: 25_000, durationMs: 5},
  };
};
const open = (...counts: readonly number[]): TrialChanges['injector'] =>
  counts.map((count, index) => connectionsAt(900 + 4000 * index, count, 10 * index));
test(
  'of two baselines',
  tells,
  'connection-leak',
  {
    ...calmTwice({injector: [...open(0, 9, 2)!, connectionsAt(24_000, 11, 50)]}),
    driver: {drained: {atMs: 16_000, inFlight: 0}},
  },
  ['fail drain', 'drain: injector 2 > 1 count of 50; 11 9'],
);
test(
  'of two baselines',
  tells,
  'connection-pile-up',
  {
    ...calmTwice({}),
    system: (
      [
        [2000, 9],
        [4000, 3],
        [8000, 5],
        [10_000, 4],
        [12_000, 30],
      ] as const
    ).map(([atMs, socketCount]) => ({
      atMs,
      cpuMs: 0,
      rssBytes: 0,
      threadCount: null,
      fileDescriptorCount: null,
      socketCount,
    })),
    driver: {phases: [figuresOf(fault, 4, {inFlightMax: 1})]},
  },
  ['warn stall', 'stall: system 20 > 10 count of 2; 30 4 9 1'],
);
test(
  'of two baselines',
  tells,
  'connect-storm',
  {
    ...calmTwice({injector: [...open(0, 9, 2)!, connectionsAt(12_000, 2, 60)]}),
    phaseResources: [resourcesOf(3, {connectCount: 2000})],
    driver: {phases: [figuresOf(3, 100)]},
  },
  ['warn stall', 'stall: system 47.2222 > 10 ratio of 2000; 2000 100 4.0 9 47.2 3'],
);
test(
  'of two baselines',
  tells,
  'reconnect-storm',
  {...calmTwice({injector: open(0, 4, 2)!}), ...noted(...openedAt(2000, 5, 1), ...openedAt(13_500, 20, 1))},
  ['warn recovery', 'recovery: injector 4 > 2 ratio of 20; 20 5'],
);
test(
  'of two baselines',
  tells,
  'unbounded-queue',
  {
    ...calmTwice({}),
    resources: [
      sample(3000, {inFlightCount: 120}),
      sample(6000, {inFlightCount: 5}),
      sample(10_000, {inFlightCount: 9}),
      sample(11_000, {inFlightCount: 1000}),
      sample(12_000, {inFlightCount: 1201}),
    ],
  },
  ['warn stall', 'stall: driver 1201 > 1200 count of 3; 1201 120'],
);
test(
  'of two baselines',
  tells,
  'handshake-churn',
  {
    ...calmTwice({
      injector: [...open(0, 1, 1)!, connectionsAt(13_000, 1, 100), connectionsAt(22_000, 1, 220)],
    }),
    driver: {phases: [figuresOf(baseline, 100), figuresOf(2, 100), figuresOf(4, 1000)]},
  },
  ['clear'],
);

const cycle = trialWith().plan.phases.slice(2);
/** Three faults and their recoveries, a second each, from 2000 to 8000 ms: what is seen at an edge is of the phase that ends. */
const cycles = (...counts: readonly number[]): TrialChanges => ({
  plan: {
    phases: [
      ...trialWith().plan.phases.slice(0, 2),
      ...cycle,
      ...cycle,
      ...cycle,
    ] as unknown as Plan['phases'],
  },
  edges: times(8, phase => ({phase, beforeMs: phase * 1000, afterMs: phase * 1000})),
  loadEndedMs: 8000,
  injector: [
    connectionsAt(1900, 2),
    ...counts.map((count, index) => connectionsAt(3000 + 1000 * index, count)),
    connectionsAt(20_000, 1),
  ],
});
test('more with each fault', tells, 'connection-leak', cycles(9, 2, 9, 4, 9, 7), [
  'fail recovery',
  'recovery: injector 5 > 1 count of 3; 3 2 4 7',
]);
test('no more than one with each', tells, 'connection-leak', cycles(0, 2, 0, 2, 0, 3), ['clear']);
test(
  'more with each, and still open at the end',
  tells,
  'connection-leak',
  {
    ...cycles(9, 2, 9, 4, 9, 7),
    injector: [...cycles(9, 2, 9, 4, 9, 7).injector!.slice(0, -1), connectionsAt(20_000, 9)],
    driver: {drained: {atMs: 9000, inFlight: 0}},
  },
  ['fail drain', 'drain: injector 7 > 1 count of 9; 9 2', 'recovery: injector 5 > 1 count of 3; 3 2 4 7'],
);
const shareOf = (failed: number, started: number): TrialChanges => ({
  ...twice([dropKeepAlive()]),
  driver: {phases: [figuresOf(fault, started)], failures: [failure('EPIPE', failed, {[fault]: failed})]},
});
test('2 of 2000', tells, 'stale-keep-alive', shareOf(2, 2000), ['clear']);
test('2 of 1999', tells, 'stale-keep-alive', shareOf(2, 1999), [
  'warn stall',
  'stall: driver 0.001 > 0.001 share of 1999; 2 1999',
]);
test('2 of none', tells, 'stale-keep-alive', shareOf(2, 0), [
  'warn stall',
  'stall: driver 2 > 0.001 share of 0; 2 0',
]);
test(
  'a phase with another fault',
  tells,
  'stale-keep-alive',
  {...shareOf(2, 9), plan: twice([dropKeepAlive(), stall()]).plan!},
  ['inconclusive'],
);
test(
  'resets of a baseline',
  tells,
  'stale-keep-alive',
  {
    ...twice([dropKeepAlive()]),
    driver: {phases: [figuresOf(baseline, 9)], failures: [failure('EPIPE', 2, {[baseline]: 2, [warmUp]: 9})]},
  },
  ['warn baseline', 'baseline: driver 0.2222 > 0.001 share of 9; 2 9'],
);
const storming = (late: number, more: TrialChanges = {}): TrialChanges => ({
  injector: [connectionsAt(4900, 1)],
  ...noted(...openedAt(9000, 12, 1)),
  driver: {phases: [figuresOf(recovery, 1000, {late})]},
  ...more,
});
test('two that started late', tells, 'reconnect-storm', storming(2), [
  'warn recovery',
  'recovery: injector 12 > 2 ratio of 12; 12 1',
]);
test('three that started late', tells, 'reconnect-storm', storming(3), ['inconclusive; 12 3']);
test(
  'twice as many as there were',
  tells,
  'reconnect-storm',
  storming(0, {injector: [connectionsAt(4900, 6)]}),
  ['clear'],
);
test(
  'a second and what is beyond it',
  tells,
  'reconnect-storm',
  {...storming(0), ...noted(...openedAt(9000, 10, 111), record(99, 10_000), record(98, 18_999))},
  ['warn recovery', 'recovery: injector 10 > 2 ratio of 12; 10 1'],
);
test('as the load ends', tells, 'reconnect-storm', {...storming(0), ...noted(...openedAt(18_991, 10, 1))}, [
  'warn recovery',
  'recovery: injector 10 > 2 ratio of 10; 10 1',
]);

test(
  'one fault by the process, and one by the injector alone',
  tells,
  'connect-storm',
  {
    ...connects(1, 1),
    phaseResources: [resourcesOf(fault, {connectCount: 1})],
    injector: [connectionsAt(4900, 2, 2), connectionsAt(22_900, 2, 3)],
  },
  ['inconclusive'],
);
test(
  'sockets that nobody counted',
  answers,
  'connection-pile-up',
  {resources: [sample(2000), sample(6000)]},
  /^the sockets of the process were not counted$/,
);
const silenced = (kind: Fault): TrialChanges => ({
  ...silentFor(9000, {injector: [connectionsAt(7500, 1, 1), connectionsAt(9000, 1, 1)]}),
  plan: twice([kind]).plan!,
  edges: trialWith().edges,
  driver: {phases: [figuresOf(fault, 9, {outcomes: {hung: 2}})]},
});
for (const [kind, isReused, isUnbounded] of [
  [stall(), true, true],
  [halfOpen(), true, true],
  [blackhole(), false, true],
  [latency({latencyMs: 9}), false, false],
] as const) {
  test(
    `connections under ${kind.kind}`,
    answers,
    'half-open-reuse',
    silenced(kind),
    isReused ? {value: 2} : /^no phase with a silent peer/,
  );
  test(
    `waits under ${kind.kind}`,
    answers,
    'no-default-timeout',
    silenced(kind),
    isUnbounded ? {value: 2} : /^no phase with a silent peer/,
  );
}
