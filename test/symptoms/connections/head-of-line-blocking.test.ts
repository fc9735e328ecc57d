import test from 'ava';
import {encodeHistogram, latencyHistogram, recordMs} from '../../../src/load/histogram.ts';
import {slowBody} from '../../../src/model/http-fault.ts';
import type {Plan} from '../../../src/model/plan.ts';
import {answers, tells} from '../../helpers/symptom-macro.ts';
import {baseline, fault, figuresOf, type TrialChanges, trialWith} from '../../helpers/trial-believable.ts';

const of = (ms: number, count = 40): string => {
  const histogram = latencyHistogram(2);
  for (let index = 0; index < count; index++) recordMs(histogram, ms);
  return encodeHistogram(histogram);
};

const phasesWith = (path: string): Partial<Plan> => ({
  phases: trialWith().plan.phases.map(phase =>
    phase.role === 'fault' ? {...phase, faults: [slowBody({bytesPerSecond: 1000, path})]} : phase,
  ) as unknown as Plan['phases'],
});

const keyed = (during: {readonly [key: string]: string}, path = '/slow/*'): TrialChanges => ({
  plan: phasesWith(path),
  driver: {
    phases: [
      figuresOf(baseline, 80, {responseByKeyUs: {slow: of(10), quick: of(10)}}),
      figuresOf(fault, 80, {responseByKeyUs: during}),
    ],
  },
});

const symptom = 'head-of-line-blocking';
test('the quick ones wait, too', answers, symptom, keyed({slow: of(900), quick: of(400)}), {
  value: 39.95,
  phase: 'stall',
});
test('the quick ones stay quick', answers, symptom, keyed({slow: of(900), quick: of(12)}), 'clear');
/** Quick ones but for the last so many. */
const quickBut = (slowCount: number): string => {
  const histogram = latencyHistogram(2);
  for (let index = 0; index < 40; index++) recordMs(histogram, index < 40 - slowCount ? 10 : 400);
  return encodeHistogram(histogram);
};
test('a pause delays a few', answers, symptom, keyed({slow: of(900), quick: quickBut(9)}), 'clear');
test('more than a few', answers, symptom, keyed({slow: of(900), quick: quickBut(11)}), {
  value: 39.95,
  phase: 'stall',
});
test('a little slower is not blocked', answers, symptom, keyed({slow: of(900), quick: of(55)}), 'clear');
test(
  'a little slower, where the scenario asks for less slack',
  answers,
  symptom,
  (() => {
    const changes = keyed({slow: of(900), quick: of(55)});
    return {...changes, plan: {...changes.plan, thresholds: {[symptom]: {slackMs: 40}}}};
  })(),
  {value: 5.48, phase: 'stall'},
);
test('few samples', answers, symptom, keyed({slow: of(900), quick: of(400, 29)}), 'clear');
test(
  'the fault is for all',
  answers,
  symptom,
  keyed({slow: of(900), quick: of(400)}, ''),
  /^no fault is limited to some/,
);
test('no keys', answers, symptom, {}, /fewer than two keys/);

test(
  'all that it says',
  tells,
  symptom,
  keyed({slow: of(900), quick: of(400), other: of(300), unknown: of(800)}),
  ['warn stall', 'stall: driver 39.9529 > 3 ratio of 40; 75 401 10'],
);
test(
  'the worse key first',
  tells,
  symptom,
  {
    ...keyed({}),
    driver: {
      phases: [
        figuresOf(baseline, 80, {responseByKeyUs: {slow: of(10), quick: of(10), other: of(20, 4000)}}),
        figuresOf(fault, 80, {responseByKeyUs: {slow: of(900), other: of(300, 4000), quick: of(200)}}),
      ],
    },
  },
  [
    'warn stall',
    'stall: driver 19.9764 > 3 ratio of 40; 75 201 10',
    'stall: driver 14.9816 > 3 ratio of 4000; 99 301 20',
  ],
);
test(
  'three times as slow',
  tells,
  symptom,
  {
    ...keyed({}),
    driver: {
      phases: [
        figuresOf(baseline, 80, {responseByKeyUs: {slow: of(100), quick: of(100)}}),
        figuresOf(fault, 80, {responseByKeyUs: {slow: of(900), quick: of(300)}}),
      ],
    },
  },
  ['warn stall', 'stall: driver 3 > 3 ratio of 40; 75 301 100'],
);
test(
  'next to nothing before',
  tells,
  symptom,
  {
    ...keyed({}),
    driver: {
      phases: [
        figuresOf(baseline, 80, {responseByKeyUs: {slow: of(10), quick: of(0.05)}}),
        figuresOf(fault, 80, {responseByKeyUs: {slow: of(900), quick: of(60, 30)}}),
      ],
    },
  },
  ['warn stall', 'stall: driver 601.59 > 3 ratio of 30; 67 60 0'],
);
test(
  'one key',
  tells,
  symptom,
  {driver: {phases: [figuresOf(baseline, 80, {responseByKeyUs: {slow: of(10), empty: ''}})]}},
  ['inconclusive'],
);
