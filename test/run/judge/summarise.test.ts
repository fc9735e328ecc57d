// One phase as a row of figures, all witnesses side by side.
import test from 'ava';
import {blackhole, type Fault, flap, latency, refuse} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import type {ProxyWitness} from '../../../src/model/proxy-witness.ts';
import {serverStop} from '../../../src/model/server-fault.ts';
import {summarisePhases} from '../../../src/run/judge/summarise.ts';
import {foldOf, journalOf, plan, trialOf, witnessOf} from '../../helpers/run-journal.ts';

test('a phase tells what driver, target, injector and process saw of it', t => {
  const resources = {
    durationMs: 1000,
    cpuMs: 200,
    loopDelayP50Ms: 1,
    loopDelayP99Ms: 4,
    loopDelayMaxMs: 9,
    loopUtilisationRatio: 0.3,
    gcMs: 10,
    gcCount: 2,
  };
  const sample = {cpuMs: 1, threadCount: 11, fileDescriptorCount: 30, socketCount: 5};
  const [calm, slow] = summarisePhases(
    trialOf({
      slow: {outcomes: {ok: 80, hung: 20}, okMs: 40, overrun: 2, dropped: 5},
      more: [
        {kind: 'phase-resources', resources: {...resources, phase: 1}},
        {kind: 'system', sample: {...sample, atMs: 500, rssBytes: 99}},
        {kind: 'system', sample: {...sample, atMs: 1500, rssBytes: 70}},
        {kind: 'system', sample: {...sample, atMs: 1900, rssBytes: 50}},
      ],
    }),
  );
  t.like(calm, {
    phase: 'calm',
    role: 'baseline',
    startMs: 0,
    durationMs: 995,
    successRatio: 1,
    rssMaxBytes: 99,
  });
  t.like(calm, {cpuUsPerOperation: null, cpuRatio: 0, loopDelayP99Ms: null, gcRatio: null, faults: []});
  t.like(slow, {
    phase: 'slow',
    startMs: 1000,
    durationMs: 1000,
    offered: 105,
    started: 100,
    dropped: 5,
    inFlight: 0,
    overrun: 2,
    successRatio: 0.8,
    goodputPerSecond: 80,
    attempts: 100,
    attemptsPerOperationRatio: 1,
    duplicateCount: 0,
    lostCount: 0,
    deliveredCount: null,
    redeliveredCount: null,
    cpuUsPerOperation: 2000,
    cpuRatio: 0.2,
    rssMaxBytes: 70,
    loopDelayP99Ms: 4,
    gcRatio: 0.01,
  });
  t.deepEqual(slow!.faults, [
    {
      name: 'slow-1-latency',
      kind: 'latency',
      connectionsHit: 2,
      actions: 100,
      askedRatio: 1,
      decisions: 2,
      applied: 2,
    },
  ]);
});

test('a phase that was not reached has no row', t => {
  t.deepEqual(
    summarisePhases(trialOf({cutAt: 'operations'})).map(({phase}) => phase),
    ['calm', 'slow'],
  );
  t.deepEqual(summarisePhases(trialOf({cutAt: 'edge'})), []);
});

const closedPlan: Plan = {
  ...plan,
  phases: [plan.phases[0], {name: 'slow', role: 'fault', durationMs: 1000, faults: [refuse()]}],
};

type Sample = readonly [atMs: number, opened: number, cut: number];

const refusals: readonly (readonly [
  title: string,
  samples: readonly Sample[],
  hit: number | null,
  actions: number | null,
])[] = [
  ['an injector that does not count', [], null, null],
  [
    'nothing live, nothing accepted: each start was refused',
    [
      [990, 5, 0],
      [1001, 5, 0],
      [1990, 5, 0],
    ],
    0,
    null,
  ],
  [
    'live connections are cut',
    [
      [990, 5, 0],
      [1001, 5, 3],
      [1990, 5, 3],
    ],
    3,
    null,
  ],
  // The faults of the phase before are taken away first, and clients may come back in between.
  [
    'connections that came before the door was closed',
    [
      [990, 5, 0],
      [997, 9, 0],
      [1001, 9, 2],
      [1990, 9, 2],
    ],
    2,
    null,
  ],
  [
    'a sample from the middle of the closing',
    [
      [990, 5, 0],
      [998, 9, 2],
      [1001, 9, 2],
      [1990, 9, 2],
    ],
    2,
    null,
  ],
  [
    'a door that was not closed',
    [
      [990, 5, 0],
      [1001, 5, 0],
      [1990, 50, 0],
    ],
    0,
    0,
  ],
];

for (const [title, samples, connectionsHit, actions] of refusals) {
  test(`what refuse hit: ${title}`, t => {
    const witness = (opened: number, cut: number): ProxyWitness => ({
      ...witnessOf(0),
      openedConnections: opened,
      cutConnections: cut,
      failedConnections: 0,
      lastFailure: null,
    });
    const journal = journalOf({actions: null});
    const events = samples.map(([atMs, opened, cut]) => ({
      kind: 'injector' as const,
      atMs,
      witness: witness(opened, cut),
    }));
    const [, slow] = summarisePhases(foldOf([...journal, ...events], closedPlan)!);
    t.deepEqual(slow!.faults, [
      {
        name: 'slow-1-refuse',
        kind: 'refuse',
        connectionsHit,
        actions,
        askedRatio: null,
        decisions: null,
        applied: null,
      },
    ]);
  });
}

const downFaults = [
  flap({downMs: 10, upMs: 10}),
  refuse({startAfterMs: 100}),
  blackhole({syn: true}),
  latency({latencyMs: 1}),
];

const unseen = test.macro({
  title: (_title, kind: Fault['kind'], cut: number, started: number, actions: number | null) =>
    `${kind}, ${cut} connections cut, ${started} operations started: ${actions ?? 'who knows how many'} hits`,
  exec(t, kind: Fault['kind'], cut: number, started: number, actions: number | null) {
    const faults = downFaults.filter(fault => fault.kind === kind);
    const downPlan: Plan = {...plan, phases: [plan.phases[0], {...closedPlan.phases[1]!, faults}]};
    const {faults: counted, ...witness} = witnessOf(0);
    const fault = {...Object.values(counted)[0]!, connectionsHit: cut, actions: 3 + cut};
    const events = [
      ...journalOf({actions: null, slow: {outcomes: {ok: started}}}),
      {
        kind: 'injector' as const,
        atMs: 1900,
        witness: {...witness, faults: {[`slow-1-${kind}`]: fault}},
      },
    ];
    const [, slow] = summarisePhases(foldOf(events, downPlan)!);
    t.is(slow!.faults[0]!.actions, actions);
  },
});

for (const kind of ['flap', 'refuse', 'blackhole'] as const) {
  test(unseen, kind, 2, 10, 5);
  test(unseen, kind, 0, 10, null);
  test(unseen, kind, 0, 0, 0);
}
test(unseen, 'latency', 0, 10, 3);

type Outage = {
  readonly title: string;
  readonly started: number;
  readonly connections: number;
  readonly actions: number;
};

const outages: readonly Outage[] = [
  {title: 'operations but no connection', started: 10, connections: 0, actions: 1},
  {title: 'a connection but no operation', started: 0, connections: 1, actions: 1},
  {title: 'neither', started: 0, connections: 0, actions: 0},
];

for (const {title, started, connections, actions} of outages) {
  test(`what a stopped server hit: ${title}`, t => {
    const phases: Plan['phases'] = [plan.phases[0], {...plan.phases[1]!, faults: [serverStop()]}];
    const changes = [
      [1100, 'leaving'],
      [1150, 'away'],
      [1600, 'returning'],
      [1900, 'back'],
    ] as const;
    const folded = foldOf(
      [
        ...journalOf({slow: {outcomes: {ok: started}}}),
        ...changes.map(([atMs, change]) => ({
          kind: 'server' as const,
          atMs,
          fault: 'slow-1-serverStop',
          change,
        })),
      ],
      {...plan, phases},
    )!;
    const {originEpochMs} = folded;
    const record = (openedMs: number, closedMs: number | null) => ({
      id: 1,
      openedMs: originEpochMs + openedMs,
      closedMs: closedMs === null ? null : originEpochMs + closedMs,
      upstreamBytes: 1,
      downstreamBytes: 1,
      hits: [],
      hitsMs: [],
      end: 'upstream-closed' as const,
    });
    const injectorLog = {
      connections: [record(0, 1000), ...(connections > 0 ? [record(0, 1120)] : []), record(1950, null)],
      connectionsLeftOut: 0,
      hits: [],
      hitsLeftOut: 0,
    };
    const [, slow] = summarisePhases({...folded, injectorLog});
    t.deepEqual(slow!.faults, [
      {
        name: 'slow-1-serverStop',
        kind: 'serverStop',
        askedRatio: null,
        decisions: null,
        applied: null,
        connectionsHit: connections,
        actions,
        server: {awayMs: 450, startMs: 300},
      },
    ]);
  });
}
