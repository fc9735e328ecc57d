// A whole row: each figure once, none of them like another.
import test from 'ava';
import {encodeHistogram, latencyHistogram, recordMs} from '../../../src/load/histogram.ts';
import {type Fault, latency, refuse} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {summarisePhases} from '../../../src/run/judge/summarise.ts';
import {
  baseline,
  booksOf,
  connectionsAt,
  fault,
  figuresOf,
  resourcesOf,
  type TrialChanges,
  trialWith,
} from '../../helpers/trial-believable.ts';
import {sample} from '../../helpers/trial-twice.ts';

/** 1 ms to 100 ms, times a factor. */
const spread = (factor: number): string => {
  const histogram = latencyHistogram(3);
  for (let ms = 1; ms <= 100; ms++) recordMs(histogram, ms * factor);
  return encodeHistogram(histogram);
};

const books = booksOf([
  {phase: fault, attempts: 3, effects: 1},
  {phase: fault, attempts: 2, effects: 2},
  {phase: fault, attempts: 1, effects: 0},
  {phase: baseline, attempts: 9, effects: 1},
]);

const planned = (faults: readonly Fault[], durationMs = 4000): Partial<Plan> => ({
  phases: trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, durationMs, faults} : phase,
  ) as unknown as Plan['phases'],
});

const full: TrialChanges = {
  plan: planned([latency({latencyMs: 5, probability: 0.25})]),
  ...books,
  driver: {
    ...books.driver,
    phases: [
      figuresOf(baseline, 7),
      figuresOf(fault, 160, {
        offered: 171,
        dropped: 11,
        late: 12,
        overrun: 13,
        okWithin: 84,
        outcomes: {failed: 1, unknown: 2, rejected: 3, wrong: 4, hung: 5, ok: 140},
        startLagUs: spread(0.1),
        responseOkUs: spread(1),
        responseNotOkUs: spread(2),
        serviceOkUs: spread(0.5),
      }),
    ],
  },
  injector: [
    connectionsAt(4900, 3, 10),
    connectionsAt(6000, 6, 15),
    {
      ...connectionsAt(8900, 4, 21),
      witness: {
        ...connectionsAt(8900, 4, 21).witness,
        faults: {
          'stall-1-latency': {
            type: 'latency',
            stream: 'downstream',
            decisions: 30,
            applied: 8,
            connectionsHit: 2,
            actions: 9,
            firstHitMs: null,
            lastHitMs: null,
          },
        },
      },
    },
  ],
  resources: [
    sample(6000, {heapUsedBytes: 50, externalBytes: 70, rssBytes: 90}),
    sample(7000, {heapUsedBytes: 60, externalBytes: 20, rssBytes: 80}),
  ],
  phaseResources: [resourcesOf(fault, {cpuMs: 800, gcMs: 40, loopDelayP99Ms: 33})],
  deliveries: Uint8Array.from([1, 3, 0, 1]),
};

const rounded = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'number' ? Number(inner.toPrecision(3)) : inner,
    ),
  ) as T;

test('each figure is its own', t => {
  t.deepEqual(rounded(summarisePhases(trialWith(full))[fault]!), {
    phase: 'stall',
    role: 'fault',
    startMs: 5000,
    durationMs: 4000,
    faults: [
      {
        name: 'stall-1-latency',
        kind: 'latency',
        connectionsHit: 2,
        actions: 9,
        askedRatio: 0.25,
        decisions: 30,
        applied: 8,
      },
    ],
    offered: 171,
    started: 160,
    dropped: 11,
    late: 12,
    inFlight: 5,
    outcomes: {ok: 140, failed: 1, unknown: 2, rejected: 3, wrong: 4, hung: 5},
    overrun: 13,
    successRatio: 0.875,
    goodputPerSecond: 21,
    startLagP99Ms: 9.9,
    responseP50Ms: 50,
    responseP90Ms: 90,
    responseP99Ms: 99,
    serviceP50Ms: 25,
    serviceP99Ms: 49.5,
    settleP99Ms: 196,
    settleMaxMs: 200,
    attempts: 6,
    attemptsPerOperationRatio: 0.0375,
    duplicateCount: 1,
    lostCount: 1,
    deliveredCount: 2,
    redeliveredCount: 1,
    connectionsOpened: 11,
    connectionsOpenMax: 6,
    cpuUsPerOperation: 5000,
    cpuRatio: 0.2,
    rssMaxBytes: 90,
    heapMaxBytes: 60,
    externalMaxBytes: 70,
    loopDelayP99Ms: 33,
    gcRatio: 0.01,
  });
});

test('a phase without operations and without time has no ratios', t => {
  const trial = trialWith({
    ...full,
    driver: {phases: []},
    edges: trialWith().edges.map(edge => (edge.phase > fault ? {...edge, beforeMs: 5000} : edge)),
  });
  t.like(summarisePhases(trial)[fault], {
    durationMs: 0,
    started: 0,
    goodputPerSecond: 0,
    successRatio: null,
    attemptsPerOperationRatio: null,
    cpuUsPerOperation: null,
    inFlight: 0,
    responseP50Ms: null,
    settleMaxMs: null,
  });
});

test('a fault that no one has seen act did nothing, and without a sample nobody knows', t => {
  const faultsOf = (changes: TrialChanges) =>
    summarisePhases(trialWith({...full, ...changes}))[fault]!.faults;
  const named = {name: 'stall-1-latency', kind: 'latency', askedRatio: 0.25} as const;
  t.deepEqual(faultsOf({injector: [connectionsAt(8900, 4)]}), [
    {...named, connectionsHit: 0, actions: 0, decisions: 0, applied: 0},
  ]);
  t.deepEqual(faultsOf({injector: []}), [
    {...named, connectionsHit: null, actions: null, decisions: null, applied: null},
  ]);
});

const cutting = test.macro({
  title: (title = '') => `what refuse did: ${title}`,
  exec(
    t,
    samples: readonly (readonly [atMs: number, opened: number, cut: number])[],
    started: number,
    expected: readonly [number | null, number | null],
  ) {
    const injector = samples.map(([atMs, opened, cutConnections]) => {
      const one = connectionsAt(atMs, 1, opened);
      return {...one, witness: {...one.witness, cutConnections}};
    });
    const [{connectionsHit, actions}] = summarisePhases(
      trialWith({plan: planned([refuse()]), injector, driver: {phases: [figuresOf(fault, started)]}}),
    )[fault]!.faults as unknown as [{connectionsHit: number | null; actions: number | null}];
    t.deepEqual([connectionsHit, actions], expected);
  },
});
test(
  'it cut one',
  cutting,
  [
    [5000, 5, 7],
    [5001, 5, 8],
    [9000, 5, 8],
    [9001, 5, 99],
  ],
  10,
  [1, null],
);
test(
  'it cut one, and let others in',
  cutting,
  [
    [5000, 5, 7],
    [5001, 5, 8],
    [9000, 9, 8],
  ],
  10,
  [1, null],
);
test(
  'it let one in',
  cutting,
  [
    [5000, 5, 7],
    [5001, 5, 7],
    [9000, 6, 7],
  ],
  10,
  [0, 0],
);
test(
  'it refused all',
  cutting,
  [
    [5000, 5, 7],
    [5001, 6, 7],
    [9000, 6, 7],
  ],
  10,
  [0, null],
);
test(
  'it refused one',
  cutting,
  [
    [5000, 5, 7],
    [9000, 5, 7],
  ],
  1,
  [0, null],
);
test(
  'nobody came',
  cutting,
  [
    [5000, 5, 7],
    [9000, 5, 7],
  ],
  0,
  [0, 0],
);
test('it was seen later only', cutting, [[9001, 5, 7]], 10, [0, null]);
