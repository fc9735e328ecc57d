// Why a symptom that needs something cannot be clear where it is not there.
import test from 'ava';
import type {Need} from '../../src/model/symptoms/needs.ts';
import {lackOf} from '../../src/symptoms/needs.ts';
import {
  baseline,
  booksOf,
  connectionsAt,
  fault,
  figuresOf,
  recovery,
  resourcesOf,
  type TrialChanges,
  trialWith,
  warmUp,
} from '../helpers/trial-believable.ts';
import {sample} from '../helpers/trial-twice.ts';

const lacks = test.macro({
  title: (title, need: Need) => `${need}: ${title}`,
  exec(t, need: Need, changes: TrialChanges, expected: RegExp | null) {
    const lack = lackOf(trialWith(changes), [need]);
    if (expected === null) t.is(lack, null);
    else t.regex(lack ?? 'nothing', expected);
  },
});

const {phases} = trialWith().plan;
const started = (...those: number[]): TrialChanges => ({
  driver: {phases: those.map(phase => figuresOf(phase, 1))},
});
const reached = (count: number): TrialChanges => ({
  edges: trialWith().edges.slice(0, count),
  loadEndedMs: null,
});
const only = (...those: number[]): TrialChanges => ({
  plan: {phases: those.map(phase => phases[phase]!) as unknown as typeof phases},
});

test('all there', lacks, 'operations', started(baseline, fault, recovery), null);
for (const [phase, name] of [
  [baseline, 'baseline'],
  [fault, 'stall'],
  [recovery, 'recovery'],
] as const) {
  const others = [baseline, fault, recovery].filter(other => other !== phase);
  test(
    `none in ${name}`,
    lacks,
    'operations',
    started(...others),
    new RegExp(`^no operation started in phase ${name}$`),
  );
}
test(
  'a phase that was not reached',
  lacks,
  'operations',
  reached(3),
  /^the trial did not reach phase recovery$/,
);
test(
  'no phase of these',
  lacks,
  'operations',
  only(warmUp),
  /^the scenario has no baseline or fault or recovery phase$/,
);
test('one of these', lacks, 'operations', {...only(warmUp, baseline), ...started(baseline)}, null);
test('of faults alone', lacks, 'fault-operations', started(fault), null);
test('none in a fault', lacks, 'fault-operations', started(baseline, recovery), /in phase stall$/);
test('of recoveries alone', lacks, 'recovery-operations', started(recovery), null);
test('none in a recovery', lacks, 'recovery-operations', started(baseline, fault), /in phase recovery$/);
test('of what is calm', lacks, 'calm-operations', started(baseline, recovery), null);
test('none in a baseline', lacks, 'calm-operations', started(fault, recovery), /in phase baseline$/);
test('none after it', lacks, 'calm-operations', started(baseline), /in phase recovery$/);

const failure = {
  key: 'k',
  status: 'failed',
  error: {name: 'Error', code: null, message: '', stack: [], causes: []},
  count: 1,
  countByPhase: {},
  examples: [],
} as const;
test('one', lacks, 'failures', {driver: {failures: [failure]}}, null);
test('one that was not kept', lacks, 'failures', {driver: {uncountedFailures: 1}}, null);
test('none', lacks, 'failures', {}, /^no operation failed$/);

test('whole', lacks, 'load', {}, null);
test('cut short', lacks, 'load', reached(3), /^the trial ended in phase stall, so anything later/);
test('never begun', lacks, 'load', reached(0), /^the trial ended before the first phase, so anything later/);

const crashed = {kind: 'crashed', exitCode: 1, signal: null, outOfMemory: false, error: null} as const;
test('come to', lacks, 'end', {}, null);
test('not come to', lacks, 'end', {end: crashed}, /^the trial did not run to its end$/);
test('an end', lacks, 'fate', {}, null);
test('a crash', lacks, 'fate', {end: crashed}, null);
test('killed', lacks, 'fate', {end: {kind: 'unresponsive'}}, /^the process did not end on its own$/);

test('counted', lacks, 'attempts', booksOf([{phase: fault, attempts: 1}]), null);
test('no ledger', lacks, 'attempts', {}, /keeps no ledger$/);
test(
  'a ledger without any',
  lacks,
  'attempts',
  booksOf([{phase: fault, attempts: 0}]),
  /^the target reported no attempts$/,
);
test(
  'without times',
  lacks,
  'attempt-times',
  booksOf([{phase: fault}]),
  /^the times of attempts were not recorded$/,
);
const {ledger} = booksOf([{phase: fault}]);
test('with times', lacks, 'attempt-times', {ledger: {...ledger!, attemptTimes: [[0, 6000]]}}, null);
test('told', lacks, 'effects', booksOf([{phase: fault, effects: 1}]), null);
test('not told', lacks, 'effects', booksOf([{phase: fault}]), /^the target reported no effects$/);

test('counted', lacks, 'connections', {injector: [connectionsAt(1, 1)]}, null);
test('not counted', lacks, 'connections', {}, /does not count connections$/);
const log = (connectionsLeftOut: number): TrialChanges => ({
  injectorLog: {connections: [], connectionsLeftOut, hits: [], hitsLeftOut: 0},
});
test('noted', lacks, 'connection-log', log(0), null);
test('some left out', lacks, 'connection-log', log(1), /^the injector had no room to record 1 connections$/);
test('not noted', lacks, 'connection-log', {}, /does not record individual connections$/);

const [resources, phaseResources] = [[sample(1)], [resourcesOf(fault)]];
test('reported', lacks, 'process', {resources, phaseResources}, null);
test('without samples', lacks, 'process', {phaseResources}, /reported no metrics$/);
test('without phases', lacks, 'process', {resources}, /reported no metrics$/);
const asked = {
  atMs: 1,
  cpuMs: 0,
  rssBytes: 0,
  threadCount: null,
  fileDescriptorCount: null,
  socketCount: null,
};
test('asked', lacks, 'system', {system: [asked]}, null);
test('not asked', lacks, 'system', {}, /from the operating system$/);
test('of Node.js', lacks, 'node', {runtime: 'Node.js v24'}, null);
test('of an old run', lacks, 'node', {runtime: null}, null);
test(
  'of another runtime',
  lacks,
  'node',
  {runtime: 'CPython 3 (no Node.js )'},
  /^measured only in Node\.js processes$/,
);

test('of Node.js without figures', lacks, 'collections', {}, /^the process reported no metrics$/);
test('of Node.js with figures', lacks, 'collections', {resources, phaseResources}, null);
test('never collected', lacks, 'collected-heap', {}, /^the heap was not measured in both/);

test('the first that is not met is told', t => {
  const trial = trialWith({driver: {phases: []}});
  t.regex(lackOf(trial, ['load', 'failures', 'operations'])!, /^no operation failed$/);
  t.is(lackOf(trial, []), null);
});
