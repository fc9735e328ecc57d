// Calls that are told done at once and arrive when the fault is over. It lasts from 5000 to 9000 ms, at 1000 calls per second.
import test from 'ava';
import {stall} from '../../../src/model/fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
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
