// Calls that are told done at once and arrive when the fault is over. It lasts from 5000 to 9000 ms, at 1000 calls per second.
import test from 'ava';
import {stall} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers, tells} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  connectionsAt,
  fault,
  figuresOf,
  presentOf,
  recovery,
  type TrialChanges,
  trialWith,
} from '../../helpers/trial-believable.ts';
import {sample} from '../../helpers/trial-twice.ts';

const id = 'unbounded-buffer';
const mib = 1024 * 1024;

const {outcomes} = binAt(0);

type Course = {
  /** Told done in each half second of the fault. */
  readonly told: number;
  readonly toldLate?: number;
  /** Arrived in each half second of the fault, and in the first one after it. */
  readonly arrived: number;
  readonly burst: number;
};

const toldBins = ({told, toldLate = told}: Course) =>
  Array.from({length: 8}, (_, number) =>
    binAt(5000 + number * 500, {phase: fault, outcomes: {...outcomes, ok: number < 4 ? told : toldLate}}),
  );

const phasesOf = ({told, toldLate = told}: Course) => [
  figuresOf(baseline, 4000, {okWithin: 4000}),
  figuresOf(fault, 4000, {okWithin: 4 * (told + toldLate)}),
  figuresOf(recovery, 10_000, {okWithin: 10_000}),
];

/** As the ledger of the target has it. */
const ledgered = (course: Course): TrialChanges => ({
  ledger: {
    ...booksOf([{phase: baseline}]).ledger!,
    attemptsByBin: Array.from({length: 38}, (_, bin) => {
      if (bin >= 10 && bin < 18) return course.arrived;
      return bin === 18 ? 500 + course.burst : 500;
    }),
  },
  driver: {bins: toldBins(course), phases: phasesOf(course)},
});

const kept = {told: 500, arrived: 0, burst: 4000};

test('all that was called in the fault comes after it', answers, id, ledgered(kept), {
  value: 4000,
  phase: 'stall',
});
/** The fault is taken away between 9100 and 9300 ms. */
const betweenSlices = trialWith().edges.map(edge =>
  edge.phase === recovery ? {phase: recovery, beforeMs: 9100, afterMs: 9300} : edge,
);
test(
  'it comes while the fault is being taken away',
  answers,
  id,
  {...ledgered(kept), edges: betweenSlices},
  {value: 4000, phase: 'stall'},
);
test(
  'it arrives all the while, up to when the fault is taken away',
  answers,
  id,
  {...ledgered({told: 2500, arrived: 2500, burst: 2000}), edges: betweenSlices},
  'clear',
);
test('it arrives all the while', answers, id, ledgered({told: 500, arrived: 500, burst: 0}), 'clear');
test('a thousand', answers, id, ledgered({told: 125, arrived: 0, burst: 1000}), 'clear');
test(
  'a bounded buffer is full at half-time',
  answers,
  id,
  ledgered({told: 500, toldLate: 0, arrived: 0, burst: 2000}),
  'clear',
);
test(
  'what never arrives was lost, or answered from a cache',
  answers,
  id,
  ledgered({...kept, burst: 1000}),
  'clear',
);
test(
  'retries of the next fault are no calls of the one before',
  answers,
  id,
  {
    ...ledgered(kept),
    plan: {
      phases: trialWith().plan.phases.map((phase, index) =>
        index === recovery ? {...phase, name: 'again', role: 'fault', faults: [stall()]} : phase,
      ) as unknown as Plan['phases'],
    },
  },
  'clear',
);
test(
  'nobody tells what arrived',
  answers,
  id,
  {driver: {phases: phasesOf(kept)}},
  /neither the target nor the injector/,
);
test('no fault was reached', answers, id, {edges: []}, /did not reach a fault/);

test('without a ledger the bytes at the injector tell it', t => {
  const bytesAt = (atMs: number, upstreamBytes: number) => {
    const sample = connectionsAt(atMs, 1);
    return {...sample, witness: {...sample.witness, upstreamBytes}};
  };
  const trial = trialWith({
    driver: {bins: toldBins(kept), phases: phasesOf(kept)},
    injector: [bytesAt(1000, 0), bytesAt(5000, 400_000), bytesAt(9000, 400_000), bytesAt(19_000, 1_800_000)],
  });
  const {severity, evidence} = presentOf(detectOne(id, trial));
  t.is(severity, 'warn');
  t.is(
    evidence[0].statement,
    'At the end of phase stall, 4,000 calls had been reported as done but had not arrived, up from 2,000 halfway through it; 4,000 arrived afterwards.',
  );
});

test('without a ledger, too, it may come while the fault is being taken away', t => {
  const bytesAt = (atMs: number, upstreamBytes: number) => {
    const sample = connectionsAt(atMs, 1);
    return {...sample, witness: {...sample.witness, upstreamBytes}};
  };
  const trial = trialWith({
    driver: {bins: toldBins(kept), phases: phasesOf(kept)},
    edges: betweenSlices,
    injector: [
      bytesAt(1000, 0),
      bytesAt(5000, 400_000),
      bytesAt(9100, 400_000),
      bytesAt(9300, 800_000),
      bytesAt(19_000, 1_800_000),
    ],
  });
  t.is(presentOf(detectOne(id, trial)).evidence[0].value, 4000);
});

const growing = (sizesMib: readonly number[], inFlightCount = 2, told = 500): TrialChanges => ({
  ...ledgered({told, arrived: told, burst: 0}),
  resources: [30, 40, ...sizesMib].map((size, number) => ({
    atMs: number < 2 ? 2000 + number * 1000 : 5500 + (number - 2) * 500,
    cpuMs: 0,
    rssBytes: 0,
    heapUsedBytes: size * mib,
    externalBytes: 0,
    loopDelayMaxMs: 0,
    loopUtilisationRatio: 0,
    gcMs: 0,
    gcCount: 0,
    inFlightCount: number < 2 ? 2 : inFlightCount,
  })),
});

test('memory rises all through it', answers, id, growing([50, 60, 70, 80, 90, 100, 110, 120]), {
  value: 70 * mib,
});
test('not by enough', answers, id, growing([50, 55, 60, 65, 70, 80, 90, 104]), 'clear');
test('it was as high before', answers, id, growing([150, 150, 150, 150, 150, 150, 150, 150]), 'clear');
test('a collection takes it back', answers, id, growing([50, 60, 70, 80, 90, 100, 110, 60]), 'clear');
test('operations under way hold it', answers, id, growing([50, 60, 70, 80, 90, 100, 110, 120], 300), 'clear');
test('operations fail', answers, id, growing([50, 60, 70, 80, 90, 100, 110, 120], 2, 100), 'clear');

// At the limits.
test('1001 calls', tells, id, ledgered({told: 126, arrived: 0, burst: 1008}), [
  'warn stall',
  'stall: target 1008 > 1000 count of 1008; 1008 504 1008',
]);
test(
  'half as many again as halfway',
  tells,
  id,
  ledgered({told: 600, toldLate: 300, arrived: 0, burst: 4000}),
  ['clear'],
);
test('a little more than that', tells, id, ledgered({told: 600, toldLate: 301, arrived: 0, burst: 4000}), [
  'warn stall',
  'stall: target 3604 > 1000 count of 3604; 3604 2400 3604',
]);
test('half of it arrives later', tells, id, ledgered({...kept, burst: 2000}), [
  'warn stall',
  'stall: target 4000 > 1000 count of 4000; 4000 2000 2000',
]);
test('less than half of it arrives later', tells, id, ledgered({...kept, burst: 1999}), ['clear']);
test('more arrives later than was kept', tells, id, ledgered({...kept, burst: 5000}), [
  'warn stall',
  'stall: target 4000 > 1000 count of 4000; 4000 2000 4000',
]);
test('some arrive at once', tells, id, ledgered({told: 500, arrived: 100, burst: 4000}), [
  'warn stall',
  'stall: target 3200 > 1000 count of 4000; 3200 1600 3200',
]);

/** Bytes at the injector: 100 for each of the 4000 calls of the baseline. */
const bytes = (
  changes: TrialChanges,
  ...samples: readonly (readonly [atMs: number, upstreamBytes: number])[]
): TrialChanges => ({
  ...changes,
  driver: {bins: toldBins(kept), phases: phasesOf(kept), ...changes.driver},
  injector: samples.map(([atMs, upstreamBytes]) => {
    const sample = connectionsAt(atMs, 1);
    return {...sample, witness: {...sample.witness, upstreamBytes}};
  }),
});
test(
  'by its bytes',
  tells,
  id,
  bytes({}, [1000, 50], [5000, 400_050], [7000, 450_050], [9000, 500_050], [19_000, 1_800_050]),
  ['warn stall', 'stall: injector 3000 > 1000 count of 4000; 3000 1500 3000'],
);
test(
  'by bytes of which none came before',
  tells,
  id,
  bytes({}, [5000, 400_000], [9000, 400_000], [19_000, 1_800_000]),
  ['warn stall', 'stall: injector 4000 > 1000 count of 4000; 4000 2000 4000'],
);
test(
  'without bytes in the baseline',
  tells,
  id,
  bytes({}, [1000, 5], [5000, 5], [9000, 5], [19_000, 1_800_000]),
  ['inconclusive'],
);
const idleCalm = [figuresOf(baseline, 0, {okWithin: 0}), ...phasesOf(kept).slice(1)];
test(
  'without calls in the baseline',
  tells,
  id,
  bytes({driver: {phases: idleCalm}}, [1000, 0], [5000, 400_000], [9000, 400_000], [19_000, 1_800_000]),
  ['inconclusive'],
);
const unseen = {ledger: {...booksOf([{phase: baseline, attempts: 0}]).ledger!, attemptsByBin: [9, 9, 9]}};
test(
  'with a ledger that saw nothing, by its bytes',
  tells,
  id,
  bytes(unseen, [1000, 0], [5000, 400_000], [9000, 400_000], [19_000, 1_800_000]),
  ['warn stall', 'stall: injector 4000 > 1000 count of 4000; 4000 2000 4000'],
);

const {phases: planned} = trialWith().plan;
/** The recovery is cut in two, and a fault comes between them. */
const thrice: TrialChanges = {
  plan: {phases: [...planned, planned[fault]!, planned[recovery]!] as unknown as Plan['phases']},
  edges: [
    ...trialWith().edges,
    {phase: 4, beforeMs: 14_000, afterMs: 14_000},
    {phase: 5, beforeMs: 16_000, afterMs: 16_000},
  ],
};
test(
  'what comes with the fault after the next recovery is not of this one',
  tells,
  id,
  {
    ...ledgered(kept),
    ...thrice,
    driver: {
      ...ledgered(kept).driver,
      phases: [
        ...phasesOf(kept).slice(0, 2),
        figuresOf(recovery, 5000, {okWithin: 5000}),
        figuresOf(4, 9, {okWithin: 9000}),
        figuresOf(5, 9, {okWithin: 9000}),
      ],
    },
  },
  ['warn stall', 'stall: target 4000 > 1000 count of 4000; 4000 2000 4000'],
);

const sizes = (
  rows: readonly (readonly [atMs: number, mib: number, inFlight?: number])[],
  more: TrialChanges = {},
): TrialChanges => ({
  ...ledgered({told: 500, arrived: 500, burst: 0}),
  resources: rows.map(([atMs, size, inFlightCount]) =>
    sample(atMs, {
      heapUsedBytes: (size - 5) * mib,
      externalBytes: 5 * mib,
      ...(inFlightCount !== undefined && {inFlightCount}),
    }),
  ),
  ...more,
});
const grows = [
  [3000, 30],
  [4000, 40],
  [6500, 60],
  [8500, 110],
  [9000, 105],
] as const;
test('how much it grew', tells, id, sizes(grows), [
  'warn stall',
  'stall: system 68157440 > 67108864 bytes of 2; 40 105 0',
]);
test('64 MiB', tells, id, sizes([...grows.slice(0, 4), [9000, 104]]), ['clear']);
test(
  'as much as in the second quarter',
  tells,
  id,
  sizes([
    [4000, 40],
    [6500, 60],
    [7000, 110],
    [8500, 110],
  ]),
  ['clear'],
);
test(
  'in the second quarter only',
  tells,
  id,
  sizes([
    [4000, 40],
    [6500, 110],
  ]),
  ['clear'],
);
test(
  'at the end only',
  tells,
  id,
  sizes([
    [4000, 40],
    [9000, 110],
  ]),
  ['clear'],
);
test(
  'before the second quarter, and in the third',
  tells,
  id,
  sizes([
    [4000, 40],
    [6000, 999],
    [6001, 60],
    [7001, 999],
    [8000, 1],
    [8001, 110],
  ]),
  ['warn stall', 'stall: system 73400320 > 67108864 bytes of 1; 40 110 0'],
);
test(
  'without a baseline',
  tells,
  id,
  sizes([
    [6500, 60],
    [9000, 110],
  ]),
  ['clear'],
);
const waiting = (calm: number, then: number): TrialChanges =>
  sizes([
    [3000, 30, 1],
    [4000, 40, calm],
    [6500, 60, 1],
    [8500, 110, then],
    [9000, 110, 1],
  ]);
test('ten under way', tells, id, waiting(2, 10), [
  'warn stall',
  'stall: system 73400320 > 67108864 bytes of 2; 40 110 10',
]);
test('eleven under way', tells, id, waiting(2, 11), ['clear']);
test('twice as many under way', tells, id, waiting(6, 12), [
  'warn stall',
  'stall: system 73400320 > 67108864 bytes of 2; 40 110 12',
]);
test('more than twice as many under way', tells, id, waiting(6, 13), ['clear']);
const toldIn = (okWithin: number): TrialChanges =>
  sizes(grows, {driver: {bins: [], phases: [figuresOf(baseline, 4000), figuresOf(fault, 4000, {okWithin})]}});
test('half of the calls are told', tells, id, toldIn(2000), [
  'warn stall',
  'stall: system 68157440 > 67108864 bytes of 2; 40 105 0',
]);
test('less than half of the calls are told', tells, id, toldIn(1999), ['clear']);
