// Where a swept curve bends: the smallest number that is nearly as good as the best, by a process that lived.
import test from 'ava';
import {kneeOf, type SweepStory} from '../../../src/report/blocks/sweep.ts';
import type {VariantStory} from '../../../src/report/case-study/run-story.ts';

type Told = readonly [value: number | null, goodputPerSecond: number, ending?: string];

const sweepWith = (...told: readonly Told[]): SweepStory => ({
  option: 'prefetch',
  points: told.map(([value, goodputPerSecond, ending]) => ({
    title: value === null ? 'default' : String(value),
    value,
    endings: ending === undefined ? [] : [ending],
    // Of a story the knee looks at nothing but this.
    story: {phases: [{phase: 'baseline', goodputPerSecond}]} as unknown as VariantStory,
  })),
});

const bendsAt = test.macro<[readonly Told[], string | null]>((t, told, expected) => {
  t.is(kneeOf(sweepWith(...told), 'baseline')?.point.title ?? null, expected);
});

test(
  'where the curve flattens',
  bendsAt,
  [
    [8, 100],
    [32, 890],
    [128, 930],
    [512, 980],
  ],
  '32',
);
test(
  'at its end where it rises to the end',
  bendsAt,
  [
    [8, 100],
    [32, 200],
    [128, 400],
  ],
  '128',
);
test(
  'at its beginning where it is flat',
  bendsAt,
  [
    [8, 100],
    [32, 101],
  ],
  '8',
);
test(
  'not by a process that died',
  bendsAt,
  [
    [8, 100],
    [32, 990, 'runs out of memory'],
  ],
  '8',
);
test(
  'not at the default, which has no place among numbers',
  bendsAt,
  [
    [8, 10],
    [null, 100],
  ],
  null,
);
test(
  'nowhere when nothing succeeded',
  bendsAt,
  [
    [8, 0],
    [32, 0],
  ],
  null,
);
test('a phase that no point reached has no knee', t => {
  t.is(kneeOf(sweepWith([8, 100], [32, 200]), 'far'), null);
});
