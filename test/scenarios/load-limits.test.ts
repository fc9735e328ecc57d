// What a trial cannot carry is refused before anything starts, in a line that says what to do.
import test from 'ava';
import {FoulweatherError} from '../../src/model/errors.ts';
import type {Scenario} from '../../src/scenarios/define-scenario.ts';
import {planOf} from '../../src/scenarios/plan-of.ts';
import {scenarioWith} from '../helpers/trial-scenario.ts';

const hourMs = 3_600_000;
const open = (ratePerSecond: number) => ({model: 'open', ratePerSecond, maxInFlight: 100}) as const;
const phase = (durationMs: number, index = 0) =>
  ({name: `calm-${index}`, role: 'baseline', durationMs}) as const;

const refused: readonly (readonly [title: string, change: Partial<Scenario>, statement: RegExp])[] = [
  [
    'more operations than can be kept account of',
    {load: open(10_000), phases: [phase(12 * hourMs)]},
    /load adds up to 432 million operations, .* at most 100 million/,
  ],
  [
    'too many by bursts',
    {load: {model: 'bursts', burstSize: 100_000, everyMs: 10, maxInFlight: 10}, phases: [phase(60_000)]},
    /load adds up to 600 million operations/,
  ],
  [
    'a load that starts nothing',
    {load: {model: 'ramp', fromPerSecond: 0, toPerSecond: 0, maxInFlight: 10}},
    /load starts no operation in any phase/,
  ],
  [
    'more than two days',
    {load: open(1), phases: [phase(24 * hourMs), phase(24 * hourMs, 1), phase(hourMs / 2, 2)]},
    /phases: they last 48\.5 hours together; a trial may last at most 48/,
  ],
  [
    'a deadline beyond what is measured',
    {operation: {deadlineMs: hourMs, idempotent: true}},
    /operation\.deadlineMs must be at most 3,272,727/,
  ],
  [
    'more in flight than memory takes',
    {load: {...open(100), maxInFlight: 2_000_000}},
    /load\.maxInFlight must be at most 1000000/,
  ],
];

for (const [title, change, statement] of refused) {
  test(`refused: ${title}`, t => {
    const error = t.throws(() => planOf(scenarioWith(change)), {instanceOf: FoulweatherError});
    t.is(error?.code, 'FW_SCENARIO_INVALID');
    t.regex(error?.message ?? '', statement);
  });
}

for (const [title, change] of [
  ['half a day at 2,000/s', {load: open(2000), phases: [phase(12 * hourMs)]}],
  ['a day of closed load', {load: {model: 'closed', concurrency: 10}, phases: [phase(24 * hourMs)]}],
  [
    'a phase of rest beside others',
    {
      phases: [
        phase(1000),
        {...phase(1000, 1), load: {model: 'ramp', fromPerSecond: 0, toPerSecond: 0, maxInFlight: 1}},
      ],
    },
  ],
  ['a deadline of 50 minutes', {operation: {deadlineMs: 3_000_000, idempotent: true}}],
] as const satisfies readonly (readonly [string, Partial<Scenario>])[]) {
  test(`taken: ${title}`, t => {
    t.notThrows(() => planOf(scenarioWith(change as Partial<Scenario>)));
  });
}
