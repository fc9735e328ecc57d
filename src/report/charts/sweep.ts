// A sweep as curves: goodput and memory over the values of one option, a line per phase.
import {scaleLinear, scalePoint} from 'd3-scale';
import {line} from 'd3-shape';
import {max} from 'simple-statistics';
import {kneeOf, type SweepPoint, type SweepStory} from '../blocks/sweep.ts';
import type {PhaseMedians} from '../case-study/medians.ts';
import {listed, plain, rate, unknownFigure} from '../format.ts';
import {bodyTop, type Chart} from './chart.ts';
import {left, right} from './frame.ts';
import {curveEntry, legend} from './legend.ts';
import {seriesMark} from './marks.ts';
import {type SeriesName, seriesNames} from './style.ts';
import {element, label} from './svg.ts';

type Figure = {
  readonly title: string;
  readonly pick: (phase: PhaseMedians) => number | null;
  readonly format: (value: number) => string;
};

const figures: readonly [Figure, Figure] = [
  {title: 'successful operations per second', pick: phase => phase.goodputPerSecond, format: plain},
  {
    title: 'peak RSS, MiB',
    pick: ({rssMaxBytes}) => (rssMaxBytes === null ? null : rssMaxBytes / 2 ** 20),
    format: plain,
  },
];

const panelHeight = 150;
const panelStep = panelHeight + 40;

type Curve = {readonly phase: string; readonly name: SeriesName};

/** Up to four phases have a curve; null where there is none. */
export const sweepChart = (sweep: SweepStory, phases: readonly string[]): Chart | null => {
  const curves = phases
    .slice(0, seriesNames.length)
    .map((phase, index): Curve => ({phase, name: seriesNames[index]!}));
  if (curves.length === 0) return null;
  const {option, points} = sweep;
  const key = legend(curves.map(({phase, name}) => curveEntry(phase, name)));
  const top = bodyTop + key.height + 26;
  const bottom = top + panelStep + panelHeight;
  const place = scalePoint<number>()
    .domain(points.map((_, index) => index))
    .range([left, right])
    .padding(0.5);
  const title = `Goodput and memory over ${option}`;
  return {
    name: 'sweep',
    title,
    description: `${figures.map(({title: figure}) => figure).join(' and ')} over ${option}. ${curves
      .map(
        ({phase}) => `${phase}: ${points.map(point => `${point.title} ${rateOf(point, phase)}`).join(', ')}`,
      )
      .join('; ')}.`,
    height: bottom + 52,
    layers: [],
    span: null,
    panels: [
      {
        title,
        top,
        bottom,
        readings: points.map((point, index) => ({
          x: place(index)!,
          lines: [
            `${option} ${point.title}`,
            ...curves.map(({phase}) => `${phase}: ${rateOf(point, phase)}`),
            ...(point.endings.length > 0 ? [listed(point.endings)] : []),
          ],
        })),
      },
    ],
    body: [
      ...key.draw(bodyTop),
      ...figures.flatMap((figure, index) =>
        drawPanel(figure, sweep, curves, index => place(index)!, top + index * panelStep),
      ),
      ...points.map((point, index) =>
        label(point.endings.length > 0 ? `${point.title} ✝` : point.title, place(index)!, bottom + 18, {
          class: point.endings.length > 0 ? 'middle strong' : 'middle',
        }),
      ),
      label(
        points.some(({endings}) => endings.length > 0) ? `${option}; ✝ process crashed` : option,
        (left + right) / 2,
        bottom + 40,
        {class: 'muted middle'},
      ),
    ],
  };
};

const figureOf = ({story}: SweepPoint, phase: string, {pick}: Figure): number | null => {
  const found = story.phases.find(candidate => candidate.phase === phase);
  return found ? pick(found) : null;
};

const rateOf = (point: SweepPoint, phase: string): string => {
  const goodput = figureOf(point, phase, figures[0]);
  return goodput === null ? unknownFigure : rate(goodput);
};

const drawPanel = (
  figure: Figure,
  sweep: SweepStory,
  curves: readonly Curve[],
  place: (index: number) => number,
  top: number,
): string[] => {
  const bottom = top + panelHeight;
  const {points} = sweep;
  const values = curves.flatMap(({phase}) => points.flatMap(point => figureOf(point, phase, figure) ?? []));
  const scale = scaleLinear()
    .domain([0, max([1, ...values]) * 1.2])
    .range([bottom, top]);
  return [
    label(figure.title, left, top - 8, {class: 'strong'}),
    ...scale
      .ticks(4)
      .flatMap(tick => [
        element('line', {class: 'grid', x1: left, x2: right, y1: scale(tick), y2: scale(tick)}),
        label(figure.format(tick), left - 6, scale(tick) + 4, {class: 'muted end'}),
      ]),
    ...curves.flatMap(({phase, name}) => {
      const marks = points.flatMap((point, index) => {
        const value = figureOf(point, phase, figure);
        return value === null ? [] : [{x: place(index), y: scale(value), point}];
      });
      const path = line<{x: number; y: number}>(
        mark => mark.x,
        mark => mark.y,
      )(marks);
      return [
        path === null ? '' : element('path', {class: `line ${name}`, d: path}),
        ...marks.map(({x, y}) => seriesMark(name, x, y)),
      ];
    }),
    ...(figure === figures[0] ? kneeMarks(sweep, curves, place, top) : []),
    element('line', {class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom}),
  ];
};

/** One mark for all curves that bend at the same value. */
const kneeMarks = (
  sweep: SweepStory,
  curves: readonly Curve[],
  place: (index: number) => number,
  top: number,
): string[] =>
  sweep.points.flatMap((point, index) => {
    const bending = curves.filter(({phase}) => kneeOf(sweep, phase)?.point === point);
    if (bending.length === 0) return [];
    const x = place(index);
    return [
      element('line', {class: 'edge', x1: x, x2: x, y1: top, y2: top + panelHeight}),
      label(`knee: ${listed(bending.map(({phase}) => phase))}`, x, top + 12, {class: 'middle halo'}),
    ];
  });
