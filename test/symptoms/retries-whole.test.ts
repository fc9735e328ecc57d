// All that detectors of retries say: how grave it is, and each piece of evidence with its phase, witness, value, limit,
// unit, count, figures and examples. Of two phases the worse one comes first, although it came later.
import test from 'ava';
import {type Fault, resetPeer, stall} from '../../src/model/fault.ts';
import {httpStatus} from '../../src/model/http-fault.ts';
import type {HttpHit} from '../../src/model/proxy-witness.ts';
import {tells} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  fault,
  figuresOf,
  recovery,
  type TrialChanges,
  warmUp,
} from '../helpers/trial-believable.ts';
import {second, times, twice} from '../helpers/trial-twice.ts';

const idempotent = {operation: {deadlineMs: 2000, idempotent: true}};

type Attempts = readonly (readonly [phase: number, ...atMs: number[]])[];
const tried = (rows: Attempts, changes: TrialChanges): TrialChanges => {
  const books = booksOf(rows.map(([phase, ...times]) => ({phase, attempts: times.length})));
  return {
    ...changes,
    driver: {...books.driver, ...changes.driver},
    ledger: {...books.ledger!, attemptTimes: rows.map(([, ...times], index) => [index, ...times])},
  };
};
/** So many operations with a pause of so many ms, then twice that. */
const paused = (phase: number, count: number, pauseMs: number, growth = 2): Attempts =>
  times(count, index => [
    phase,
    5000 + index,
    5000 + index + pauseMs,
    5000 + index + pauseMs + growth * pauseMs,
  ]);
test(
  'short pauses of both phases',
  tells,
  'no-backoff',
  tried([...paused(fault, 10, 20), ...paused(second, 11, 30)], twice()),
  [
    'warn again',
    'again: target 45 > 50 ms of 11; 45; defaults-1-10 defaults-1-11 defaults-1-12',
    'stall: target 30 > 50 ms of 10; 30; defaults-1-0 defaults-1-1 defaults-1-2',
  ],
);
test('pauses just long enough', tells, 'no-backoff', tried(paused(fault, 10, 50 / 1.5, 2), twice()), [
  'clear',
]);
test(
  'pauses that hardly grow',
  tells,
  'no-backoff',
  tried([...paused(fault, 10, 100, 1.4), ...paused(second, 10, 100, 1.45)], twice([resetPeer()])),
  [
    'warn again',
    'again: target 1.45 > 1.5 ratio of 10; 123 1.45; defaults-1-10 defaults-1-11 defaults-1-12',
    'stall: target 1.4 > 1.5 ratio of 10; 120 1.40; defaults-1-0 defaults-1-1 defaults-1-2',
  ],
);
test(
  'pauses that grow enough',
  tells,
  'no-backoff',
  tried(paused(fault, 10, 100, 1.5), twice([resetPeer()])),
  ['clear'],
);
test('too few pauses', tells, 'no-backoff', tried(paused(fault, 9, 1), twice()), ['inconclusive; 10']);
test(
  'pauses that are alike',
  tells,
  'no-jitter',
  tried([...paused(fault, 30, 200), ...paused(second, 31, 300)], twice()),
  [
    'warn stall',
    'stall: target 0 > 0.05 ratio of 30; 200 0.0',
    'again: target 0 > 0.05 ratio of 31; 300 0.0',
  ],
);
test('pauses at the shortest limit', tells, 'no-jitter', tried(paused(fault, 30, 10), twice()), ['clear']);
test('pauses below it', tells, 'no-jitter', tried(paused(fault, 30, 9), twice()), ['clear']);
test('too few to tell', tells, 'no-jitter', tried(paused(fault, 29, 200), twice()), ['inconclusive; 30']);
test(
  'the phases by their most',
  tells,
  'unbounded-retries',
  tried(
    [
      [warmUp, ...times(9, index => index)],
      [baseline, 1, 2, 3, 4],
      [fault, 1, 2, 3, 4, 5],
      [second, 1, 2, 3, 4, 5, 6, 7],
      [second, 1, 2, 3, 4],
      [second, 1, 2, 3],
      [recovery, 1, 2, 3, 4, 5, 6],
    ],
    twice(),
  ),
  [
    'warn again',
    'again: target 7 > 3 count of 2; 2 3 7; defaults-1-3 defaults-1-4',
    'recovery: target 6 > 3 count of 1; 1 3 6; defaults-1-6',
    'stall: target 5 > 3 count of 1; 1 3 5; defaults-1-2',
  ],
);
const amplified = (rows: Attempts): TrialChanges =>
  tried(rows, {...twice(), driver: {phases: [figuresOf(fault, 2), figuresOf(second, 2)]}});
test(
  'attempts of both phases',
  tells,
  'retry-amplification',
  amplified([
    [fault, 1, 2, 3],
    [fault, 1, 2],
    [second, 1, 2, 3, 4],
    [second, 1, 2, 3],
  ]),
  [
    'fail again',
    'again: target 3.5 > 3 ratio of 2; 7 2 3.50; defaults-1-2 defaults-1-3',
    'stall: target 2.5 > 1.1 ratio of 2; 5 2 2.50; defaults-1-0 defaults-1-1',
  ],
);
test(
  'at the limit',
  tells,
  'retry-amplification',
  amplified([
    [fault, 1, 2, 3],
    [fault, 1],
    [second, 1],
    [second, 1],
  ]),
  ['warn stall', 'stall: target 2 > 1.1 ratio of 2; 4 2 2.00; defaults-1-0'],
);
test(
  'at the limit of a failure',
  tells,
  'retry-amplification',
  amplified([
    [fault, 1, 2, 3],
    [fault, 1, 2, 3],
  ]),
  ['warn stall', 'stall: target 3 > 1.1 ratio of 2; 6 2 3.00; defaults-1-0 defaults-1-1'],
);

const statusHits = (
  status: number,
  rows: readonly (readonly [phase: number, ...atMs: number[]])[],
): TrialChanges => ({
  ...tried(
    rows.map(([phase]) => [phase]),
    {},
  ),
  injectorLog: {
    connections: [],
    connectionsLeftOut: 0,
    hitsLeftOut: 0,
    hits: rows.flatMap(([, ...at], index) =>
      at.map(
        (atMs): HttpHit => ({
          toxic: 'stall-1-httpStatus',
          connection: 1,
          request: 1,
          method: 'GET',
          path: '/',
          operationId: `defaults-1-${index}`,
          atMs,
          action: `status-${status}`,
          bodyBytes: null,
        }),
      ),
    ),
  },
});
const again: Attempts = [
  [fault, 1, 9],
  [fault, 5],
  [second, 1, 9],
  [second, 1, 9],
  [second, 1, 9],
  [second, 1, 9],
];
for (const status of [400, 404, 499]) {
  test(`${status} again`, tells, 'retries-non-retryable', {...twice(), ...statusHits(status, again)}, [
    'warn again',
    `again: injector 4 > 0 count of 8; 4 ${status}; defaults-1-2 defaults-1-3 defaults-1-4 #1`,
    `stall: injector 1 > 0 count of 3; 1 ${status}; defaults-1-0 #1`,
  ]);
}
for (const status of [399, 408, 425, 429, 500]) {
  test(`${status} again`, tells, 'retries-non-retryable', {...twice(), ...statusHits(status, again)}, [
    'inconclusive; 4',
  ]);
}
const asked = (status: number): Fault[] => [httpStatus({status, retryAfterSeconds: 1})];
const early: Attempts = [
  [fault, 0, 949],
  [fault, 0, 950],
  [second, 0, 9],
  [second, 0, 9],
  [second, 0],
  [second, 0, 8],
  [second, 0, 7],
];
for (const status of [429, 503]) {
  const changes = {...twice(asked(status)), ...statusHits(status, early)};
  test(`${status} with a Retry-After`, tells, 'retry-after-ignored', changes, [
    'warn again',
    `again: injector 4 > 0 count of 13; 4 1 ${status}; defaults-1-2 defaults-1-3 defaults-1-5 #1`,
    `stall: injector 1 > 0 count of 13; 1 1 ${status}; defaults-1-0 #1`,
  ]);
}
for (const status of [428, 504]) {
  const changes = {...twice(asked(status)), ...statusHits(status, early)};
  test(`${status} with a Retry-After`, tells, 'retry-after-ignored', changes, ['inconclusive']);
}
const lost = (failed: number, more: TrialChanges['driver'] = {}): TrialChanges =>
  tried(
    [
      [fault, 1],
      [fault, 1],
      [second, 1],
      [second, 1],
      [second, 1],
    ],
    {
      ...twice([resetPeer({probability: 0.5})], idempotent),
      driver: {
        outcomes: Uint8Array.from([0, 1, 2, 0, 1]),
        phases: [
          figuresOf(fault, 10, {outcomes: {failed, unknown: 1}}),
          figuresOf(second, 20, {outcomes: {failed: failed + 1, unknown: 1}}),
        ],
        ...more,
      },
    },
  );
test('what was given up', tells, 'never-retries-transient', lost(2), [
  'warn again',
  'again: driver 4 > 0 count of 20; 4 20; defaults-1-2',
  'stall: driver 3 > 0 count of 10; 3 10',
]);
test('a few', tells, 'never-retries-transient', lost(0), [
  'warn again',
  'again: driver 2 > 0 count of 20; 2 20; defaults-1-2',
  'stall: driver 1 > 0 count of 10; 1 10',
]);
const cutBy = (...faults: Fault[]): TrialChanges => ({...lost(2), plan: twice(faults, idempotent).plan!});
for (const cut of [{nth: 2}, {firstN: 1}, {hitLimit: 1}, {probability: 0.5}]) {
  test(`what is cut by ${JSON.stringify(cut)}`, tells, 'never-retries-transient', cutBy(resetPeer(cut)), [
    'warn again',
    'again: driver 4 > 0 count of 20; 4 20; defaults-1-2',
    'stall: driver 3 > 0 count of 10; 3 10',
  ]);
}
for (const [title, ...faults] of [
  ['more than one of two', resetPeer({probability: 0.51})],
  ['each', resetPeer({nth: 1})],
  ['one of two, and a stall', resetPeer({probability: 0.5}), stall()],
  ['none'],
] as const) {
  test(`what is cut: ${title}`, tells, 'never-retries-transient', cutBy(...faults), ['inconclusive']);
}
const staleBins = times(66, index => binAt(index * 500, {started: index < 10 ? 1 : 0}));
test(
  'the phase that is to blame',
  tells,
  'stale-work-sent',
  tried(
    times(10, index => [index < 5 ? warmUp : fault, ...(index < 5 ? [10] : [7000, 7001, 7502, 9000])]),
    {...twice(), driver: {bins: staleBins}},
  ),
  ['warn stall', 'stall: target 0.76 > 0.01 share of 25; 19 25; defaults-1-5 defaults-1-6 defaults-1-7'],
);

const spread = (byMs: number): TrialChanges =>
  tried(
    times(40, index => [fault, 5000, 5200 + (index % 4 < 2 ? 0 : byMs)]),
    twice(),
  );
test('a spread of 5 %', tells, 'no-jitter', spread(14), ['clear']);
test('a spread of a little less', tells, 'no-jitter', spread(13.8), [
  'warn stall',
  'stall: target 0.0494 > 0.05 ratio of 40; 207 4.9',
]);
test('no time of any attempt', tells, 'no-jitter', {}, ['inconclusive']);
test('nothing tried again', tells, 'no-jitter', tried([[fault, 1]], twice()), ['clear']);
test('nothing tried again', tells, 'no-backoff', tried([[fault, 1]], twice()), ['clear']);
test(
  'pauses of 50 ms',
  tells,
  'no-backoff',
  tried(
    times(10, index => [fault, 5000 + index, 5050 + index]),
    twice(),
  ),
  ['clear'],
);
test(
  'pauses of 49 ms',
  tells,
  'no-backoff',
  tried(
    times(10, index => [fault, 5000 + index, 5049 + index]),
    twice(),
  ),
  ['warn stall', 'stall: target 49 > 50 ms of 10; 49; defaults-1-0 defaults-1-1 defaults-1-2'],
);
test(
  'no pause at all',
  tells,
  'no-backoff',
  tried(
    times(10, () => [fault, 5000, 5000, 5000.05]),
    twice([resetPeer()]),
  ),
  ['warn stall', 'stall: target 0.025 > 50 ms of 10; 0 0.50; defaults-1-0 defaults-1-1 defaults-1-2'],
);
test(
  'growth of too few',
  tells,
  'no-backoff',
  tried([...paused(fault, 9, 100, 1), [fault, 5000, 5100]], twice([resetPeer()])),
  ['clear'],
);
test(
  'growth under another fault beside',
  tells,
  'no-backoff',
  tried(paused(fault, 10, 100, 1), twice([resetPeer(), stall()])),
  ['clear'],
);
const stale = (late: number, count: number): TrialChanges =>
  tried(
    times(count, index => [fault, index < late ? 7501 : 7500]),
    {...twice(), driver: {bins: [binAt(5000, {phase: fault, started: count})]}},
  );
test('1 of 100 attempts', tells, 'stale-work-sent', stale(1, 100), ['clear']);
test('1 of 99 attempts', tells, 'stale-work-sent', stale(1, 99), [
  'warn stall',
  'stall: target 0.0101 > 0.01 share of 99; 1 99; defaults-1-0',
]);
test(
  'attempts of the second fault',
  tells,
  'stale-work-sent',
  tried(
    times(4, index => [index === 0 ? fault : second, 25_000]),
    {
      ...twice(),
      driver: {bins: [binAt(5000, {phase: fault, started: 1}), binAt(19_000, {phase: second, started: 3})]},
    },
  ),
  ['warn again', 'again: target 1 > 0.01 share of 4; 4 4; defaults-1-0 defaults-1-1 defaults-1-2'],
);
test(
  'attempts that are counted no further',
  tells,
  'unbounded-retries',
  {...twice(), ...booksOf([{phase: fault, attempts: 255}])},
  ['warn stall', 'stall: target 255 > 3 count of 1; 1 3 255; defaults-1-0'],
);
