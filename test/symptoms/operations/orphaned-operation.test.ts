// Operations that never settle, told apart from those that settle late.
import test from 'ava';
import type {Plan} from '../../../src/model/plan.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers, tells} from '../../helpers/symptom-macro.ts';
import {
  binAt,
  clearOf,
  connectionsAt,
  fault,
  figuresOf,
  presentOf,
  type TrialChanges,
  trialWith,
} from '../../helpers/trial-believable.ts';

const calmBins = [16_000, 16_500, 17_000, 17_500, 18_000, 18_500].map(startMs => binAt(startMs));
const deadBins = calmBins.map(bin => ({...bin, outcomes: {...bin.outcomes, ok: 0, failed: 50}}));

const left = (startsMs: readonly number[], phase = fault) =>
  startsMs.map((startMs, index) => ({index, phase, startMs}));

/** The last fault ends at 9000 ms, the load at 19,000 ms, and the drain when it is told. */
const ending = (
  unsettled: ReturnType<typeof left>,
  {atMs = 20_000, bins = calmBins, ...changes}: TrialChanges & {atMs?: number; bins?: typeof calmBins} = {},
): TrialChanges => ({
  ...changes,
  driver: {
    bins,
    phases: [figuresOf(fault, 400, {outcomes: {hung: 5}, settledAfterHung: 3})],
    drained: {atMs, inFlight: unsettled.length, unsettled},
    ...changes.driver,
  },
});

const id = 'orphaned-operation';

test('all settled', answers, id, ending([]), 'clear');
test('two never settled', answers, id, ending(left([6000, 7000])), {value: 2, phase: 'stall'});
test('watched for too short a time', answers, id, ending(left([6000]), {atMs: 18_900}), /less than 10 s/);
test(
  'five deadlines of the scenario are longer than the default',
  answers,
  id,
  ending(left([6000]), {plan: {operation: {deadlineMs: 3000, idempotent: true}}}),
  /less than 15 s/,
);
test('one that began late was watched too briefly', answers, id, ending(left([15_000], 3)), /less than 10 s/);
test('an old one beside a young one', answers, id, ending(left([6000, 15_000])), {value: 1});
test(
  'nothing else succeeds',
  answers,
  id,
  ending(left([6000]), {bins: deadBins}),
  /no fresh client was tried/,
);
test(
  'a fresh client gets through',
  answers,
  id,
  ending(left([6000]), {bins: deadBins, probes: [{atMs: 15_000, ok: true}]}),
  {value: 1},
);
test(
  'nor does a fresh client',
  answers,
  id,
  ending(left([6000]), {bins: deadBins, probes: [{atMs: 15_000, ok: false}]}),
  /in only 0 of 1 tries/,
);
test(
  'all callers wait, so that nothing is started any more',
  answers,
  id,
  ending(left([6000]), {bins: [], probes: [{atMs: 15_000, ok: true}]}),
  {value: 1},
);
test(
  'the load ends with the fault',
  answers,
  id,
  ending(left([6000]), {plan: {phases: [trialWith().plan.phases[1]!, trialWith().plan.phases[2]!]}}),
  /no recovery followed/,
);
test('the subject died', answers, id, {driver: {drained: null}}, /end of its drain/);
test('nothing was started', answers, id, {driver: {phases: []}}, /no operation started/);
test(
  'which ones is not known',
  answers,
  id,
  {driver: {drained: {atMs: 20_000, inFlight: 1}}},
  /did not record which/,
);

test('it tells apart those that settled late, and shows that nothing can answer any more', t => {
  const trial = trialWith(
    ending(left([6000, 7000]), {injector: [connectionsAt(2000, 4), connectionsAt(20_500, 0, 9)]}),
  );
  const {severity, evidence} = presentOf(detectOne(id, trial));
  t.is(severity, 'fail');
  t.deepEqual(
    evidence.map(({statement}) => statement),
    [
      '2 operations of phase stall had still not settled when the drain ended, 11 s after the last fault, although others got through. Another 3 settled late.',
      'No connection was open at the end of the drain, so the 2 operations still waiting could not get a response.',
    ],
  );
  t.deepEqual(evidence[0].operations, ['defaults-1-0', 'defaults-1-1']);
});

test('what settled with the end of the silence is no orphan', t => {
  const phases = [figuresOf(fault, 400, {outcomes: {hung: 40}, settledAfterHung: 40})];
  const trial = trialWith({driver: {phases, drained: {atMs: 19_100, inFlight: 0, unsettled: []}}});
  t.deepEqual(detectOne(id, trial), clearOf(id));
  t.is(detectOne('hung-operation', trial).verdict, 'present');
});

test(
  'all that it says',
  tells,
  id,
  ending(
    [
      ...left([6000, 7000, 8000, 8500]),
      {index: 9, phase: 1, startMs: 4000},
      {index: 10, phase: 7, startMs: 8900},
    ],
    {
      injector: [connectionsAt(21_000, 0, 9), connectionsAt(21_001, 5)],
    },
  ),
  [
    'fail stall',
    'stall: driver 4 > 0 count of 400; 4 11 3; defaults-1-0 defaults-1-1 defaults-1-2',
    'baseline: driver 1 > 0 count of 1; 1 11; defaults-1-9',
    'drain: driver 1 > 0 count of 1; 1 11; defaults-1-10',
    'drain: injector 6 > 0 count of 9; 6',
  ],
);
test('more than were noted', t => {
  const cut = ending(left([6000]));
  const trial = trialWith({
    ...cut,
    driver: {...cut.driver, drained: {atMs: 20_000, inFlight: 2, unsettled: left([6000])}},
  });
  t.regex(presentOf(detectOne(id, trial)).evidence[0].statement, /^At least 1 operation /);
});
test('without any fault', t => {
  const phases = trialWith().plan.phases.map(phase => ({...phase, faults: []})) as unknown as Plan['phases'];
  const trial = trialWith(ending(left([6000], 1), {plan: {phases}}));
  t.regex(
    presentOf(detectOne(id, trial)).evidence[0].statement,
    / 20 s without any fault, although others got through\.$/,
  );
});
test('some connection is left', tells, id, ending(left([6000]), {injector: [connectionsAt(20_500, 1, 9)]}), [
  'fail stall',
  'stall: driver 1 > 0 count of 400; 1 11 3; defaults-1-0',
]);
test('watched for as long as it takes', tells, id, ending(left([6000]), {atMs: 19_000}), [
  'fail stall',
  'stall: driver 1 > 0 count of 400; 1 10 3; defaults-1-0',
]);
test(
  'half of the others succeed',
  tells,
  id,
  ending(left([6000]), {
    bins: calmBins.map(bin => ({...bin, outcomes: {...bin.outcomes, ok: 25, failed: 25}})),
  }),
  ['fail stall', 'stall: driver 1 > 0 count of 400; 1 11 3; defaults-1-0'],
);
const fewer = calmBins.map(bin => ({...bin, outcomes: {...bin.outcomes, ok: 24, failed: 26}}));
test('less than half of the others succeed', tells, id, ending(left([6000]), {bins: fewer}), [
  'inconclusive; 1 144 300',
]);
test(
  'only the last three seconds count',
  tells,
  id,
  ending(left([6000]), {bins: [binAt(15_999), ...deadBins]}),
  ['inconclusive; 1 0 300'],
);
test(
  'only what comes after the fault counts',
  tells,
  id,
  {
    ...ending(left([6000]), {
      atMs: 21_000,
      bins: [8500, 9000].map(startMs =>
        binAt(startMs, startMs < 9000 ? {} : {outcomes: {...binAt(0).outcomes, ok: 0, failed: 50}}),
      ) as typeof calmBins,
    }),
    loadEndedMs: 10_000,
  },
  ['inconclusive; 1 0 50'],
);
const tries = (...oks: readonly (readonly [atMs: number, ok: boolean])[]) =>
  oks.map(([atMs, ok]) => ({atMs, ok}));
test(
  'tries of a fresh client under the fault',
  tells,
  id,
  ending(left([6000]), {bins: fewer, probes: tries([8999, true])}),
  ['inconclusive; 1 144 300'],
);
test(
  'tries of a fresh client when it is over',
  tells,
  id,
  ending(left([6000]), {bins: fewer, probes: tries([8999, false], [9000, true])}),
  ['fail stall', 'stall: driver 1 > 0 count of 400; 1 11 3; defaults-1-0'],
);
test(
  '99 of 100 tries',
  tells,
  id,
  ending(left([6000]), {
    bins: fewer,
    probes: Array.from({length: 100}, (_, index) => ({atMs: 10_000, ok: index > 0})),
  }),
  ['fail stall', 'stall: driver 1 > 0 count of 400; 1 11 3; defaults-1-0'],
);
test(
  '98 of 100 tries',
  tells,
  id,
  ending(left([6000]), {
    bins: fewer,
    probes: Array.from({length: 100}, (_, index) => ({atMs: 10_000, ok: index > 1})),
  }),
  ['inconclusive; 1 144 300 98 100'],
);
test(
  'nothing else is started',
  answers,
  id,
  ending(left([6000]), {bins: []}),
  /no other started in the last seconds, and no fresh client/,
);
test(
  'others fail',
  answers,
  id,
  ending(left([6000]), {bins: deadBins}),
  /only 0 of the last 300 others succeeded, and no fresh client/,
);
test(
  'as many as are allowed',
  answers,
  id,
  ending(left([6000]), {plan: {thresholds: {[id]: {orphanCount: 1}}}}),
  'clear',
);
test('one that was started', answers, id, {driver: {phases: [figuresOf(fault, 1)]}}, 'clear');
