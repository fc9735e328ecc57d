// Small panels one below the other on one time axis, with the variants laid over each other in each.
import {scaleLinear} from 'd3-scale';
import {line} from 'd3-shape';
import {max} from 'simple-statistics';
import {phaseWindow, type Trial} from '../../model/trial.ts';
import {duration, unknownFigure} from '../format.ts';
import {bodyTop, type Chart, plot, type Reading} from './chart.ts';
import {left, right, type TimeScale, timeAxis, timeGrid, timeScale} from './frame.ts';
import {boxEntry, legend, lineEntry} from './legend.ts';
import {phaseNames, phaseShades} from './phases.ts';
import type {TrialSeries} from './series.ts';
import {element, label} from './svg.ts';

export type Point = {readonly atMs: number; readonly value: number};

/** One figure of a trial over time. */
export type Measure = {
  readonly title: string;
  /** Of a value on the axis and in a reading. */
  readonly format: (value: number) => string;
  /** The axis reaches at least this far, so that noise is not magnified. */
  readonly leastTop: number;
  readonly pointsOf: (trial: Trial) => readonly Point[];
};

export type OverTime = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly series: readonly TrialSeries[];
  readonly measures: readonly Measure[];
};

const panelHeight = 72;
const panelStep = panelHeight + 26;
const readEveryMs = 500;
/** A reading takes the nearest point, unless it is farther than this. */
const nearMs = 1000;

type Row = Measure & {readonly lines: readonly (TrialSeries & {readonly points: readonly Point[]})[]};

/** Measures without data are left out; null where none is left. */
export const overTime = ({name, title, description, series, measures}: OverTime): Chart | null => {
  const rows = measures
    .map(
      (measure): Row => ({
        ...measure,
        lines: series.map(one => ({...one, points: measure.pointsOf(one.trial)})),
      }),
    )
    .filter(({lines}) => lines.some(({points}) => points.length > 1));
  if (rows.length === 0) return null;
  const trials = series.map(({trial}) => trial);
  const time = timeScale(trials);
  const [fromMs = 0, toMs = 0] = time.domain();
  const key = legend([
    ...series.map(one => lineEntry(one.title, `line ${one.name}`)),
    boxEntry('fault', {class: 'fault edge'}),
  ]);
  const names = phaseNames(trials, time);
  const namesTop = bodyTop + 2 + key.height;
  const top = namesTop + names.height + 20;
  const bottom = top + (rows.length - 1) * panelStep + panelHeight;
  return {
    name,
    title,
    description,
    height: bottom + 46,
    layers: [],
    span: {fromMs, toMs},
    panels: [{title, top, bottom, readings: readingsOf(rows, trials, time)}],
    body: [
      ...key.draw(bodyTop),
      names.draw(namesTop),
      ...rows.flatMap((row, index) => drawRow(row, trials, time, top + index * panelStep)),
      plot(timeAxis(time, bottom)),
      label('seconds since the start of the trial', (left + right) / 2, bottom + 34, {class: 'muted middle'}),
    ],
  };
};

const drawRow = (row: Row, trials: readonly Trial[], time: TimeScale, top: number): string[] => {
  const bottom = top + panelHeight;
  const scale = scaleLinear()
    .domain([0, max([row.leastTop, ...row.lines.flatMap(({points}) => points.map(({value}) => value))])])
    .range([bottom, top + 2]);
  const longest = trials.toSorted((a, b) => b.edges.length - a.edges.length)[0];
  return [
    label(row.title, left, top - 7, {class: 'strong'}),
    plot([...(longest ? phaseShades(longest, time, top, bottom) : []), ...timeGrid(time, top, bottom)]),
    ...scale
      .ticks(3)
      .flatMap(tick => [
        element('line', {class: 'grid', x1: left, x2: right, y1: scale(tick), y2: scale(tick)}),
        label(row.format(tick), left - 6, scale(tick) + 4, {class: 'muted end'}),
      ]),
    plot(
      row.lines.map(({points, name}) => {
        const path = line<Point>()
          .x(point => time(point.atMs))
          .y(point => scale(point.value))
          .digits(1)(points.filter(({atMs}) => atMs >= time.domain()[0]! && atMs <= time.domain()[1]!));
        return path ? element('path', {class: `line ${name}`, d: path}) : '';
      }),
    ),
  ];
};

const readingsOf = (rows: readonly Row[], trials: readonly Trial[], time: TimeScale): Reading[] => {
  const [fromMs = 0, toMs = 0] = time.domain();
  const count = Math.floor((toMs - fromMs) / readEveryMs) + 1;
  return Array.from({length: count}, (_, index) => {
    const atMs = fromMs + index * readEveryMs;
    return {
      x: time(atMs),
      lines: [
        `${duration(atMs)}, ${phaseNameAt(trials[0], atMs)}`,
        ...rows.map(
          ({title, format, lines}) =>
            `${title}: ${lines.map(({points, title: who}) => `${who} ${near(points, atMs, format)}`).join(', ')}`,
        ),
      ],
    };
  });
};

const near = (points: readonly Point[], atMs: number, format: (value: number) => string): string => {
  const nearest = points.reduce<Point | null>(
    (best, point) =>
      best === null || Math.abs(point.atMs - atMs) < Math.abs(best.atMs - atMs) ? point : best,
    null,
  );
  return nearest && Math.abs(nearest.atMs - atMs) <= nearMs ? format(nearest.value) : unknownFigure;
};

const phaseNameAt = (trial: Trial | undefined, atMs: number): string =>
  trial?.plan.phases.find((_, index) => {
    const window = phaseWindow(trial, index);
    return window !== null && atMs >= window.startMs && atMs < window.endMs;
  })?.name ?? 'no phase';
