// Before and after, phase by phase: what succeeded per second, and how many attempts it took. With several trials a bar is the
// median, the dots are the trials, and where there are too many for dots a line runs from the lowest to the highest.
import {scaleBand, scaleLinear} from 'd3-scale';
import {max} from 'simple-statistics';
import type {Phase} from '../../model/plan.ts';
import type {PhaseSummary} from '../../model/run.ts';
import type {PhaseMedians} from '../case-study/medians.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {listed, perOperation, plain, plural, rate, unknownFigure} from '../format.ts';
import {bodyTop, type Chart, type Reading} from './chart.ts';
import {left, right} from './frame.ts';
import {barEntry, boxEntry, legend} from './legend.ts';
import {seriesBar} from './marks.ts';
import {type Series, seriesOf} from './series.ts';
import {element, label, shortened, textWidth} from './svg.ts';

type Figure = {
  readonly title: string;
  readonly pick: (phase: PhaseSummary) => number | null;
  /** On a bar, where there is little room. */
  readonly short: (value: number) => string;
  readonly long: (value: number | null) => string;
  readonly leastTop: number;
};

const figures: readonly Figure[] = [
  {
    title: 'successful operations per second',
    pick: phase => phase.goodputPerSecond,
    short: value => plain(value >= 100 ? Math.round(value) : Number(value.toFixed(1))),
    long: rate,
    leastTop: 1,
  },
  {
    title: 'attempts at the target per operation',
    pick: phase => phase.attemptsPerOperationRatio,
    short: perOperation,
    long: perOperation,
    leastTop: 1,
  },
];

const panelHeight = 120;
const panelStep = panelHeight + 34;

/** Null where no phase was measured. */
export const throughput = (story: RunStory): Chart | null => {
  const series = seriesOf(story);
  const phases = story.run.record.plan.phases.filter(
    phase => phase.role !== 'warm-up' && series.some(one => medianOfPhase(one, phase) !== null),
  );
  if (phases.length === 0) return null;
  const shown = figures.filter(figure =>
    phases.some(phase => series.some(one => figureOf(one, phase, figure) !== null)),
  );
  const trialCount = Math.max(...series.map(one => one.story.trials.length));
  const key = legend([
    ...series.map(one => barEntry(one.story.variant.name, one.name)),
    boxEntry('fault', {class: 'fault edge'}),
  ]);
  const top = bodyTop + key.height + 26;
  const bottom = top + (shown.length - 1) * panelStep + panelHeight;
  const band = scaleBand<string>()
    .domain(phases.map(({name}) => name))
    .range([left, right])
    .paddingInner(0.2)
    .paddingOuter(0.1);
  const readings = phases.map(
    (phase): Reading => ({
      x: band(phase.name)! + band.bandwidth() / 2,
      lines: [
        phase.name,
        ...shown.map(
          figure =>
            `${figure.title}: ${series.map(one => `${one.story.variant.name} ${figure.long(figureOf(one, phase, figure))}`).join(', ')}`,
        ),
      ],
    }),
  );
  const title = `Throughput${series.length > 1 ? ' before and after' : ''}, phase by phase`;
  return {
    name: 'throughput',
    title,
    description: `${listed(shown.map(figure => figure.title))}, by phase${trialCount > 1 ? `; bars are medians over ${plural(trialCount, 'trial')}, ${trialCount > dotsShown ? 'lines span the lowest to the highest' : 'dots are the trials'}` : ''}. ${phases
      .map(
        phase =>
          `${phase.name}: ${series.map(one => rate(figureOf(one, phase, figures[0]!) ?? undefined)).join(' → ')}`,
      )
      .join('; ')}.`,
    height: bottom + 30,
    layers: [],
    span: null,
    panels: [{title, top, bottom, readings}],
    body: [
      ...key.draw(bodyTop),
      ...shown.flatMap((figure, index) => drawPanel(figure, series, phases, band, top + index * panelStep)),
      ...phases.map(phase =>
        label(shortened(phase.name, 12, band.step()), band(phase.name)! + band.bandwidth() / 2, bottom + 18, {
          class: phase.role === 'fault' ? 'middle strong' : 'middle muted',
        }),
      ),
    ],
  };
};

const medianOfPhase = ({story}: Series, phase: Phase): PhaseMedians | null =>
  story.phases.find(({phase: name}) => name === phase.name) ?? null;

const figureOf = (series: Series, phase: Phase, figure: Figure): number | null => {
  const median = medianOfPhase(series, phase);
  return median && figure.pick(median);
};

const trialValues = ({story}: Series, phase: Phase, figure: Figure): number[] =>
  story.trials.flatMap(({judgement}) =>
    judgement.phases
      .filter(({phase: name}) => name === phase.name)
      .flatMap(summary => figure.pick(summary) ?? []),
  );

type Band = ReturnType<typeof scaleBand<string>>;

const drawPanel = (
  figure: Figure,
  series: readonly Series[],
  phases: readonly Phase[],
  band: Band,
  top: number,
): string[] => {
  const bottom = top + panelHeight;
  const all = series.flatMap(one => phases.flatMap(phase => trialValues(one, phase, figure)));
  // The room above the highest bar is for its number.
  const scale = scaleLinear()
    .domain([0, max([figure.leastTop, ...all])])
    .range([bottom, top + 16]);
  const width = band.bandwidth() / series.length;
  return [
    label(figure.title, left, top - 7, {class: 'strong'}),
    ...phases
      .filter(({role}) => role === 'fault')
      .map(phase =>
        element('rect', {
          class: 'fault',
          x: band(phase.name)! - (band.step() - band.bandwidth()) / 2,
          y: top,
          width: band.step(),
          height: panelHeight,
        }),
      ),
    ...scale
      .ticks(4)
      .flatMap(tick => [
        element('line', {class: 'grid', x1: left, x2: right, y1: scale(tick), y2: scale(tick)}),
        label(tick.toLocaleString('en'), left - 6, scale(tick) + 4, {class: 'muted end'}),
      ]),
    ...phases.flatMap(phase =>
      series.flatMap((one, index) => {
        const x = band(phase.name)! + index * width;
        return drawBar(figure, one, phase, scale, {x, width, bottom});
      }),
    ),
    element('line', {class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom}),
  ];
};

const drawBar = (
  figure: Figure,
  series: Series,
  phase: Phase,
  scale: (value: number) => number,
  {x, width, bottom}: {x: number; width: number; bottom: number},
): string[] => {
  const value = figureOf(series, phase, figure);
  const middle = x + width / 2;
  if (value === null) return [label(unknownFigure, middle, bottom - 5, {class: 'muted middle'})];
  const trials = trialValues(series, phase, figure);
  const highest = Math.max(value, ...(trials.length > 1 ? trials : []));
  const text = figure.short(value);
  return [
    ...seriesBar(series.name, {
      x: x + 2,
      y: scale(value),
      width: Math.max(2, width - 4),
      height: Math.max(0, bottom - scale(value)),
    }),
    ...trialMarks(trials, middle, width, scale),
    textWidth(text, 12) <= width + 8 ? label(text, middle, scale(highest) - 5, {class: 'middle halo'}) : '',
  ];
};

/** Beyond these, dots would be a blot. */
const dotsShown = 40;

const trialMarks = (
  trials: readonly number[],
  middle: number,
  width: number,
  scale: (value: number) => number,
): string[] => {
  if (trials.length < 2) return [];
  if (trials.length > dotsShown) {
    const [low, high] = [Math.min(...trials), Math.max(...trials)];
    return [element('line', {class: 'died', x1: middle, x2: middle, y1: scale(low), y2: scale(high)})];
  }
  return trials.map((value, index) =>
    element('circle', {
      class: 'dot',
      cx: middle + ((index + 0.5) / trials.length - 0.5) * width * 0.6,
      cy: scale(value),
      r: 2.5,
    }),
  );
};
