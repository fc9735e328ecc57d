// Connections that come and go in a baseline, from 1000 to 5000 ms, and late in a recovery, from 14,000 to 19,000 ms.
import test from 'ava';
import type {Bin} from '../../../src/model/driver-witness.ts';
import {stall} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import type {ConnectionEnd} from '../../../src/model/proxy-witness.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers, tells} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  presentOf,
  recovery,
  type TrialChanges,
  trialWith,
} from '../../helpers/trial-believable.ts';

const id = 'connection-flapping';

type Noted = {
  readonly openedMs: number;
  readonly closedMs: number | null;
  readonly end?: ConnectionEnd;
  readonly hits?: readonly string[];
};

const bins = (changes: Partial<Bin> = {}): Bin[] => [
  ...Array.from({length: 8}, (_, number) => binAt(1000 + number * 500, {phase: baseline, ...changes})),
  ...Array.from({length: 20}, (_, number) => binAt(9000 + number * 500, {phase: recovery, ...changes})),
];

const noted = (connections: readonly Noted[], changes: Partial<Bin> = {}, leftOut = 0): TrialChanges => ({
  driver: {bins: bins(changes)},
  injectorLog: {
    connections: connections.map(({openedMs, closedMs, end = 'client-closed', hits = []}, index) => ({
      id: index + 1,
      openedMs,
      closedMs,
      upstreamBytes: 0,
      downstreamBytes: 0,
      hits,
      hitsMs: hits.map(() => 0),
      end: closedMs === null ? 'open' : end,
    })),
    connectionsLeftOut: leftOut,
    hits: [],
    hitsLeftOut: 0,
  },
});

/** One after the other, each ended after `lifeMs`, and the last one kept. */
const chain = (fromMs: number, losses: number, lifeMs = 300, rest: Partial<Noted> = {}): Noted[] =>
  Array.from({length: losses + 1}, (_, number) => ({
    openedMs: fromMs + number * lifeMs,
    closedMs: number === losses ? null : fromMs + (number + 1) * lifeMs - 20,
    ...rest,
  })).map((one, number) => (number === losses ? {...one, closedMs: null} : one));

test('2 losses', answers, id, noted(chain(1200, 2)), 'clear');
test('3 losses', answers, id, noted(chain(1200, 3)), {value: 3, phase: 'baseline'});
test('late in a recovery', answers, id, noted(chain(14_200, 3)), {value: 3, phase: 'recovery'});
test('soon after a fault', answers, id, noted(chain(9200, 8)), 'clear');
test('in a warm-up', answers, id, noted(chain(100, 2)), 'clear');
test('the server ended them', answers, id, noted(chain(1200, 5, 300, {end: 'upstream-closed'})), 'clear');
test('a fault had touched them', answers, id, noted(chain(1200, 5, 300, {hits: ['stall']})), 'clear');
test(
  'a pool that shrinks makes no others',
  answers,
  id,
  noted(Array.from({length: 9}, () => ({openedMs: 500, closedMs: 3000}))),
  'clear',
);
test('two slots are lost three times each', answers, id, noted([...chain(1200, 3), ...chain(1210, 3)]), {
  value: 3,
});
test(
  'one of ten slots',
  answers,
  id,
  noted([...chain(1200, 5), ...Array.from({length: 9}, () => ({openedMs: 500, closedMs: null}))]),
  'clear',
);
test(
  'each loss is of an operation that failed',
  answers,
  id,
  noted(chain(1200, 8), {outcomes: {...binAt(0).outcomes, ok: 49, failed: 1}}),
  'clear',
);
test(
  'a connection for each operation',
  answers,
  id,
  noted(chain(1200, 9), {started: 1, outcomes: {...binAt(0).outcomes, ok: 1}}),
  /one connection per operation/,
);
test('every 1.2 s', answers, id, noted(chain(1000, 3, 1200)), {value: 3});
test(
  'idle ones of a pool are ended, and needed again',
  answers,
  id,
  {
    ...noted([...chain(1200, 7, 4200), ...chain(1400, 7, 4200), ...chain(1000, 0)]),
    edges: [
      {phase: 1, beforeMs: 1000, afterMs: 1000},
      {phase: 2, beforeMs: 31_000, afterMs: 31_000},
    ],
    loadEndedMs: 31_000,
  },
  'clear',
);
test(
  'renewed by age',
  answers,
  id,
  {...noted(chain(1200, 3)), plan: {thresholds: {'connection-flapping': {lifeMs: 1000}}}},
  'clear',
);
test(
  'a load of bursts with pauses',
  answers,
  id,
  {
    ...noted(chain(1200, 3)),
    plan: {load: {model: 'bursts', burstSize: 20, everyMs: 1000, maxInFlight: 100}},
  },
  /the load pauses/,
);
test('not all were noted', answers, id, noted([], {}, 3), /no room to record 3 connections/);
test('nobody notes connections', answers, id, {}, /does not record/);
test('no calm phase', answers, id, {...noted([]), edges: []}, /no calm phase/);

test('it says how many, and which', t => {
  const {severity, evidence} = presentOf(detectOne(id, trialWith(noted(chain(1200, 4)))));
  t.is(severity, 'warn');
  t.is(
    evidence[0].statement,
    'In the 4.0 s of phase baseline the client closed and replaced 4 connections, without any fault; at most 1 was open at once.',
  );
  t.deepEqual(evidence[0].connections, [1, 2, 3]);
});

const under = (load: Plan['load'], connections = chain(1200, 3)): TrialChanges => ({
  ...noted(connections),
  plan: {load},
});
const maxInFlight = 100;
for (const [title, load, isPausing] of [
  ['each second', {model: 'open', ratePerSecond: 1, maxInFlight}, true],
  ['a little more often', {model: 'open', ratePerSecond: 1.0005, maxInFlight}, false],
  ['up to one each second', {model: 'ramp', fromPerSecond: 1, toPerSecond: 9, maxInFlight}, true],
  ['down to one each second', {model: 'ramp', fromPerSecond: 9, toPerSecond: 1, maxInFlight}, true],
  ['up from a little more', {model: 'ramp', fromPerSecond: 1.0005, toPerSecond: 9, maxInFlight}, false],
  ['bursts in less than a second', {model: 'bursts', burstSize: 9, everyMs: 999, maxInFlight}, false],
  ['closed', {model: 'closed', concurrency: 1}, false],
] as const) {
  test(`a load: ${title}`, answers, id, under(load), isPausing ? /for 1000 ms or more/ : {value: 3});
}
test('they are reset', answers, id, noted(chain(1200, 3, 300, {end: 'client-reset'})), {value: 3});
test(
  'a baseline with a fault',
  answers,
  id,
  {
    ...noted(chain(1200, 3)),
    plan: {
      phases: trialWith().plan.phases.map(phase =>
        phase.role === 'baseline' ? {...phase, faults: [stall()]} : phase,
      ) as unknown as Plan['phases'],
    },
  },
  'clear',
);
/** Four, each ended after 150 ms, and the next one made so long after that. */
const apart = (ms: number): Noted[] =>
  Array.from({length: 4}, (_, number) => {
    const openedMs = 1020 + number * (150 + ms);
    return {openedMs, closedMs: number === 3 ? null : openedMs + 150};
  });
test('the next one a second later', answers, id, noted(apart(1000)), {value: 3});
test('the next one later than that', answers, id, noted(apart(1001)), 'clear');
const atTheEdges = (fromMs: number, toMs: number): Noted[] => [
  {openedMs: fromMs - 50, closedMs: fromMs},
  ...chain(fromMs + 10, 2).map(one =>
    one.closedMs === null ? {...one, closedMs: 4970, end: 'upstream-closed' as const} : one,
  ),
  {openedMs: toMs - 20, closedMs: toMs},
  {openedMs: toMs + 10, closedMs: null},
];
test(
  'one that ends as the phase begins, and one that ends with it',
  answers,
  id,
  noted(atTheEdges(1000, 5000)),
  {value: 3},
);
test(
  'ten operations for five connections',
  answers,
  id,
  noted(chain(1200, 4), {started: 1.25, outcomes: {...binAt(0).outcomes, ok: 1.25}}),
  {value: 4},
);
test(
  'a life of ten seconds',
  answers,
  id,
  {
    ...noted(chain(14_000, 3)),
    loadEndedMs: 44_000,
    plan: {thresholds: {'connection-flapping': {lifeMs: 10_000}}},
  },
  'clear',
);
test('a life of a little less', answers, id, {...noted(chain(14_000, 3)), loadEndedMs: 43_997}, {value: 3});
test('one left out', answers, id, noted([], {}, 1), /1 connection$/);
test(
  'what failed is taken off',
  tells,
  id,
  noted(chain(1200, 5), {outcomes: {...binAt(0).outcomes, ok: 49.75, failed: 0.25}}),
  ['warn baseline', 'baseline: injector 3 > 2 ratio of 5; 4.0 3 1; #1 #2 #3'],
);
test(
  'of two phases the worse',
  tells,
  id,
  noted([...chain(1200, 3), {openedMs: 3000, closedMs: 3000}, ...chain(14_200, 4)]),
  ['warn baseline', 'baseline: injector 4 > 2 ratio of 4; 4.0 4 1; #1 #2 #3'],
);
test('several at once', tells, id, noted([...chain(1200, 3), ...chain(1210, 3)]), [
  'warn baseline',
  'baseline: injector 3 > 2 ratio of 6; 4.0 6 2; #1 #5 #2',
]);
