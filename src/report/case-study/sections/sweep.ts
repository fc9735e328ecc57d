// The sweep: what each value of the option gives, phase by phase, and which value is enough.

import {goodputOf, kneeOf, type SweepPoint, type SweepStory, sweepOf} from '../../blocks/sweep.ts';
import {sweepChart} from '../../charts/sweep.ts';
import {
  type Block,
  code,
  figure,
  heading,
  list,
  paragraph,
  type Span,
  strong,
  type Text,
  table,
} from '../../document.ts';
import {bytes, listed, percent, plain, unknownFigure} from '../../format.ts';
import type {RunStory} from '../run-story.ts';

/** Empty where the scenario has no sweep. */
export const sweepBlocks = (story: RunStory): Block[] => {
  const sweep = sweepOf(story);
  if (!sweep) return [];
  // Figures after a fault depend on the fault, and not on the option.
  const phases = story.run.record.plan.phases
    .filter(({role}) => role === 'baseline' || role === 'fault')
    .map(({name}) => name)
    .filter(phase => sweep.points.some(point => goodputOf(point, phase) !== null));
  return [
    heading(`Sweep over ${sweep.option}`),
    ...figure('sweep', () => sweepChart(sweep, phases)),
    table(
      [sweep.option, ...phases.map(phase => `>Goodput/s, ${phase}`), '>Peak RSS', 'Ended'],
      sweep.points.map(point => rowOf(point, phases)),
    ),
    ...kneeBlocks(sweep, phases),
  ];
};

const rowOf = (point: SweepPoint, phases: readonly string[]): Span[] => [
  code(point.title),
  ...phases.map(phase => {
    const goodput = goodputOf(point, phase);
    return goodput === null ? unknownFigure : plain(goodput);
  }),
  bytes(Math.max(0, ...point.story.phases.map(({rssMaxBytes}) => rssMaxBytes ?? 0))),
  point.endings.length > 0 ? strong(listed(point.endings)) : 'normally',
];

const kneeBlocks = (sweep: SweepStory, phases: readonly string[]): Block[] => {
  const knees = phases.flatMap((phase): Text[] => {
    const knee = kneeOf(sweep, phase);
    if (!knee) return [];
    const {point, goodputPerSecond, bestPerSecond} = knee;
    return [
      [
        `${phase}: `,
        strong(`${sweep.option} = ${point.title}`),
        ` gives ${plain(goodputPerSecond)}/s, ${percent(goodputPerSecond / bestPerSecond)} of the best.`,
      ],
    ];
  });
  if (knees.length === 0) return [];
  return [
    paragraph(
      'The knee of each curve: the smallest value that reached 90% of the best goodput of its phase without crashing.',
    ),
    list(knees),
  ];
};
