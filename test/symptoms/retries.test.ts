// Symptoms of retries, on attempts whose times are known.
import test from 'ava';
import {type Fault, resetPeer} from '../../src/model/fault.ts';
import {httpStatus} from '../../src/model/http-fault.ts';
import type {Plan} from '../../src/model/plan.ts';
import type {HttpHit} from '../../src/model/proxy-witness.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {binAt, booksOf, fault, figuresOf, type TrialChanges, trialWith} from '../helpers/trial-believable.ts';

/** Operations of the fault phase, by the ms of their attempts. */
const tried = (rows: readonly (readonly number[])[], more: TrialChanges = {}): TrialChanges => {
  const books = booksOf(rows.map(row => ({phase: fault, attempts: row.length})));
  const attemptTimes = rows.map((row, index) => [index, ...row.map(ms => 5000 + ms)]);
  return {...more, driver: {...books.driver, ...more.driver}, ledger: {...books.ledger!, attemptTimes}};
};

const times = <Row>(count: number, row: (index: number) => Row): Row[] =>
  Array.from({length: count}, (_, i) => row(i));

const faultPhase = (...faults: Fault[]): {readonly plan: Partial<Plan>} => ({
  plan: {
    phases: trialWith().plan.phases.map(phase =>
      phase.role === 'fault' ? {...phase, faults} : phase,
    ) as unknown as Plan['phases'],
    operation: {deadlineMs: 2000, idempotent: true},
  },
});

test('of 10 attempts each', answers, 'unbounded-retries', tried([[1], [1, 2, 3, 4]]), {
  value: 4,
  phase: 'stall',
});
test('three attempts', answers, 'unbounded-retries', tried([[1], [1, 2, 3]]), 'clear');
test('nobody counts', answers, 'unbounded-retries', {}, /^neither the target nor/);

const long = (gaps: readonly number[]): number[] => {
  const list = [0];
  for (const gap of gaps) list.push(list.at(-1)! + gap);
  return list;
};

test('pauses of 10 ms', answers, 'no-backoff', tried(times(10, () => long([10, 20, 40]))), {value: 20});
const even = times(10, () => long([100, 100, 110]));
const atOnce = (): TrialChanges => tried(even, faultPhase(resetPeer()));
test('pauses that do not grow', answers, 'no-backoff', atOnce(), {value: 1.05});
test('attempts that take their time', answers, 'no-backoff', tried(even), 'clear');
test('pauses that double', answers, 'no-backoff', tried(times(10, () => long([100, 200, 400]))), 'clear');
test('nothing tried again', answers, 'no-backoff', tried(times(10, () => [1])), 'clear');
test('too few', answers, 'no-backoff', tried(times(9, () => long([10]))), /^fewer than 10 operations/);
test('no times', answers, 'no-backoff', booksOf([{phase: fault, attempts: 9}]), /^the times of attempts/);

test('all after 200 ms', answers, 'no-jitter', tried(times(30, index => [0, 200 + (index % 3)])), {
  value: 0.007,
});
test('spread by a half', answers, 'no-jitter', tried(times(30, index => [0, 200 + 5 * index])), 'clear');
test('no pause at all', answers, 'no-jitter', tried(times(30, () => [0, 1])), 'clear');
test(
  'no pause to speak of, where the scenario calls it one',
  answers,
  'no-jitter',
  {...tried(times(30, () => [0, 1])), plan: {thresholds: {'no-jitter': {shortestMs: 1}}}},
  {value: 0},
);
test('too few', answers, 'no-jitter', tried(times(29, () => [0, 200])), /^fewer than 30 operations/);
test('no times', answers, 'no-jitter', {}, /^the times of attempts/);

const answered = (status: number, index: number, ms: number): HttpHit => ({
  toxic: 'stall-1-httpStatus',
  connection: 1,
  request: 1,
  method: 'GET',
  path: `/echo/defaults-1-${index}`,
  operationId: `defaults-1-${index}`,
  atMs: 5000 + ms,
  action: `status-${status}`,
  bodyBytes: null,
});

const withHits = (status: number, rows: readonly (readonly number[])[], faults: Fault[]): TrialChanges => ({
  ...tried(
    rows.map(() => []),
    faultPhase(...faults),
  ),
  injectorLog: {
    connections: [],
    connectionsLeftOut: 0,
    hitsLeftOut: 0,
    hits: rows.flatMap((row, index) => row.map(ms => answered(status, index, ms))),
  },
});

const busy = httpStatus({status: 503, retryAfterSeconds: 1});
test('back after 0.5 s of 1 s', answers, 'retry-after-ignored', withHits(503, [[0, 500], [0]], [busy]), {
  value: 1,
});
test('back after 0.96 s of 1 s', answers, 'retry-after-ignored', withHits(503, [[0, 960]], [busy]), 'clear');
test(
  'no Retry-After',
  answers,
  'retry-after-ignored',
  withHits(503, [[0, 1]], [httpStatus({status: 503})]),
  /^no fault answers with a Retry-After/,
);
test('nobody noted it', answers, 'retry-after-ignored', tried([[1]], faultPhase(busy)), /was recorded$/);

const obeyed = withHits(
  503,
  times(40, () => [0, 1000, 2001]),
  [busy],
);
test('as Retry-After asks', answers, 'no-backoff', obeyed, /requested by Retry-After$/);
test('as Retry-After asks', answers, 'no-jitter', obeyed, /requested by Retry-After$/);
test(
  'at once, against Retry-After',
  answers,
  'no-backoff',
  withHits(
    503,
    times(40, () => [0, 10]),
    [busy],
  ),
  {
    value: 10,
  },
);
test(
  'too early, all alike',
  answers,
  'no-jitter',
  withHits(
    503,
    times(40, () => [0, 200]),
    [busy],
  ),
  {
    value: 0,
  },
);
const unasked = times(40, () => [0, 1000, 2000]);
const plainBusy = httpStatus({status: 503});
test('pauses that nobody asked for', answers, 'no-backoff', withHits(503, unasked, [plainBusy]), {value: 1});
test('pauses that nobody asked for', answers, 'no-jitter', withHits(503, unasked, [plainBusy]), {value: 0});
const dated = httpStatus({status: 503, retryAfterDate: 'Fri, 31 Dec 1999 23:59:59 GMT'});
test('as some date may ask', answers, 'no-jitter', withHits(503, unasked, [dated]), /by Retry-After$/);
const mixed = times(40, index => (index < 30 ? [0, 1000] : [0, 10]));
test('too early for some', answers, 'no-backoff', withHits(503, mixed, [busy]), {value: 10});

test('a 404 again', answers, 'retries-non-retryable', withHits(404, [[0, 9], [0]], []), {value: 1});
test('a 404 once', answers, 'retries-non-retryable', withHits(404, [[0], [5]], []), 'clear');
test('a 503 again', answers, 'retries-non-retryable', withHits(503, [[0, 9]], []), /^no fault answered/);

const some = faultPhase(resetPeer({probability: 0.5}));
const lost = (rows: readonly (readonly number[])[], more: TrialChanges): TrialChanges => {
  const {driver, ...rest} = tried(rows, more);
  return {...rest, driver: {...driver, phases: [figuresOf(fault, 10, {outcomes: {unknown: 4}})]}};
};
test('failed at once', answers, 'never-retries-transient', lost([[1], [2]], some), {value: 4});
test('tried again', answers, 'never-retries-transient', lost([[1], [2, 3]], some), 'clear');
test(
  'all are cut',
  answers,
  'never-retries-transient',
  lost([[1]], faultPhase(resetPeer())),
  /^no phase cuts only some/,
);
test(
  'not idempotent',
  answers,
  'never-retries-transient',
  lost([[1]], {}),
  /^the operation is not idempotent/,
);

const bins = [binAt(5000, {phase: fault, started: 2}), binAt(5500, {phase: fault, started: 2})];
const late = (rows: readonly (readonly number[])[]): TrialChanges => tried(rows, {driver: {bins}});
test('sent after the deadline', answers, 'stale-work-sent', late([[10, 2501], [20], [510], [3001]]), {
  value: 0.4,
});
test('sent in time', answers, 'stale-work-sent', late([[10, 2499], [20], [510], [2999]]), 'clear');
test('no start known', answers, 'stale-work-sent', tried([[1]]), /^no attempt could be matched/);
test('no times', answers, 'stale-work-sent', {}, /^the times of attempts/);
test(
  'answered in the place of the target',
  answers,
  'retry-amplification',
  {
    ...withHits(
      503,
      [
        [0, 1, 2, 3],
        [0, 1, 2, 3],
      ],
      [],
    ),
    driver: {...withHits(503, [[0], [0]], []).driver, phases: [figuresOf(fault, 2)]},
  },
  {value: 4},
);
