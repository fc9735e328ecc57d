// A sweep makes variants of one option's values, and leaves those alone that the scenario has already.
import test from 'ava';
import {defineScenario, type Scenario, type SweepInput} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {expandSweep} from '../../src/scenarios/sweep.ts';

const scenarioWith = (sweep: SweepInput): Scenario =>
  defineScenario<unknown, unknown>({
    name: 'swept',
    observation: 'The right value depends on the network.',
    target: {kind: 'http'},
    variants: [
      {name: 'defaults', options: {prefetch: null, pool: {size: 1}}, process: {heapLimitMiB: 64}},
      {name: 'some', options: {prefetch: 32, pool: {size: 1}}, change: 'Set prefetch.'},
    ],
    sweep,
    load: {model: 'closed', concurrency: 1},
    operation: {deadlineMs: 1000, idempotent: true},
    phases: [{name: 'baseline', role: 'baseline', durationMs: 1000}],
    subject: {open: () => null, perform: () => undefined},
  });

test('values that no variant has become variants, before the candidate', t => {
  const plan = planOf(scenarioWith({option: 'prefetch', values: [8, 32, 256, null]}));
  t.deepEqual(
    plan.variants.map(({name}) => name),
    ['defaults', 'prefetch-8', 'prefetch-256', 'some'],
  );
  t.deepEqual(plan.sweep, {
    option: 'prefetch',
    points: [
      {value: 8, variant: 'prefetch-8'},
      {value: 32, variant: 'some'},
      {value: 256, variant: 'prefetch-256'},
      {value: null, variant: 'defaults'},
    ],
  });
  t.deepEqual(plan.variants[1], {
    name: 'prefetch-8',
    options: {prefetch: 8, pool: {size: 1}},
    change: 'Set prefetch to 8.',
    process: {env: {}, heapLimitMiB: 64},
  });
});

test('a dotted path reaches into the options, and makes what is not there', t => {
  const {scenario} = expandSweep(scenarioWith({option: 'pool.limits.most', values: [1.5, 'All of it']}));
  t.deepEqual(
    scenario.variants.slice(1, 3).map(({name, options}) => ({name, options})),
    [
      {name: 'most-1-5', options: {prefetch: null, pool: {size: 1, limits: {most: 1.5}}}},
      {name: 'most-all-of-it', options: {prefetch: null, pool: {size: 1, limits: {most: 'All of it'}}}},
    ],
  );
});

test('expanding twice changes nothing more', t => {
  const once = expandSweep(scenarioWith({option: 'prefetch', values: [8, 256]})).scenario;
  t.deepEqual(expandSweep(once).scenario.variants, once.variants);
});

test('a sweep that is none is told with its place', t => {
  const wrong = (sweep: unknown): string | undefined =>
    t.throws(() => planOf(scenarioWith(sweep as SweepInput)))?.message;
  t.regex(wrong({option: 'prefetch', values: [8]}) ?? '', /sweep\.values/);
  t.regex(wrong({option: '', values: [8, 9]}) ?? '', /sweep\.option/);
  t.regex(wrong({values: [8, 9]}) ?? '', /sweep\.option/);
});
