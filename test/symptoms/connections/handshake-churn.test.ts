// The baseline has 400 operations from 1 s to 5 s, the recovery lasts from 9 s to 19 s.
import test from 'ava';
import type {Plan} from '../../../src/model/plan.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {detectOne} from '../../../src/symptoms/detect.ts';
import {answers} from '../../helpers/symptom-macro.ts';
import {
  baseline,
  connectionsAt,
  figuresOf,
  presentOf,
  recovery,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../../helpers/trial-believable.ts';

/** Connections that were opened, the most that were open at once, and the operations that used them. */
type Use = {readonly opened: number; readonly open: number; readonly started: number};

const usual: Use = {opened: 2, open: 2, started: 400};

const samplesOf = (calm: Use, later: Use): Trial['injector'] => [
  connectionsAt(500, 0, 0),
  connectionsAt(4900, calm.open, calm.opened),
  connectionsAt(9000, 0, 1000),
  connectionsAt(14_000, later.open, 1000),
  connectionsAt(18_900, 0, 1000 + later.opened),
];

const churn = (later: Use, calm: Use = usual): TrialChanges => ({
  injector: samplesOf(calm, later),
  driver: {phases: [figuresOf(baseline, calm.started), figuresOf(recovery, later.started)]},
});

const for1000 = (opened: number, open = 2): Use => ({opened, open, started: 1000});

test('one for each ten', answers, 'handshake-churn', churn(for1000(102)), {value: 0.1, phase: 'recovery'});
test('one for each twenty', answers, 'handshake-churn', churn(for1000(52)), 'clear');
test('a few more than one for each twenty', answers, 'handshake-churn', churn(for1000(59)), {value: 0.057});

const calm16 = {...usual, opened: 16};
test('twice as many as before', answers, 'handshake-churn', churn(for1000(82), calm16), 'clear');
test('more than twice as many as before', answers, 'handshake-churn', churn(for1000(92), calm16), {
  value: 0.09,
});
const alone = {opened: 1, open: 1, started: 1};
const oneAndAHalf = {opened: 152, open: 2, started: 100};
test(
  'a baseline of one operation, on a connection',
  answers,
  'handshake-churn',
  churn(oneAndAHalf, alone),
  'clear',
);
test(
  'a baseline of no operation, with a connection',
  answers,
  'handshake-churn',
  churn({opened: 252, open: 2, started: 100}, {...alone, started: 0}),
  {value: 2.5},
);

test(
  'as many as operations are few',
  answers,
  'handshake-churn',
  churn({...oneAndAHalf, started: 99}),
  'clear',
);
test('operations enough', answers, 'handshake-churn', churn(oneAndAHalf), {value: 1.5});
test(
  'a pool that is made anew',
  answers,
  'handshake-churn',
  churn({opened: 2, open: 2, started: 100}),
  'clear',
);
test('a large pool that is made anew', answers, 'handshake-churn', churn(for1000(120, 100)), 'clear');
test(
  'a pool that is made anew, where the scenario allows no churn',
  answers,
  'handshake-churn',
  {
    ...churn(for1000(2), {...usual, opened: 0}),
    plan: {thresholds: {'handshake-churn': {connectionsRatio: 0}}},
  },
  'clear',
);

test(
  'what was opened by the very end',
  answers,
  'handshake-churn',
  {...churn(for1000(2)), injector: [...samplesOf(usual, for1000(2)), connectionsAt(19_000, 0, 1102)]},
  {value: 0.1},
);
test(
  'what was opened after the end',
  answers,
  'handshake-churn',
  {...churn(for1000(2)), injector: [...samplesOf(usual, for1000(2)), connectionsAt(19_001, 0, 1102)]},
  'clear',
);
test(
  'the injector was not looked at in the recovery',
  answers,
  'handshake-churn',
  {...churn(for1000(102)), injector: samplesOf(usual, for1000(102)).slice(0, 2)},
  'clear',
);
test(
  'a recovery that was not reached',
  answers,
  'handshake-churn',
  {...churn(for1000(102)), edges: trialWith().edges.slice(0, recovery)},
  'clear',
);

test('not counted', answers, 'handshake-churn', {}, /^this injector does not count connections$/);
const withoutBaseline = trialWith().plan.phases.map((phase, index) =>
  index === baseline ? {...phase, role: 'warm-up'} : phase,
) as unknown as Plan['phases'];
test(
  'no baseline in the plan',
  answers,
  'handshake-churn',
  {...churn(for1000(102)), plan: {phases: withoutBaseline}},
  /^no baseline to compare with$/,
);
test(
  'a baseline that was not reached',
  answers,
  'handshake-churn',
  {...churn(for1000(102)), edges: trialWith().edges.slice(warmUp, baseline)},
  /^no baseline to compare with$/,
);

test('the worst recovery is told first, with its connections, operations and limit', t => {
  const phases = [
    ...trialWith().plan.phases,
    ...trialWith().plan.phases.slice(2),
  ] as unknown as Plan['phases'];
  const second = recovery + 2;
  const injector = [
    ...samplesOf(usual, for1000(102)),
    connectionsAt(23_000, 0, 2000),
    connectionsAt(30_000, 4, 2204),
  ];
  const trial = trialWith({
    plan: {phases},
    injector,
    loadEndedMs: 33_000,
    driver: {phases: [figuresOf(baseline, 400), figuresOf(recovery, 1000), figuresOf(second, 1000)]},
  });
  const finding = presentOf(detectOne('handshake-churn', trial));
  t.deepEqual(
    finding.evidence.map(({value}) => value),
    [0.2, 0.1],
  );
  t.like(finding, {
    severity: 'warn',
    phase: 'recovery',
    evidence: [
      {
        witness: 'injector',
        statement: '204 new connections for 1,000 operations in phase recovery, at most 4 open at once.',
        threshold: 0.05,
        unit: 'ratio',
        count: 1000,
        operations: [],
      },
      {count: 1000},
    ],
  });
});
