// Symptoms of what is left behind: memory, listeners, rejections, and a close that does not end it.
import test from 'ava';
import type {Plan} from '../../src/model/plan.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import type {Trial} from '../../src/model/trial.ts';
import {detectOne} from '../../src/symptoms/detect.ts';
import {answers} from '../helpers/symptom-macro.ts';
import {
  baseline,
  connectionsAt,
  fault,
  figuresOf,
  presentOf,
  type TrialChanges,
  trialWith,
} from '../helpers/trial-believable.ts';

const mib = 1024 ** 2;
const heap = (phase: number | null, sizeMib: number) => ({
  atMs: 0,
  phase,
  heapUsedBytes: sizeMib * mib,
  externalBytes: 0,
});

const cycle = trialWith().plan.phases.slice(2);
const threeFaults: Partial<Plan> = {
  phases: [...trialWith().plan.phases, ...cycle, ...cycle] as unknown as Plan['phases'],
};
test('6 MiB more', answers, 'memory-growth', {heaps: [heap(baseline, 30), heap(null, 36)]}, {value: 6 * mib});
test('4 MiB more', answers, 'memory-growth', {heaps: [heap(baseline, 30), heap(null, 34)]}, 'clear');
test('9 MiB of 100 more', answers, 'memory-growth', {heaps: [heap(baseline, 100), heap(null, 109)]}, 'clear');
test(
  'more with each fault',
  answers,
  'memory-growth',
  {plan: threeFaults, heaps: [heap(baseline, 30), heap(3, 33), heap(5, 35), heap(7, 38), heap(null, 38)]},
  {value: 8 * mib},
);
test(
  'a cache that fills once',
  answers,
  'memory-growth',
  {plan: threeFaults, heaps: [heap(baseline, 30), heap(3, 40), heap(5, 39), heap(7, 40), heap(null, 40)]},
  /^10.* more than in the baseline, but no steady rise over 3 recoveries/,
);
test(
  'a cache that is full with the second fault',
  answers,
  'memory-growth',
  {plan: threeFaults, heaps: [heap(baseline, 30), heap(3, 33), heap(5, 40), heap(7, 40), heap(null, 40)]},
  /no steady rise/,
);
const manyFaults = (...sizesMib: readonly number[]): TrialChanges => ({
  plan: {
    phases: [
      ...trialWith().plan.phases.slice(0, 2),
      ...sizesMib.flatMap(() => cycle),
    ] as unknown as Plan['phases'],
  },
  heaps: [
    heap(baseline, 30),
    ...sizesMib.map((size, index) => heap(3 + 2 * index, size)),
    heap(null, sizesMib.at(-1)!),
  ],
});
test(
  'more with nearly each fault: one dip hides no leak',
  answers,
  'memory-growth',
  manyFaults(31, 32, 31.9, 34, 35, 36),
  {value: 6 * mib},
);
test(
  'as much as the first fault needs',
  answers,
  'memory-growth',
  manyFaults(36, 36.1, 36, 36.2, 36.1, 36.2),
  /no steady rise/,
);
test(
  'little by little, below the limit',
  answers,
  'memory-growth',
  manyFaults(30.5, 31, 31.5, 32, 32.5, 33),
  'clear',
);
test(
  'not measured',
  answers,
  'memory-growth',
  {heaps: [heap(baseline, 30)]},
  /^the heap was not measured in both/,
);
test(
  'still under way',
  answers,
  'memory-growth',
  {heaps: [heap(baseline, 30), heap(null, 90)], driver: {drained: {atMs: 1, inFlight: 9}}},
  /still hold memory$/,
);

const openAt = (...counts: number[]): TrialChanges => ({
  plan: {
    phases: [
      ...trialWith().plan.phases.slice(0, 2),
      ...counts.flatMap(() => cycle),
    ] as unknown as Plan['phases'],
  },
  edges: Array.from({length: 2 + 2 * counts.length}, (_, phase) => ({
    phase,
    beforeMs: phase * 1000,
    afterMs: phase * 1000,
  })),
  loadEndedMs: 2000 + 2000 * counts.length,
  injector: [
    connectionsAt(1900, 2),
    ...counts.map((count, index) => connectionsAt(3900 + 2000 * index, count)),
    connectionsAt(20_000, 1),
  ],
});
test('more with each fault', answers, 'connection-leak', openAt(2, 4, 7), {value: 5, phase: 'recovery'});
test('not with each fault', answers, 'connection-leak', openAt(2, 7, 7), 'clear');
test('more with nearly each fault', answers, 'connection-leak', openAt(2, 4, 4, 7, 6, 9), {value: 7});
test('as many as a pool grew to', answers, 'connection-leak', openAt(2, 7, 8, 7, 8, 7), 'clear');
test(
  'more with each fault, and as many under way at once',
  answers,
  'connection-leak',
  {...openAt(2, 4, 7), driver: {phases: [figuresOf(fault, 100, {inFlightMax: 7})]}},
  /^7 connections stayed open, but a pool may keep one for each of the 7 operations/,
);

const unsettled = (settledMs: number | null): TrialChanges => ({
  firstUnsettled: {afterMs: 500, settledMs},
});
test(
  'more with each fault, and a first operation that never settled',
  answers,
  'connection-leak',
  {...openAt(2, 4, 7), ...unsettled(null)},
  /^the operation tried before the load never settled/,
);
test(
  'and one that did after the load',
  answers,
  'connection-leak',
  {...openAt(2, 4, 7), ...unsettled(9000)},
  /^the operation tried before the load never settled/,
);
test(
  'and one that did in time',
  answers,
  'connection-leak',
  {...openAt(2, 4, 7), ...unsettled(700)},
  {value: 5},
);

const warned = (name: string): TrialChanges => ({
  warnings: [{atMs: 6000, name, message: 'Possible EventEmitter memory leak detected.'}],
});
test('warned', answers, 'listener-leak', warned('MaxListenersExceededWarning'), {value: 1, phase: 'stall'});
test('how grave a leak is: cycles prove it, and without goals none is to be', t => {
  const goals = {recovery: {hungCount: {max: 0}}};
  const severityOf = (symptom: SymptomId, changes: TrialChanges): string =>
    presentOf(detectOne(symptom, trialWith(changes))).severity;
  const grown = (plan: Partial<Plan>, ...heaps: ReturnType<typeof heap>[]) =>
    severityOf('memory-growth', {plan, heaps: [heap(baseline, 30), ...heaps]});
  t.is(grown({goals}, heap(null, 40)), 'warn');
  t.is(grown({}, heap(null, 40)), 'fail');
  t.is(grown({...threeFaults, goals}, heap(3, 33), heap(5, 35), heap(7, 38), heap(null, 40)), 'fail');
  const warnedAt = (...times: number[]): Trial['warnings'] =>
    times.map(atMs => ({...warned('MaxListenersExceededWarning').warnings![0]!, atMs}));
  const listening = (plan: Partial<Plan>, ...times: number[]) =>
    severityOf('listener-leak', {...openAt(0, 0, 0), plan, warnings: warnedAt(...times)});
  t.is(listening({...threeFaults, goals}, 2500), 'warn');
  t.is(listening({...threeFaults, goals}, 2500, 2600, 4500), 'warn');
  t.is(listening({...threeFaults, goals}, 2500, 4500, 6500), 'fail');
  t.is(listening(threeFaults, 2500), 'fail');
});
const eleven = {
  name: 'MaxListenersExceededWarning',
  message: 'Possible EventEmitter memory leak detected. 11 stop listeners added to [EventEmitter].',
};
/** The phase of the fault takes 4 s. */
const underWay = (mean: number): TrialChanges => ({
  warnings: [{atMs: 6000, ...eleven}],
  driver: {phases: [figuresOf(fault, 100, {inFlightMs: mean * 4000})]},
});
test('ten under way', answers, 'listener-leak', underWay(10), {value: 1, phase: 'stall'});
test('eleven under way', answers, 'listener-leak', underWay(11), /as many operations were in flight/);
test('another warning', answers, 'listener-leak', warned('DeprecationWarning'), 'clear');

const error = {name: 'Error', code: 'ECONNRESET', message: 'lost', stack: [], causes: []};
test(
  'one',
  answers,
  'unhandled-rejection',
  {unhandledRejections: [{atMs: 6000, error}]},
  {value: 1, phase: 'stall'},
);
test('none', answers, 'unhandled-rejection', {}, 'clear');

const exit = {
  atMs: 26_100,
  exitCode: 0,
  signal: null,
  killedFor: null,
  stdoutBytes: 0,
  stderrBytes: 0,
  stderrTail: '',
} as const;
const completed = {kind: 'completed', close: 'resolved', error: null} as const;
test(
  'hung',
  answers,
  'close-hangs',
  {end: {...completed, close: 'hung'}, closing: {startMs: 21_000, durationMs: 5000}},
  {value: 5000},
);
test(
  'slow',
  answers,
  'close-hangs',
  {end: completed, closing: {startMs: 21_000, durationMs: 5001}},
  {value: 5001},
);
test(
  'lingering',
  answers,
  'close-hangs',
  {end: completed, exit: {...exit, killedFor: 'lingering'}},
  {value: 5095},
);
test('in time', answers, 'close-hangs', {end: completed, exit}, 'clear');
test('never closed', answers, 'close-hangs', {end: completed, closing: null}, /did not run to its end$/);
