// Symptoms of the time after a fault. The recovery begins at 9 s and ends at 19 s.
import test from 'ava';
import type {Bin} from '../../src/model/driver-witness.ts';
import {stall} from '../../src/model/fault.ts';
import type {Phase, Plan} from '../../src/model/plan.ts';
import type {ResourceSample} from '../../src/model/process-witness.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  binAt,
  booksOf,
  figuresOf,
  recovery,
  type TrialChanges,
} from '../helpers/trial-believable.ts';

const dead = {ok: 0, failed: 0, unknown: 50, rejected: 0, wrong: 0, hung: 0};

/** Recovery bins of half a second, of which those that `isDead` end otherwise. */
const back = (isDead: (second: number) => boolean, outcomes: Bin['outcomes'] = dead): Bin[] =>
  Array.from({length: 20}, (_, index) => {
    const startMs = 9000 + index * 500;
    return binAt(startMs, isDead((startMs - 9000) / 1000) ? {outcomes} : {});
  });

const probed = (okCount: number, failedCount = 0): NonNullable<TrialChanges['probes']> =>
  Array.from({length: okCount + failedCount}, (_, index) => ({
    atMs: 12_000 + index * 500,
    ok: index >= failedCount,
  }));

const sampleAt = (atMs: number, inFlightCount: number): ResourceSample => ({
  atMs,
  inFlightCount,
  cpuMs: 0,
  rssBytes: 0,
  heapUsedBytes: 0,
  externalBytes: 0,
  loopDelayMaxMs: 0,
  loopUtilisationRatio: 0,
  gcMs: 0,
  gcCount: 0,
});

const short = {plan: {thresholds: {'wedged-client': {wedgedMs: 3000}, 'silent-consumer': {silentMs: 3000}}}};
const bins = (list: Bin[], more: TrialChanges = {}): TrialChanges => ({
  ...short,
  ...more,
  driver: {bins: list},
});
const wedged = back(second => second >= 2);

test('for 8 s', answers, 'wedged-client', bins(wedged, {probes: probed(10)}), {
  value: 8000,
  phase: 'stall',
});
test(
  'for 3 s',
  answers,
  'wedged-client',
  bins(
    back(second => second < 3),
    {probes: probed(9)},
  ),
  'clear',
);
const allDropped = wedged.map(bin =>
  bin.outcomes.ok > 0 ? bin : {...bin, started: 0, dropped: 50, outcomes: {...dead, unknown: 0}},
);
test(
  'in which nothing could start since all callers hang',
  answers,
  'wedged-client',
  bins(allDropped, {probes: probed(10)}),
  {value: 8000, phase: 'stall'},
);
test('nobody tried', answers, 'wedged-client', bins(wedged), /no fresh client was tried/);
test(
  'the way is not free',
  answers,
  'wedged-client',
  bins(wedged, {probes: probed(3, 3)}),
  /in only 3 of 6 tries$/,
);
test(
  'never looked',
  answers,
  'wedged-client',
  {...short, plan: {phases: [{name: 'calm', role: 'baseline', durationMs: 1, faults: []}]}},
  /no recovery phase$/,
);

/** Warm-up, baseline, and three faults, each with a recovery: 2 s of fault and 2 s without, from 2 s on. */
const thrice: Plan['phases'] = [
  {name: 'baseline', role: 'baseline', durationMs: 2000, faults: []},
  ...['stall', 'reset', 'refused'].flatMap((name): Phase[] => [
    {name, role: 'fault', durationMs: 2000, faults: [stall()]},
    {name: `after-${name}`, role: 'recovery', durationMs: 2000, faults: []},
  ]),
];
const storm = (isAlive: (second: number) => boolean, more: TrialChanges = {}): TrialChanges => ({
  loadEndedMs: 14_000,
  probes: probed(4),
  ...more,
  plan: {phases: thrice, ...more.plan},
  driver: {
    bins: Array.from({length: 28}, (_, index) =>
      binAt(index * 500, isAlive(index / 2) ? {} : {outcomes: dead}),
    ),
    ...more.driver,
  },
});
const fiveSeconds = {thresholds: {'wedged-client': {wedgedMs: 5000}, 'silent-consumer': {silentMs: 5000}}};
const summed = (isAlive: (second: number) => boolean, more: TrialChanges = {}): TrialChanges =>
  storm(isAlive, {...more, plan: {phases: thrice, ...fiveSeconds, ...more.plan}});

test(
  'quiet time of short recoveries adds up, from the fault that began it',
  answers,
  'wedged-client',
  summed(second => second < 2.5),
  {value: 6000, phase: 'stall'},
);
test(
  'it begins with a later fault',
  answers,
  'wedged-client',
  {
    ...summed(second => second < 6),
    plan: {phases: thrice, thresholds: {'wedged-client': {wedgedMs: 3000}}},
  },
  {value: 4000, phase: 'reset'},
);
test(
  'it begins in a recovery, long before the next fault',
  answers,
  'wedged-client',
  summed(second => second < 4.5),
  {value: 5500, phase: 'stall'},
);
test(
  'a success in between begins it anew',
  answers,
  'wedged-client',
  summed(second => second < 2.5 || second === 9 || second === 13.5),
  'clear',
);
test(
  'too little quiet time to tell',
  answers,
  'wedged-client',
  storm(second => second < 2.5),
  /^nothing succeeded in the last 6\.0 s without a fault, since phase stall, but more than 10\.0 s are needed/,
);
test(
  'nothing ever succeeded',
  answers,
  'wedged-client',
  summed(() => false),
  /^nothing succeeded even before the fault$/,
);
test(
  'a fresh client found no way in the recoveries',
  answers,
  'wedged-client',
  summed(second => second < 2.5, {probes: [{atMs: 3000, ok: true}]}),
  /no fresh client was tried/,
);
test(
  'the process died before the last recovery',
  answers,
  'wedged-client',
  summed(() => true, {
    edges: [0, 2000, 4000, 6000, 8000, 10_000].map((atMs, phase) => ({phase, beforeMs: atMs, afterMs: atMs})),
    loadEndedMs: null,
    driver: {bins: Array.from({length: 20}, (_, index) => binAt(index * 500))},
  }),
  /^the trial did not reach phase after-refused$/,
);

test(
  'the process died with the first fault of a storm',
  answers,
  'wedged-client',
  {cut: 'died', plan: {phases: [thrice[0], thrice[1]!]}},
  /^the process ended before a recovery$/,
);

/** Callers of a closed load that hang from 5 s on: nothing is started any more. */
const stuck = (inFlightCount: number): TrialChanges => ({
  ...short,
  plan: {...short.plan, load: {model: 'closed', concurrency: 5}},
  probes: probed(10),
  driver: {bins: Array.from({length: 10}, (_, index) => binAt(index * 500))},
  resources: Array.from({length: 20}, (_, index) => sampleAt(9000 + index * 500, inFlightCount)),
});
test('all callers hang', answers, 'wedged-client', stuck(5), {value: 10_000, phase: 'stall'});
test('all callers hang', answers, 'silent-consumer', stuck(5), {value: 10_000, phase: 'stall'});
test('nobody calls', answers, 'wedged-client', stuck(0), 'clear');

test(
  'what was late came all the same',
  answers,
  'wedged-client',
  bins([...back(() => true).map((bin, index) => (index === 12 ? {...bin, answered: 1} : bin))], {
    ...short,
    plan: {thresholds: {'wedged-client': {wedgedMs: 7000}}},
  }),
  /^nothing succeeded in the last 3\.5 s without a fault/,
);

const silent = back(second => second >= 2, {...dead, unknown: 0, hung: 50});
test('for 8 s', answers, 'silent-consumer', bins(silent, {probes: probed(5)}), {value: 8000});
test('with errors', answers, 'silent-consumer', bins(wedged, {probes: probed(5)}), 'clear');
test('nobody tried', answers, 'silent-consumer', bins(silent), /^it is not known whether/);

const refused = {...dead, unknown: 20, rejected: 30};
const soon = {plan: {thresholds: {'breaker-stuck': {resetMs: 2000, graceMs: 1000}}}};
const broken = (isOpen: (second: number) => boolean): TrialChanges => ({
  ...soon,
  driver: {bins: back(isOpen, refused)},
});
test(
  'up to 5 s',
  answers,
  'breaker-stuck',
  broken(second => second < 5),
  {value: 5000},
);
test(
  'up to 3 s',
  answers,
  'breaker-stuck',
  broken(second => second < 3),
  'clear',
);
test(
  'never open',
  answers,
  'breaker-stuck',
  broken(() => false),
  'clear',
);
test(
  'open at the end',
  answers,
  'breaker-stuck',
  {driver: {bins: back(() => true, refused)}},
  /observed for less than 35 s$/,
);

const attempts = (perBin: (startMs: number) => number): TrialChanges => {
  const {ledger} = booksOf([{phase: recovery}]);
  const attemptsByBin = Array.from({length: 40}, (_, index) => perBin(index * 500));
  return {ledger: {...ledger!, attemptsByBin}};
};
const burst = (count: number): TrialChanges => {
  const {ledger} = attempts(() => 50);
  const attemptTimes = Array.from({length: count}, (_, index) => [index, 9000 + index]);
  return {ledger: {...ledger!, attemptTimes: [[count, 8999, 10_000], ...attemptTimes]}};
};
test('4 times', answers, 'replay-burst', burst(400), {value: 4, phase: 'recovery'});
test('3 times', answers, 'replay-burst', burst(300), 'clear');
test(
  'no times',
  answers,
  'replay-burst',
  attempts(() => 50),
  /^the times of attempts/,
);
test('no ledger', answers, 'replay-burst', {}, /keeps no ledger$/);
const unheard = {ledger: {...burst(1).ledger!, attemptsByBin: []}};
test('no baseline', answers, 'replay-burst', unheard, /no baseline/);

const meta = {
  plan: {operation: {deadlineMs: 500, idempotent: true}, thresholds: {metastable: {afterMs: 3000}}},
};
const stays = (list: Bin[], perBin: number | null): TrialChanges => ({
  ...meta,
  ...(perBin === null ? {} : attempts(() => perBin)),
  driver: {bins: list, phases: [figuresOf(baseline, 400)]},
});
test(
  'bad, with retries',
  answers,
  'metastable',
  stays(
    back(() => true),
    100,
  ),
  {value: 0},
);
test(
  'bad, without retries',
  answers,
  'metastable',
  stays(
    back(() => true),
    50,
  ),
  'clear',
);
test(
  'good after 4 s',
  answers,
  'metastable',
  stays(
    back(second => second < 3),
    100,
  ),
  'clear',
);
test(
  'bad, and nobody counts',
  answers,
  'metastable',
  stays(
    back(() => true),
    null,
  ),
  /but attempts, .* were not counted/,
);
test(
  'not watched for as many deadlines as the scenario asks for',
  answers,
  'metastable',
  {
    ...stays(
      back(() => true),
      100,
    ),
    plan: {...meta.plan, thresholds: {metastable: {afterMs: 3000, deadlineCount: 40}}},
  },
  /not observed for longer than 20 s$/,
);
test('not watched', answers, 'metastable', {driver: {bins: wedged}}, /not observed for longer than 30 s$/);
