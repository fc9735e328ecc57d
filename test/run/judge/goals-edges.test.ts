// At the limits: what the machine's lag excuses, which phases a goal is of, what never settled, and how few are too few.
import test from 'ava';
import {encodeHistogram, latencyHistogram, recordMs} from '../../../src/load/histogram.ts';
import type {GoalResult} from '../../../src/model/goal.ts';
import type {Plan} from '../../../src/model/plan.ts';
import type {Calibration} from '../../../src/model/run.ts';
import {judgeGoals} from '../../../src/run/judge/goals.ts';
import {figuresIn} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  fault,
  figuresOf,
  recovery,
  resourcesOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../../helpers/trial-believable.ts';

type Goals = Plan['goals'];

/** One line for each goal: its verdict, value and count, and the figures of its reason. */
const lineOf = ({metric, verdict, value, count, reason}: GoalResult): string =>
  [
    `${metric} ${verdict}`,
    value === null ? '-' : Number(value.toPrecision(3)),
    `of ${count}`,
    ...(reason === null ? [] : [`(${figuresIn(reason)})`]),
  ].join(' ');

const judges = test.macro({
  title: (title = '') => `goals: ${title}`,
  exec(
    t,
    goals: Goals,
    changes: TrialChanges,
    expected: readonly string[],
    calibration: Calibration | null = null,
  ) {
    const trial = trialWith({...changes, plan: {...changes.plan, goals}});
    t.deepEqual(judgeGoals(trial, calibration).map(lineOf), expected);
  },
});

const timesOf = (ms: number, count: number): string => {
  const histogram = latencyHistogram(3);
  for (let index = 0; index < count; index++) recordMs(histogram, ms);
  return encodeHistogram(histogram);
};

/** Operations of the baseline that took 30 ms and started so late. */
const lagging = (lagMs: number, changes: TrialChanges = {}): TrialChanges => ({
  ...changes,
  driver: {
    phases: [
      figuresOf(baseline, 400, {
        responseOkUs: timesOf(30, 400),
        serviceOkUs: timesOf(30, 400),
        startLagUs: timesOf(lagMs, 400),
      }),
    ],
  },
});
const quick: Goals = {
  baseline: {
    responseP50Ms: {max: 20},
    responseP90Ms: {max: 20},
    responseP99Ms: {max: 20},
    settleP99Ms: {max: 20},
    serviceP50Ms: {max: 20},
    serviceP99Ms: {max: 20},
    goodputPerSecond: {max: 20},
  },
};
test('late by more than they miss it', judges, quick, lagging(12), [
  'responseP50Ms inconclusive 30 of 400 (10.0 12.0 50)',
  'responseP90Ms inconclusive 30 of 400 (10.0 12.0 90)',
  'responseP99Ms inconclusive 30 of 400 (10.0 12.0 99)',
  'settleP99Ms inconclusive 30 of 400 (10.0 12.0 99)',
  'serviceP50Ms missed 30 of 400',
  'serviceP99Ms missed 30 of 400',
  'goodputPerSecond missed 100 of 400',
]);
test('late by as much', judges, quick, lagging(10.02), [
  'responseP50Ms inconclusive 30 of 400 (10.0 10.0 50)',
  'responseP90Ms inconclusive 30 of 400 (10.0 10.0 90)',
  'responseP99Ms inconclusive 30 of 400 (10.0 10.0 99)',
  'settleP99Ms inconclusive 30 of 400 (10.0 10.0 99)',
  'serviceP50Ms missed 30 of 400',
  'serviceP99Ms missed 30 of 400',
  'goodputPerSecond missed 100 of 400',
]);
test('late by less', judges, quick, lagging(9.9), [
  'responseP50Ms missed 30 of 400',
  'responseP90Ms missed 30 of 400',
  'responseP99Ms missed 30 of 400',
  'settleP99Ms missed 30 of 400',
  'serviceP50Ms missed 30 of 400',
  'serviceP99Ms missed 30 of 400',
  'goodputPerSecond missed 100 of 400',
]);
test('in time', judges, quick, lagging(0), [
  'responseP50Ms missed 30 of 400',
  'responseP90Ms missed 30 of 400',
  'responseP99Ms missed 30 of 400',
  'settleP99Ms missed 30 of 400',
  'serviceP50Ms missed 30 of 400',
  'serviceP99Ms missed 30 of 400',
  'goodputPerSecond missed 100 of 400',
]);
const calibration: Calibration = {operationCount: 400, cpuUsPerOperation: 1000, startLagP99Ms: 1};
const busy = (cpuMs: number): TrialChanges =>
  lagging(12, {phaseResources: [resourcesOf(warmUp, {cpuMs: 9999}), resourcesOf(baseline, {cpuMs})]});
const one: Goals = {baseline: {responseP50Ms: {max: 20}}};
test('late by its own doing', judges, one, busy(2000), ['responseP50Ms missed 30 of 400']);
test('late by nearly its own doing', judges, one, busy(1999), [
  'responseP50Ms inconclusive 30 of 400 (10.0 12.0 50)',
]);
test(
  'late by the doing of the harness',
  judges,
  one,
  busy(2399),
  ['responseP50Ms inconclusive 30 of 400 (10.0 12.0 50)'],
  calibration,
);
test(
  'late by its own doing, beside that of the harness',
  judges,
  one,
  busy(2400),
  ['responseP50Ms missed 30 of 400'],
  calibration,
);
test('a least time', judges, {baseline: {responseP50Ms: {min: 40}}}, lagging(12), [
  'responseP50Ms missed 30 of 400',
]);
test('a time between two limits', judges, {baseline: {responseP50Ms: {min: 40, max: 50}}}, lagging(12), [
  'responseP50Ms inconclusive 30 of 400 (20.0 12.0 50)',
]);
test('a time that is met', judges, {baseline: {responseP50Ms: {max: 31}}}, lagging(12), [
  'responseP50Ms met 30 of 400',
]);

const {phases} = trialWith().plan;
const cycles = {
  phases: [
    phases[warmUp]!,
    {...phases[baseline]!, name: 'stall'},
    {...phases[fault]!, name: 'stall#2'},
    {...phases[recovery]!, name: 'stalled'},
  ],
} as unknown as Partial<Plan>;
const counts: Goals = {
  run: {hungCount: {max: 0}, droppedCount: {max: 9}},
  stall: {overrunCount: {max: 10}, goodputPerSecond: {min: 100}},
  'warm-up': {hungCount: {max: 0}},
};
const counted = [warmUp, baseline, fault, recovery].map(phase =>
  figuresOf(phase, 100 * (phase + 1), {
    outcomes: {hung: phase + 1},
    overrun: 2 + 3 * phase,
    dropped: phase,
    okWithin: 400 * (phase + 1),
  }),
);
test(
  'all but the warm-up, and the cycles of a phase',
  judges,
  counts,
  {plan: cycles, driver: {phases: counted}},
  [
    'hungCount missed 9 of 900',
    'droppedCount met 6 of 900',
    'overrunCount missed 13 of 500',
    'goodputPerSecond met 250 of 500',
    'hungCount missed 1 of 100',
  ],
);
test(
  'as far as they were reached',
  judges,
  counts,
  {
    plan: cycles,
    driver: {phases: counted.slice(0, 2)},
    edges: trialWith().edges.slice(0, 2),
    loadEndedMs: 3000,
  },
  [
    'hungCount missed 2 of 200',
    'droppedCount met 1 of 200',
    'overrunCount met 5 of 200',
    'goodputPerSecond met 400 of 200',
    'hungCount missed 1 of 100',
  ],
);
test('not reached', judges, {recovery: {hungCount: {max: 0}}}, {edges: trialWith().edges.slice(0, 3)}, [
  'hungCount inconclusive - of 0 ()',
]);

/** 400 that were started, and 300 that succeeded in 2 ms. */
const hung = (hungCount: number, settledAfterHung: number): TrialChanges => ({
  driver: {phases: [figuresOf(fault, 300 + hungCount, {outcomes: {hung: hungCount}, settledAfterHung})]},
});
const settles = (max: number): Goals => ({stall: {settleP99Ms: {max}}});
test('hung and settled later', judges, settles(5), hung(2, 2), ['settleP99Ms met 2 of 302']);
test('hung for good', judges, settles(5), hung(2, 1), ['settleP99Ms missed 3000 of 302']);
test('hung for good, and that is all right', judges, settles(3000), hung(2, 1), [
  'settleP99Ms inconclusive 3000 of 302 ()',
]);
test(
  'hung for good, and nothing else',
  judges,
  settles(3000),
  {driver: {phases: [figuresOf(fault, 300, {outcomes: {hung: 300}})]}},
  ['settleP99Ms inconclusive 3000 of 300 ()'],
);
test(
  'few that hung',
  judges,
  settles(5),
  {driver: {phases: [figuresOf(fault, 299, {outcomes: {hung: 1}, settledAfterHung: 1})]}},
  ['settleP99Ms inconclusive 2 of 299 (99 299 300 2)'],
);
const few = (started: number): TrialChanges => ({
  driver: {phases: [figuresOf(fault, started, {serviceOkUs: timesOf(2, started)})]},
});
for (const [metric, started, figures] of [
  ['responseP99Ms', 299, '99 299 300 2'],
  ['responseP90Ms', 29, '90 29 30 2'],
  ['responseP50Ms', 5, '50 5 6 2'],
  ['serviceP99Ms', 100, '99 100 300 3'],
  ['serviceP50Ms', 1, '50 1 6 6'],
] as const) {
  const expected = [`${metric} inconclusive 2 of ${started} (${figures})`];
  test(`${started} for ${metric}`, judges, {stall: {[metric]: {max: 5}}}, few(started), expected);
}

const {outcomes} = binAt(0);
const back = (untilMs: number, limitMs: number): readonly [Goals, TrialChanges] => [
  {recovery: {timeToRecoverMs: {max: limitMs}}},
  {
    driver: {
      bins: Array.from({length: 38}, (_, index) =>
        binAt(
          index * 500,
          index * 500 >= 9000 && index * 500 < untilMs
            ? {outcomes: {...outcomes, ok: 0, failed: 50}, p99Ms: null}
            : {},
        ),
      ),
    },
  },
];
test('as long as it may take', judges, ...back(12_000, 3000), ['timeToRecoverMs met 3000 of 1000']);
test('longer than it may take', judges, ...back(12_500, 3000), ['timeToRecoverMs missed 3500 of 1000']);
test('longer than was watched', judges, ...back(18_000, 20_000), [
  'timeToRecoverMs inconclusive 9000 of 1000 ()',
]);
test('longer than was watched, and than it may take', judges, ...back(18_000, 8000), [
  'timeToRecoverMs missed 9000 of 1000',
]);

const attempts = (started: number): TrialChanges => ({
  ...booksOf([{phase: fault, attempts: 3}, {phase: recovery}]),
  driver: {...booksOf([{phase: fault}, {phase: recovery}]).driver, phases: [figuresOf(fault, started)]},
});
const tries: Goals = {stall: {attemptsPerOperationRatio: {max: 3}, cpuUsPerOperation: {max: 1000}}};
test('attempts of each', judges, tries, {...attempts(1), phaseResources: [resourcesOf(fault, {cpuMs: 1})]}, [
  'attemptsPerOperationRatio met 3 of 1',
  'cpuUsPerOperation met 1000 of 1',
]);
test('attempts of none', judges, tries, {...attempts(0), phaseResources: [resourcesOf(fault)]}, [
  'attemptsPerOperationRatio inconclusive - of 0 ()',
  'cpuUsPerOperation inconclusive - of 0 ()',
]);

test('a goal on telemetry keeps its limits and how grave it is', t => {
  const limits = [{min: 1}, {max: 2}, {min: 1, max: 2, severity: 'warn'}] as const;
  const telemetry = limits.map(limit => ({metric: 'errors', stat: 'last', ...limit}) as const);
  const results = judgeGoals(trialWith({plan: {goals: {stall: {telemetry}}}}));
  t.deepEqual(
    results.map(({limit}) => limit),
    limits,
  );
});

test(
  'a share of nothing',
  judges,
  {stall: {deliveredRatio: {min: 1}, backlogCount: {max: 0}, deliveriesPerSecond: {min: 0}}},
  {deliveries: new Uint8Array(), deliveryBins: []},
  ['deliveredRatio inconclusive - of 0 ()', 'backlogCount met 0 of 0', 'deliveriesPerSecond met 0 of 0'],
);
