// All that detectors of operations and their effects say: how grave it is, and each piece of evidence with its phase, witness, value, limit,
// unit, count, figures and examples. Of two phases the worse one comes first, although it came later.
import test from 'ava';
import type {DeliveryPromise} from '../../src/model/choices.ts';
import type {Plan} from '../../src/model/plan.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {tells} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  fault,
  figuresOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';
import {failure, second, secondRecovery, twice} from '../helpers/trial-twice.ts';

const idempotent = {operation: {deadlineMs: 2000, idempotent: true}};

const endedAs = (status: 'hung' | 'wrong'): TrialChanges => ({
  ...twice(),
  driver: {
    ...booksOf([
      {phase: warmUp, status},
      {phase: fault, status},
      {phase: fault},
      ...Array.from({length: 4}, () => ({phase: second, status})),
      {phase: fault, status},
    ]).driver,
    phases: [
      figuresOf(baseline, 400),
      figuresOf(fault, 300, {outcomes: {[status]: 2}, hungMoved: 1}),
      figuresOf(second, 400, {outcomes: {[status]: 4}, settledAfterHung: 3, hungMoved: 4}),
    ],
    drained: {atMs: 34_000, inFlight: 1},
  },
  kept: [
    {what: 'process-report', phase: null, file: 'unwritten.json', bytes: null},
    {what: 'process-report', phase: null, file: 'hung.report.json', bytes: 10},
  ] as unknown as NonNullable<TrialChanges['kept']>,
});
test('both phases and the report', tells, 'hung-operation', endedAs('hung'), [
  'fail again',
  'again: driver 4 > 0 count of 400; 4 400 3 3; defaults-1-3 defaults-1-4 defaults-1-5',
  'stall: driver 2 > 0 count of 300; 2 300 3 1; defaults-1-1 defaults-1-7',
  'drain: system 1 > 0 count of 1; 1; trials/defaults-1/hung.report.json',
]);
test('both phases', tells, 'crossed-response', endedAs('wrong'), [
  'fail again',
  'again: driver 4 > 0 count of 400; 4; defaults-1-3 defaults-1-4 defaults-1-5',
  'stall: driver 2 > 0 count of 300; 2; defaults-1-1 defaults-1-7',
]);
test('both phases', tells, 'no-default-timeout', endedAs('hung'), [
  'warn again',
  'again: driver 4 > 0 count of 4; 4; defaults-1-3 defaults-1-4 defaults-1-5',
  'stall: driver 2 > 0 count of 2; 2; defaults-1-1 defaults-1-7',
]);
test(
  'how many overran, and how many hung',
  tells,
  'deadline-overrun',
  {
    ...twice(),
    driver: {
      phases: [
        figuresOf(warmUp, 100, {overrun: 90}),
        figuresOf(fault, 1000, {overrun: 2, outcomes: {hung: 7}}),
        figuresOf(second, 1000, {overrun: 3}),
      ],
      slowest: [fault, fault, fault, fault, second].map((phase, index) => ({
        id: `defaults-1-${index}`,
        index,
        phase,
        startMs: 6000,
        durationMs: 2251,
        status: 'ok' as const,
      })),
    },
  },
  [
    'warn again',
    'again: driver 0.003 > 0.001 share of 1000; 3 1000 2.25; defaults-1-4',
    'stall: driver 0.002 > 0.001 share of 1000; 2 1000 2.25 7; defaults-1-0 defaults-1-1 defaults-1-2',
  ],
);
const answersOf = (changes: (count: number) => Parameters<typeof figuresOf>[2]): TrialChanges => ({
  ...twice(),
  driver: {
    phases: [
      figuresOf(baseline, 10, {intact: 1, emptyTold: 1}),
      figuresOf(fault, 20, changes(1)),
      figuresOf(second, 30, changes(2)),
      figuresOf(secondRecovery, 40, changes(3)),
    ],
  },
});
test(
  'all phases',
  tells,
  'truncation-accepted',
  answersOf(truncated => ({truncated})),
  [
    'fail recovery again',
    'recovery again: driver 3 > 0 count of 40; 3',
    'again: driver 2 > 0 count of 30; 2',
    'stall: driver 1 > 0 count of 20; 1',
  ],
);
test(
  'phases with faults',
  tells,
  'swallowed-error',
  answersOf(empty => ({empty, emptyTold: 9})),
  ['fail again', 'again: driver 2 > 0 count of 30; 2', 'stall: driver 1 > 0 count of 20; 1'],
);
test(
  'nothing but what was cut',
  tells,
  'truncation-accepted',
  {
    driver: {phases: [figuresOf(fault, 20, {truncated: 1})]},
  },
  ['fail stall', 'stall: driver 1 > 0 count of 20; 1'],
);
test(
  'nothing but what was whole',
  tells,
  'truncation-accepted',
  {
    driver: {phases: [figuresOf(fault, 20, {intact: 1})]},
  },
  ['clear'],
);
const bare = (
  count: number,
  countByPhase: {readonly [phase: number]: number},
  examples: readonly string[],
) => ({
  ...failure('', count, countByPhase),
  error: {name: 'Error', code: null, message: `broken ${count}`, stack: [], causes: []},
  examples: examples.map(id => ({
    id,
    index: 0,
    phase: fault,
    startMs: 0,
    durationMs: 1,
    status: 'unknown' as const,
  })),
});
test(
  'the most frequent error',
  tells,
  'unclassified-errors',
  {
    ...twice(),
    driver: {
      failures: [
        bare(5, {[fault]: 5}, ['rare']),
        bare(9, {[fault]: 4, [second]: 5}, ['a', 'b', 'c', 'd']),
        failure('ECONNRESET', 6, {[fault]: 6}),
        {...bare(90, {[fault]: 90}, []), status: 'wrong' as const},
        {
          ...bare(0, {}, []),
          error: {...bare(0, {}, []).error, causes: ['Error: why']},
        },
      ],
    },
  },
  ['warn again', 'again: driver 0.7 > 0.05 share of 20; 14 20 9; a b c'],
);
const thrown = (name: string): TrialChanges => ({
  driver: {failures: [{...bare(20, {[fault]: 20}, []), error: {...bare(20, {}, []).error, name}}]},
});
for (const name of ['Error', 'TypeError', 'object', 'string', 'number', 'undefined']) {
  test(`what ${name} is`, tells, 'unclassified-errors', thrown(name), [
    'warn stall',
    'stall: driver 1 > 0.05 share of 20; 20 20 20',
  ]);
}
test('a class of its own', tells, 'unclassified-errors', thrown('ShopDown'), ['clear']);

// Effects.
const effects = (count: number, status: 'ok' | 'failed' = 'ok'): TrialChanges => ({
  ...twice(),
  ...booksOf([
    {phase: baseline, effects: 1},
    {phase: fault, effects: count, status},
    {phase: second, effects: count, status},
    {phase: second, effects: 1},
    {phase: second, effects: count, status},
  ]),
});
test('phases of what was lost', tells, 'lost-acknowledged', effects(0), [
  'fail again',
  'again: target 2 > 0 count of 0; 2; defaults-1-2 defaults-1-4',
  'stall: target 1 > 0 count of 400; 1; defaults-1-1',
]);
test('phases of what came twice', tells, 'duplicate-effect', effects(2), [
  'fail again',
  'again: target 2 > 0 count of 0; 2; defaults-1-2 defaults-1-4',
  'stall: target 1 > 0 count of 400; 1; defaults-1-1',
]);
test('phases of what was applied', tells, 'false-failure', effects(1, 'failed'), [
  'fail again',
  'again: target 2 > 0 count of 0; 2; defaults-1-2 defaults-1-4',
  'stall: target 1 > 0 count of 400; 1; defaults-1-1',
]);
test(
  'idempotent operations',
  tells,
  'duplicate-effect',
  {...effects(2), plan: {...twice().plan, ...idempotent}},
  ['inconclusive'],
);
test(
  'the first of many',
  tells,
  'reordered',
  {
    ...booksOf([{phase: baseline}, {phase: baseline}, {phase: fault}, {phase: fault}, {phase: fault}]),
    verified: {
      applied: new Uint8Array(),
      owed: null,
      queued: null,
      reordered: {count: 9, first: [2, 3, 4, 0]},
    },
  },
  ['fail stall', 'stall: target 9 > 0 count of 5; 9; defaults-1-2 defaults-1-3 defaults-1-4'],
);

// Of operations beyond the end of what was applied nothing was.
const beyond = (status: 'ok' | 'failed'): TrialChanges => ({
  ...booksOf([{phase: baseline}, {phase: fault, status}, {phase: fault, status}]),
  verified: {applied: Uint8Array.from([1]), owed: null, queued: null, reordered: null},
});
test('what was never seen', tells, 'lost-acknowledged', beyond('ok'), [
  'fail stall',
  'stall: target 2 > 0 count of 400; 2; defaults-1-1 defaults-1-2',
]);
test('what was never seen', tells, 'duplicate-effect', beyond('ok'), ['clear']);
test('what was never seen', tells, 'false-failure', beyond('failed'), ['clear']);
const allowed = (thresholds: Plan['thresholds'], changes: TrialChanges): TrialChanges => ({
  ...changes,
  plan: {...changes.plan, thresholds: thresholds ?? {}},
});
test(
  'as many as are allowed',
  tells,
  'lost-acknowledged',
  allowed({'lost-acknowledged': {lostCount: 1}}, effects(0)),
  ['fail again', 'again: target 2 > 1 count of 0; 2; defaults-1-2 defaults-1-4'],
);
test(
  'as many as are allowed',
  tells,
  'duplicate-effect',
  allowed({'duplicate-effect': {duplicateCount: 1}}, effects(2)),
  ['fail again', 'again: target 2 > 1 count of 0; 2; defaults-1-2 defaults-1-4'],
);
test(
  'as many as are allowed',
  tells,
  'false-failure',
  allowed({'false-failure': {appliedCount: 1}}, effects(1, 'failed')),
  ['fail again', 'again: target 2 > 1 count of 0; 2; defaults-1-2 defaults-1-4'],
);
test(
  'as many as are allowed',
  tells,
  'hung-operation',
  allowed({'hung-operation': {hungCount: 2}}, endedAs('hung')),
  [
    'fail again',
    'again: driver 4 > 2 count of 400; 4 400 3 3; defaults-1-3 defaults-1-4 defaults-1-5',
    'drain: system 1 > 0 count of 1; 1; trials/defaults-1/hung.report.json',
  ],
);
test(
  'as many as are allowed',
  tells,
  'crossed-response',
  allowed({'crossed-response': {crossedCount: 2}}, endedAs('wrong')),
  ['fail again', 'again: driver 4 > 2 count of 400; 4; defaults-1-3 defaults-1-4 defaults-1-5'],
);
test(
  'as many as are allowed',
  tells,
  'no-default-timeout',
  allowed({'no-default-timeout': {unsettledCount: 2}}, endedAs('hung')),
  ['warn again', 'again: driver 4 > 2 count of 4; 4; defaults-1-3 defaults-1-4 defaults-1-5'],
);
test(
  'as many as are allowed',
  tells,
  'truncation-accepted',
  allowed(
    {'truncation-accepted': {truncatedCount: 1}},
    answersOf(truncated => ({truncated})),
  ),
  [
    'fail recovery again',
    'recovery again: driver 3 > 1 count of 40; 3',
    'again: driver 2 > 1 count of 30; 2',
  ],
);
test(
  'as many as are allowed',
  tells,
  'swallowed-error',
  allowed(
    {'swallowed-error': {emptyCount: 1}},
    answersOf(empty => ({empty, emptyTold: 9})),
  ),
  ['fail again', 'again: driver 2 > 1 count of 30; 2'],
);

// What came to a consumer, where each message is promised exactly once, or something else.
const delivered = (
  promise: DeliveryPromise,
  idempotent: boolean,
  changes: TrialChanges = {},
): TrialChanges => ({
  ...twice(),
  ...booksOf([
    {phase: baseline, effects: 1},
    {phase: fault, effects: 1},
    {phase: second, effects: 1},
    {phase: second, effects: 1},
    {phase: second, effects: 2},
  ]),
  plan: {...twice().plan, operation: {deadlineMs: 2000, idempotent, deliveries: promise}},
  deliveries: Uint8Array.from([2, 1, 0, 3, 1]),
  redeliveredIn: Uint8Array.from([fault + 1, 0, 0, second + 1, 0]),
  verified: {
    applied: Uint8Array.from([1, 1, 1, 1, 2]),
    owed: Uint8Array.from([1, 1, 1, 1, 1]),
    queued: new Uint8Array(5),
    reordered: null,
  },
  ...changes,
});
for (const promise of ['exactly-once', 'at-most-once', 'at-least-once'] as const) {
  test(`what came twice, at the consumer or the server, where it is promised ${promise}`, t => {
    const finding = detectOne('duplicate-effect', trialWith(delivered(promise, false)));
    const counts =
      finding.verdict === 'present'
        ? finding.evidence.map(({phase, value, witness}) => `${phase} ${value} ${witness}`)
        : [];
    const atConsumer = ['stall 1 driver', 'again 1 driver'];
    t.deepEqual(counts, promise === 'at-least-once' ? ['again 1 target'] : ['again 1 target', ...atConsumer]);
  });
}
test('what came twice, where only that matters', tells, 'duplicate-effect', delivered('exactly-once', true), [
  'fail stall',
  'stall: driver 1 > 0 count of 400; 1; defaults-1-0',
  'again: driver 1 > 0 count of 0; 1; defaults-1-3',
]);
test('nothing of a promise that allows it', tells, 'duplicate-effect', delivered('at-least-once', true), [
  'inconclusive',
]);
test('what never came', tells, 'lost-acknowledged', delivered('exactly-once', false), [
  'fail again',
  'again: driver 1 > 0 count of 0; 1; defaults-1-2',
]);
test('nothing of a promise that allows that', tells, 'lost-acknowledged', delivered('at-most-once', false), [
  'clear',
]);
test('no delivery at all', tells, 'duplicate-effect', delivered('exactly-once', true, {deliveries: null}), [
  'inconclusive',
]);
test('no delivery at all', tells, 'lost-acknowledged', delivered('exactly-once', false, {deliveries: null}), [
  'inconclusive',
]);
test(
  'no delivery, and an effect that was lost',
  tells,
  'lost-acknowledged',
  delivered('exactly-once', false, {
    deliveries: null,
    verified: {applied: Uint8Array.from([1, 0, 1, 1, 1]), owed: null, queued: null, reordered: null},
  }),
  ['fail stall', 'stall: target 1 > 0 count of 400; 1; defaults-1-1'],
);
test('nobody tells of effects', tells, 'duplicate-effect', {}, ['inconclusive']);
// What was acknowledged in the calm, and reached its deadline and grace only after the fault had come.
test(
  'what the fault may have taken',
  tells,
  'lost-acknowledged',
  {
    ...booksOf([{phase: baseline, effects: 1}, {phase: baseline}, {phase: baseline}]),
    driver: {
      ...booksOf([{phase: baseline}, {phase: baseline}, {phase: baseline}]).driver,
      bins: [binAt(1000, {phase: baseline, started: 2}), binAt(1500, {phase: baseline, started: 1})],
    },
    verified: {applied: Uint8Array.from([1, 0, 0]), owed: null, queued: null, reordered: null},
  },
  [
    'fail baseline',
    'baseline: target 1 > 0 count of 400; 1; defaults-1-1',
    'stall: target 1 > 0 count of 400; 1; defaults-1-2',
  ],
);
