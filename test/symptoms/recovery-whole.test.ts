// All that detectors of recoveries say: how grave it is, and each piece of evidence with its phase, witness, value, limit,
// unit, count, figures and examples. Of two phases the worse one comes first, although it came later.
import test from 'ava';
import type {Phase, Plan} from '../../src/model/plan.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {tells} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  fault,
  figuresOf,
  presentOf,
  recovery,
  type TrialChanges,
  trialWith,
} from '../helpers/trial-believable.ts';
import {second, secondRecovery, times, twice} from '../helpers/trial-twice.ts';

const {outcomes} = binAt(0);
const bad = {...outcomes, ok: 0, unknown: 50};
const course = (
  isBad: (atMs: number) => boolean,
  outcomesThen = bad,
  more: TrialChanges = {},
): TrialChanges => ({
  ...twice(),
  ...more,
  driver: {
    bins: times(66, index =>
      binAt(index * 500, isBad(index * 500) ? {outcomes: outcomesThen, p99Ms: null} : {}),
    ),
    phases: [
      figuresOf(baseline, 400),
      figuresOf(fault, 400),
      figuresOf(recovery, 1000),
      figuresOf(second, 400),
      figuresOf(secondRecovery, 999),
    ],
    ...more.driver,
  },
});
test(
  'both recoveries',
  tells,
  'slow-recovery',
  course(atMs => (atMs >= 5000 && atMs < 14_500) || (atMs >= 19_000 && atMs < 29_000)),
  [
    'fail recovery again',
    'recovery again: driver 6000 > 5000 ms of 999; 3 6',
    'recovery: driver 5500 > 5000 ms of 1000; 3 5.5',
  ],
);
test(
  '5 s',
  tells,
  'slow-recovery',
  course(atMs => atMs >= 5000 && atMs < 14_000),
  ['clear'],
);
test(
  'no recovery at all',
  tells,
  'slow-recovery',
  course(atMs => atMs >= 23_000),
  ['fail recovery again', 'recovery again: driver 10000 > 5000 ms of 999; 3 10'],
);
const probes = (...oks: boolean[]) => oks.map((ok, index) => ({atMs: 24_000 + index * 100, ok}));
const wedgedPlan = {
  plan: {
    ...twice().plan,
    thresholds: {'wedged-client': {wedgedMs: 5000}, 'silent-consumer': {silentMs: 5000}},
  },
};
test(
  'a silence to the end',
  tells,
  'wedged-client',
  course(atMs => atMs >= 24_000, bad, {...wedgedPlan, probes: probes(true, true, true, true, false)}),
  ['inconclusive; 4 5'],
);
test(
  'silences, the first in between',
  tells,
  'wedged-client',
  course(atMs => (atMs >= 5000 && atMs < 15_000) || atMs >= 24_000, bad, {
    ...wedgedPlan,
    probes: [{atMs: 10_000, ok: true}, ...probes(true)],
  }),
  ['fail stall', 'stall: driver 6000 > 5000 ms of 1; 6.0 1 1', 'again: driver 9000 > 5000 ms of 1; 9.0 1 1'],
);
test(
  'a silence just not too long',
  tells,
  'wedged-client',
  course(atMs => atMs >= 28_000, bad, {...wedgedPlan, probes: probes(true)}),
  ['inconclusive; 5.0 5.0'],
);
test(
  'a silence of 2 s',
  tells,
  'wedged-client',
  course(atMs => atMs >= 31_000, bad, {...wedgedPlan, probes: probes(true)}),
  ['inconclusive; 2.0 5.0'],
);
test(
  'a silence of 1.5 s',
  tells,
  'wedged-client',
  course(atMs => atMs >= 31_500, bad, {...wedgedPlan, probes: probes(true)}),
  ['clear'],
);
test(
  'a way that is not free',
  tells,
  'wedged-client',
  course(atMs => atMs >= 24_000, bad, {...wedgedPlan, probes: probes(true, true, true, false)}),
  ['inconclusive; 3 4'],
);
const hung = {...outcomes, ok: 0, hung: 50};
test(
  'callers that wait',
  tells,
  'silent-consumer',
  course(atMs => atMs >= 24_000, hung, {...wedgedPlan, probes: probes(true, false)}),
  ['fail again', 'again: driver 9000 > 5000 ms of 900; 900 9.0 1 2'],
);
for (const status of ['failed', 'unknown', 'rejected', 'wrong'] as const) {
  test(
    `one that is ${status}`,
    tells,
    'silent-consumer',
    course(
      atMs => atMs >= 24_000,
      {...hung, hung: 49, [status]: 1},
      {...wedgedPlan, probes: probes(true, true)},
    ),
    ['clear'],
  );
}
test(
  'nothing before either',
  tells,
  'silent-consumer',
  course(() => true, hung, {...wedgedPlan, probes: probes(true)}),
  ['inconclusive'],
);
const refusedBins = {...outcomes, ok: 25, rejected: 25};
const breaker = {plan: {...twice().plan, thresholds: {'breaker-stuck': {resetMs: 2000, graceMs: 1000}}}};
test(
  'when it was open last',
  tells,
  'breaker-stuck',
  course(atMs => atMs >= 25_000 && atMs < 26_500, refusedBins, breaker),
  ['fail recovery again', 'recovery again: driver 3500 > 3000 ms of 75; 75 3.5'],
);
test(
  'open for as long as it may',
  tells,
  'breaker-stuck',
  course(atMs => atMs < 26_000, refusedBins, breaker),
  ['clear'],
);
test(
  'less than half refused',
  tells,
  'breaker-stuck',
  course(() => true, {...outcomes, ok: 26, rejected: 24}, breaker),
  ['clear'],
);
test(
  'before the recovery',
  tells,
  'breaker-stuck',
  course(atMs => atMs < 23_000, refusedBins, breaker),
  ['clear'],
);
test(
  'open to the end',
  tells,
  'breaker-stuck',
  course(atMs => atMs >= 23_000, refusedBins),
  ['inconclusive; 35'],
);
const counted = (perBin: number): TrialChanges => ({
  ledger: {
    ...booksOf([{phase: fault}]).ledger!,
    attemptsByBin: times(66, index => (index < 2 || index > 64 ? 1000 : perBin)),
  },
});
const afterwards = (share: number, perBin: number): TrialChanges =>
  course(
    atMs => atMs >= 26_500,
    {...outcomes, ok: 50 * share, failed: 50 * (1 - share)},
    {
      ...counted(perBin),
      plan: {
        ...twice().plan,
        operation: {deadlineMs: 100, idempotent: true},
        thresholds: {metastable: {afterMs: 3500, goodputShare: 0.5}},
      },
    },
  );
test('bad by its own retries', tells, 'metastable', afterwards(0.4, 90), [
  'fail recovery again',
  'recovery again: driver 0.4 > 0.5 share of 650; 3.5 40 3.20',
]);
test('good enough', tells, 'metastable', afterwards(1, 90), ['clear']);
test('goodput at the limit', tells, 'metastable', afterwards(0.5, 90), ['clear']);
test('without many retries', tells, 'metastable', afterwards(0.2, 60), [
  'fail recovery again',
  'recovery again: driver 0.2 > 0.5 share of 650; 3.5 20 2.65',
]);
const bursting = (rows: readonly (readonly [count: number, fromMs: number])[]): TrialChanges => ({
  ...twice(),
  ledger: {
    ...booksOf([{phase: fault}]).ledger!,
    attemptsByBin: times(66, index => (index === 1 || index === 10 ? 999 : 50)),
    attemptTimes: rows.flatMap(([count, fromMs], row) => times(count, index => [row * 1000 + index, fromMs])),
  },
});
test(
  'the first second of both recoveries',
  tells,
  'replay-burst',
  bursting([
    [301, 9000],
    [302, 23_999],
  ]),
  [
    'warn recovery again',
    'recovery again: target 3.02 > 3 ratio of 302; 302 100',
    'recovery: target 3.01 > 3 ratio of 301; 301 100',
  ],
);
test(
  'what comes before and after it',
  tells,
  'replay-burst',
  bursting([
    [301, 8999],
    [301, 10_000],
    [300, 9000],
  ]),
  ['clear'],
);

// Deliveries to a consumer beside the operations: 50 in each half second until they end.
type Consumer = {
  readonly untilMs: number;
  /** By operation: what is still in the queue; null where verify() does not tell. */
  readonly queued?: readonly number[] | null;
  readonly delivered?: readonly number[];
  readonly ok?: number;
  readonly answered?: number;
};
const consuming = ({
  untilMs,
  queued = [1, 1, 0, 1, 1, 1],
  delivered = [0, 0, 0, 1],
  ok = 50,
  answered,
}: Consumer): TrialChanges => ({
  ...twice(),
  ...wedgedPlan,
  driver: {
    ...booksOf([
      {phase: fault},
      {phase: fault, status: 'failed'},
      {phase: fault},
      {phase: fault},
      {phase: second},
      {phase: second},
    ]).driver,
    bins: times(66, index =>
      binAt(index * 500, {
        outcomes: {...outcomes, ok, failed: 50 - ok},
        ...(answered !== undefined && {answered}),
      }),
    ),
  },
  deliveries: Uint8Array.from(delivered),
  deliveryBins: times(untilMs / 500, index => ({startMs: index * 500, durationMs: 500, count: 50})),
  verified: queued && {
    applied: new Uint8Array(),
    owed: new Uint8Array(),
    queued: Uint8Array.from(queued),
    reordered: null,
  },
});
test('deliveries that end with the second fault', tells, 'silent-consumer', consuming({untilMs: 20_000}), [
  'fail again',
  'again: driver 10000 > 5000 ms of 3; 10.0 1000 3; defaults-1-0 defaults-1-4 defaults-1-5',
]);
test('deliveries that end in its recovery', tells, 'silent-consumer', consuming({untilMs: 27_500}), [
  'fail again',
  'again: driver 5500 > 5000 ms of 3; 5.5 550 3; defaults-1-0 defaults-1-4 defaults-1-5',
]);
test('5 s without deliveries', tells, 'silent-consumer', consuming({untilMs: 28_000}), [
  'inconclusive; 5.0 3 5.0',
]);
test('one that waits', tells, 'silent-consumer', consuming({untilMs: 28_000, queued: [1]}), [
  'inconclusive; 5.0 1 5.0',
]);
test('2 s without deliveries', tells, 'silent-consumer', consuming({untilMs: 31_000}), [
  'inconclusive; 2.0 3 5.0',
]);
test('1.5 s without deliveries', tells, 'silent-consumer', consuming({untilMs: 31_500}), ['clear']);
test('deliveries to the end', tells, 'silent-consumer', consuming({untilMs: 33_000}), ['clear']);
test('nothing that waits', tells, 'silent-consumer', consuming({untilMs: 20_000, queued: [0, 1, 0, 1]}), [
  'clear',
]);
test('a queue that nobody told of', tells, 'silent-consumer', consuming({untilMs: 20_000, queued: null}), [
  'inconclusive; 10.0',
]);
test(
  'producers that get through by their answers',
  tells,
  'silent-consumer',
  consuming({untilMs: 20_000, ok: 0, answered: 1}),
  ['fail again', 'again: driver 10000 > 5000 ms of 3; 10.0 20 3; defaults-1-0 defaults-1-4 defaults-1-5'],
);
test('no answers to producers', tells, 'silent-consumer', consuming({untilMs: 20_000, answered: 0}), [
  'clear',
]);
test(
  'no delivery at all',
  tells,
  'silent-consumer',
  {...consuming({untilMs: 0}), deliveryBins: null, deliveries: null},
  ['inconclusive'],
);
test(
  'no delivery at all, and none that waits',
  tells,
  'silent-consumer',
  {...consuming({untilMs: 0, queued: [0]}), deliveryBins: null, deliveries: null},
  ['clear'],
);
for (const [title, waits] of [
  ['one message', [1]],
  ['two messages', [1, 0, 0, 0, 1]],
] as const) {
  test(`${title}: how many are still there`, t => {
    const finding = detectOne('silent-consumer', trialWith(consuming({untilMs: 28_000, queued: waits})));
    t.regex(
      finding.verdict === 'inconclusive' ? finding.reason : '',
      waits.length === 1 ? /1 acknowledged message is / : /2 acknowledged messages are /,
    );
  });
}
test(
  'callers that could not even start',
  tells,
  'silent-consumer',
  {
    ...course(atMs => atMs >= 24_000, {...hung, hung: 0}, {...wedgedPlan, probes: probes(true)}),
    driver: {
      bins: times(66, index =>
        binAt(index * 500, index < 48 ? {} : {started: 0, dropped: 5, outcomes: {...outcomes, ok: 0}}),
      ),
    },
  },
  ['fail again', 'again: driver 9000 > 5000 ms of 0; 9.0 1 1'],
);
const silentBut = (...times_: readonly number[]): TrialChanges =>
  course(atMs => atMs >= 24_000 && !times_.includes(atMs), bad, {...wedgedPlan, probes: probes(true)});
test('a success in the silence', tells, 'wedged-client', silentBut(29_000), ['inconclusive; 3.5 5.0']);
test('a success as it begins', tells, 'wedged-client', silentBut(24_000), ['inconclusive']);
test(
  'a recovery that was not reached',
  tells,
  'wedged-client',
  {...course(() => false), edges: trialWith().edges},
  ['inconclusive'],
);
test(
  'no recovery that was reached',
  tells,
  'wedged-client',
  {...course(() => false), edges: trialWith().edges.slice(0, 3)},
  ['inconclusive'],
);
test(
  'goodput at its limit',
  tells,
  'metastable',
  {
    ...afterwards(1, 90),
    plan: {...afterwards(1, 90).plan, thresholds: {metastable: {afterMs: 3500, goodputShare: 1}}},
  },
  ['clear'],
);
test(
  'watched for no longer than it takes',
  tells,
  'metastable',
  {
    ...afterwards(0.4, 90),
    plan: {
      ...twice().plan,
      operation: {deadlineMs: 2000, idempotent: true},
      thresholds: {metastable: {afterMs: 3500}},
    },
  },
  ['inconclusive; 10'],
);
test(
  'attempts at the limit',
  tells,
  'metastable',
  {
    ...afterwards(0.4, 100),
    plan: {...afterwards(0.4, 90).plan, thresholds: {metastable: {afterMs: 3500, attemptsRatio: 200 / 65}}},
  },
  ['fail recovery again', 'recovery again: driver 0.4 > 0.9 share of 650; 3.5 40 3.38'],
);
test(
  'ten times the deadline',
  tells,
  'metastable',
  {
    ...afterwards(0.4, 90),
    plan: {...afterwards(0.4, 90).plan, thresholds: {metastable: {afterMs: 3500, deadlineCount: 40}}},
  },
  ['fail recovery again', 'recovery again: driver 0.4 > 0.9 share of 600; 4 40 3.32'],
);

test('some of many recoveries are named', t => {
  const [warm, calm, faulty, last] = trialWith().plan.phases as unknown as readonly [
    Phase,
    Phase,
    Phase,
    Phase,
  ];
  const rounds = (count: number) =>
    times(count, round => [faulty, {...last, name: `after ${round + 1}`}] as const).flat();
  const statementOf = (count: number): string => {
    const phases = [warm, calm, ...rounds(count)].map(phase => ({...phase, durationMs: 2000}));
    const trial = trialWith({
      plan: {phases: phases as unknown as Plan['phases'], thresholds: {'wedged-client': {wedgedMs: 3000}}},
      loadEndedMs: 2000 * phases.length,
      probes: [{atMs: 7000, ok: true}],
      driver: {bins: times(4 * phases.length, index => binAt(index * 500, index < 8 ? {} : {outcomes: bad}))},
    });
    return presentOf(detectOne('wedged-client', trial)).evidence[0].statement;
  };
  t.regex(statementOf(3), /after 1, after 2, after 3\b(?! and)/);
  t.regex(statementOf(5), /after 1, after 2, after 3 and 2 more phases/);
});
