// One chart: what is drawn, what it says in words, and what a reader who points at it is shown.
import {width} from './frame.ts';
import {definitions, type Layer, styleSheet} from './style.ts';
import {element, escapeXml, group, label} from './svg.ts';

/** The readings of one panel at one place; `x` is in the chart's own pixels. */
export type Reading = {readonly x: number; readonly lines: readonly string[]};

export type ReadPanel = {
  readonly title: string;
  readonly top: number;
  readonly bottom: number;
  /** From left to right. */
  readonly readings: readonly Reading[];
};

export type Chart = {
  /** The stem of its file's name. */
  readonly name: string;
  readonly title: string;
  /** The chart in words, for readers who do not see it. */
  readonly description: string;
  readonly height: number;
  /** Outcomes whose patterns it uses. */
  readonly layers: readonly Layer[];
  /** Without the title; from the pixel row `bodyTop` on. */
  readonly body: readonly string[];
  readonly panels: readonly ReadPanel[];
  /** Where its horizontal axis is time since a trial's origin; null where it is not. */
  readonly span: {readonly fromMs: number; readonly toMs: number} | null;
};

/** The title stands above this row. */
export const bodyTop = 32;

export const fileOfChart = ({name}: Chart): string => `${name}.svg`;

/** A file of its own, that follows the reader's light or dark mode. Deterministic: the same chart gives the same bytes. */
export const toSvgFile = (chart: Chart): string =>
  [
    opening(chart, 'xmlns="http://www.w3.org/2000/svg" '),
    styleSheet,
    ...(chart.layers.length > 0 ? [definitions(chart.layers)] : []),
    element('rect', {class: 'paper', width, height: chart.height}),
    ...contentOf(chart),
    '</svg>\n',
  ].join('\n');

/** A part of a page, which has the style and the patterns once for all of its charts. */
export const toInlineSvg = (chart: Chart): string =>
  [opening(chart, ''), ...contentOf(chart), '</svg>'].join('\n');

const opening = (chart: Chart, namespace: string): string => {
  const {name, title, description, height} = chart;
  return [
    `<svg ${namespace}class="chart" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${name}-title ${name}-description">`,
    `<title id="${name}-title">${escapeXml(title)}</title>`,
    `<desc id="${name}-description">${escapeXml(description)}</desc>`,
  ].join('\n');
};

const contentOf = ({title, body}: Chart): string[] => [
  label(title, 8, 22, {class: 'heading'}),
  ...body.filter(part => part !== ''),
];

/** What is drawn along the time axis: a page that zooms stretches this, and nothing else. */
export const plot = (parts: readonly string[]): string => group({class: 'plot'}, parts);
