// Symptoms of CPU, garbage collection and idleness.
import test from 'ava';
import {encodeHistogram, latencyHistogram, recordMs} from '../../src/load/histogram.ts';
import type {Finding} from '../../src/model/finding.ts';
import type {Load} from '../../src/model/plan.ts';
import type {Trial} from '../../src/model/trial.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {
  baseline,
  clearOf,
  fault,
  figuresOf,
  inconclusiveOf,
  presentOf,
  resourcesOf,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';

const mib = 1024 ** 2;

const sampleAt = (atMs: number, cpuMs: number, gcMs: number): Trial['resources'][0] => ({
  atMs,
  cpuMs,
  rssBytes: 300 * mib,
  heapUsedBytes: 200 * mib,
  externalBytes: 900 * mib,
  loopDelayMaxMs: 1,
  loopUtilisationRatio: 0.5,
  gcMs,
  gcCount: 3,
});

const frame = {
  functionName: 'take',
  owner: 'storage',
  ownerKind: 'package',
  place: 'lib/pool.js:7',
  self: 3000 * mib,
  calledFor: 'storage',
} as const;

const allocations: Trial['profiles'][0] = {
  what: 'buffer-allocations',
  phase: baseline,
  atMs: 1000,
  total: 3120 * mib,
  sampleCount: 4000,
  owners: [
    {owner: 'storage', ownerKind: 'package', self: 3020 * mib},
    {owner: 'the scenario', ownerKind: 'scenario', self: 100 * mib},
  ],
  frames: [frame],
  heaviestStack: [frame],
  files: [],
};

const busyTime: Trial['profiles'][0] = {
  ...allocations,
  what: 'cpu',
  total: 4000,
  sampleCount: 800,
  owners: [
    {owner: 'storage', ownerKind: 'package', self: 2400},
    {owner: 'idle', ownerKind: 'engine', self: 1000},
    {owner: 'foulweather', ownerKind: 'harness', self: 600},
  ],
  frames: [
    {
      functionName: 'writev',
      owner: 'native code',
      ownerKind: 'engine',
      place: null,
      self: 1500,
      calledFor: 'storage',
    },
  ],
};

test('collection: the profile of its worst phase says whose memory it was', t => {
  const trial = trialWith({
    phaseResources: [resourcesOf(baseline, {gcMs: 1200}), resourcesOf(fault, {gcMs: 800})],
    profiles: [
      busyTime,
      {...allocations, what: 'heap', total: 40 * mib},
      allocations,
      {...allocations, phase: fault, total: 9000 * mib},
    ],
  });
  const {evidence} = presentOf(detectOne('gc-pressure', trial));
  t.deepEqual(
    evidence.map(({witness}) => witness),
    ['system', 'profile', 'system'],
  );
  t.like(evidence[1], {
    statement:
      '3.05 GiB of Buffers allocated in phase baseline, 97% of it in storage; top function: take (storage/lib/pool.js:7) (96%).',
    unit: 'share',
    count: 4000,
  });
});

test('out of memory: the profile says by way of which package a handler came to its objects', t => {
  const trial = trialWith({
    end: {kind: 'crashed', exitCode: null, signal: 'SIGABRT', outOfMemory: true, error: null},
    profiles: [
      {
        ...allocations,
        what: 'heap',
        total: 182 * mib,
        owners: [
          {owner: 'the scenario', ownerKind: 'scenario', self: 102 * mib, total: 182 * mib},
          {owner: 'storage', ownerKind: 'package', self: 70 * mib, total: 172 * mib},
        ],
        frames: [
          {
            ...frame,
            functionName: 'handle',
            owner: 'the scenario',
            ownerKind: 'scenario',
            place: 'pool.ts:8',
            self: 102 * mib,
            calledFor: 'the scenario',
          },
        ],
      },
    ].map(profile => ({...profile, phase: baseline}) as Trial['profiles'][0]),
    exit: {...trialWith().exit!, atMs: 3000},
  });
  t.is(
    presentOf(detectOne('out-of-memory', trial)).evidence[1]?.statement,
    '182 MiB of live objects on the heap in phase baseline, 56% of it in the scenario and 95% through storage; top function: handle (pool.ts:8) (56%).',
  );
});

test('want of CPU: the profile of its phase says whose time it was, of the time that was used', t => {
  const trial = trialWith({
    phaseResources: [resourcesOf(baseline, {cpuMs: 3900})],
    driver: {phases: [figuresOf(baseline, 400, {outcomes: {unknown: 200}})]},
    profiles: [allocations, busyTime],
  });
  t.is(
    presentOf(detectOne('cpu-bound', trial)).evidence[1]?.statement,
    'The main thread was busy for 3 s of phase baseline, 80% of it in storage; top function: writev for storage (50%).',
  );
});

test('a profile of few samples says nothing', t => {
  const trial = trialWith({
    phaseResources: [resourcesOf(baseline, {gcMs: 1200})],
    profiles: [{...allocations, sampleCount: 9}],
  });
  t.is(presentOf(detectOne('gc-pressure', trial)).evidence.length, 1);
});

const isCollecting = test.macro({
  title: (_title, gcMs: number, phase: number, verdict: string) =>
    `${gcMs} ms of collection in the 4000 ms of phase ${phase}: ${verdict}`,
  exec(t, gcMs: number, phase: number, verdict: Finding['verdict']) {
    const trial = trialWith({phaseResources: [resourcesOf(baseline), resourcesOf(phase, {gcMs})]});
    t.is(detectOne('gc-pressure', trial).verdict, verdict);
  },
});

test(isCollecting, 400, fault, 'clear');
test(isCollecting, 401, fault, 'present');
test(isCollecting, 4000, warmUp, 'clear');

test('collection: it says how much, at what CPU, and with what memory', t => {
  const trial = trialWith({
    phaseResources: [resourcesOf(baseline, {gcMs: 1200, cpuMs: 3900})],
    resources: [sampleAt(1500, 10, 3), sampleAt(2000, 20, 3)],
  });
  t.deepEqual(presentOf(detectOne('gc-pressure', trial)).evidence, [
    {
      phase: 'baseline',
      witness: 'system',
      statement:
        'Garbage collection paused the process for 30.0% of phase baseline, at 98% of a core; peak 200 MiB on the heap and 900 MiB outside it.',
      value: 0.3,
      threshold: 0.1,
      unit: 'share',
      count: 4000,
      operations: [],
    },
  ]);
});

test('collection: a phase in which the process died is read off its samples', t => {
  const trial = trialWith({
    loadEndedMs: null,
    resources: [sampleAt(5500, 100, 400), sampleAt(6000, 500, 100), sampleAt(6500, 1000, 200)],
  });
  const {phase, evidence} = presentOf(detectOne('gc-pressure', trial));
  t.deepEqual([phase, evidence[0].value], ['stall', 0.3]);
});

for (const symptom of ['gc-pressure', 'cpu-bound'] as const) {
  test(`${symptom}: a process that told nothing leaves it open`, t => {
    t.deepEqual(detectOne(symptom, trialWith()), inconclusiveOf(symptom, 'the process reported no metrics'));
  });
}

const closed: Load = {model: 'closed', concurrency: 64};

const isBound = test.macro({
  title: (title, _cpuMs: number, _changes: Partial<Trial['plan']>, _ok: number, verdict: string) =>
    `${title}: ${verdict}`,
  exec(t, cpuMs: number, plan: Partial<Trial['plan']>, ok: number, verdict: Finding['verdict']) {
    const trial = trialWith({
      plan,
      phaseResources: [resourcesOf(baseline, {cpuMs})],
      driver: {phases: [figuresOf(baseline, 400, {outcomes: {unknown: 400 - ok}})]},
    });
    t.is(detectOne('cpu-bound', trial).verdict, verdict);
  },
});

test('a core in use, and all that was offered is done', isBound, 3600, {}, 396, 'clear');
test('a core in use, and less is done than was offered', isBound, 3600, {}, 395, 'present');
test('less than a core in use', isBound, 3599, {}, 100, 'clear');
test('a closed load at 9 ms of CPU each', isBound, 3600, {load: closed}, 400, 'present');
test(
  'a closed load at 9 ms of CPU each, with its goal met',
  isBound,
  3600,
  {load: closed, goals: {baseline: {goodputPerSecond: {min: 90}}}},
  400,
  'clear',
);
test(
  'a closed load with its goal missed',
  isBound,
  3600,
  {load: closed, goals: {baseline: {goodputPerSecond: {min: 110}}}},
  400,
  'present',
);

test('a closed load at little CPU each is what a closed load is for', t => {
  const trial = trialWith({
    plan: {load: closed},
    phaseResources: [resourcesOf(baseline, {cpuMs: 4000})],
    driver: {phases: [figuresOf(baseline, 2000)]},
  });
  t.deepEqual(detectOne('cpu-bound', trial), clearOf('cpu-bound'));
});

test('a core at its limit: it says how much of it, and for what', t => {
  const trial = trialWith({
    phaseResources: [resourcesOf(baseline, {cpuMs: 3800})],
    driver: {phases: [figuresOf(baseline, 400, {dropped: 100, offered: 500})]},
  });
  t.is(
    presentOf(detectOne('cpu-bound', trial)).evidence[0].statement,
    'The process used 95% of a core in phase baseline for 100.0 operations per second; the target is 125.0.',
  );
});

type Idle = {
  readonly cpuMs?: number;
  readonly responseMs?: number;
  readonly servingMean?: number | null;
};

/** 400 operations in the 4 s of the baseline, so that each 10 ms of response are one under way at once. */
const idle = ({cpuMs = 100, responseMs = 640, servingMean = 4}: Idle): Trial => {
  const histogram = latencyHistogram(3);
  for (let count = 0; count < 400; count++) recordMs(histogram, responseMs);
  return trialWith({
    plan: {load: closed},
    phaseResources: [resourcesOf(baseline, {cpuMs})],
    driver: {phases: [figuresOf(baseline, 400, {responseOkUs: encodeHistogram(histogram)})]},
    ledger: {
      attempts: Uint8Array.of(1),
      effects: new Uint8Array(),
      unattributedCount: 0,
      binMs: 500,
      attemptsByBin: [],
      ...(servingMean === null ? {} : {servingMsByBin: Array(40).fill(servingMean * 500)}),
    },
  });
};

test('under-used: callers wait in the client while the target has little to do', t => {
  const {evidence, phase, severity} = presentOf(detectOne('under-utilised', idle({})));
  t.deepEqual([phase, severity], ['baseline', 'warn']);
  t.is(
    evidence[0].statement,
    'On average, 64.0 operations were in flight in phase baseline, and the target worked on 4.0 of them; the others waited in the client, which used 3% of a core for 100.0 operations per second.',
  );
  t.true(Math.abs(evidence[0].value - 60 / 64) < 0.001);
});

const isUsed = test.macro({
  title: (title, _idle: Idle) => `under-used: ${title} is clear`,
  exec(t, given: Idle) {
    t.deepEqual(detectOne('under-utilised', idle(given)), clearOf('under-utilised'));
  },
});

test('a busy process', isUsed, {cpuMs: 1200});
test('few at once', isUsed, {responseMs: 70, servingMean: 0});
test('a target that has most of them', isUsed, {servingMean: 33});
test('few that wait', isUsed, {responseMs: 120, servingMean: 5});

test('under-used: a queue whose place nobody knows leaves it open', t => {
  t.deepEqual(
    detectOne('under-utilised', idle({servingMean: null})),
    inconclusiveOf('under-utilised', 'the target does not report how many operations it works on at once'),
  );
});

test('under-used: without a baseline it is open', t => {
  t.deepEqual(
    detectOne('under-utilised', trialWith()),
    inconclusiveOf('under-utilised', 'there is no baseline to judge'),
  );
});
