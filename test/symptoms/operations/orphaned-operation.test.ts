// Operations that never settle, told apart from those that settle late.
import test from 'ava';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
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
