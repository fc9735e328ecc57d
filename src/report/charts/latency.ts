// How long operations took, as distributions on one log axis: a row per phase, a column per variant, those that succeeded below
// and those that did not on top of them.
import {type ScaleLogarithmic, scaleLinear, scaleLog} from 'd3-scale';
import {max} from 'simple-statistics';
import {hungAfterMs, type Phase} from '../../model/plan.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {count, duration, plannedDuration} from '../format.ts';
import {bodyTop, type Chart, type ReadPanel} from './chart.ts';
import {left, right} from './frame.ts';
import {bucketsPerDecade, type Cell, cellOf, edgesOf, shareOf} from './latency-cells.ts';
import {boxEntry, legend, lineEntry} from './legend.ts';
import {seriesOf} from './series.ts';
import {element, label, shortened} from './svg.ts';

const rowHeight = 62;
const rowStep = rowHeight + 14;
const columnGap = 24;
const columnsShown = 3;

/** Null where no histogram was saved. */
export const latency = (story: RunStory): Chart | null => {
  const all = seriesOf(story).map(series => series.story);
  const columns = all.length > columnsShown ? [all[0]!, ...all.slice(1 - columnsShown)] : all;
  const phases = story.run.record.plan.phases
    .map((phase, index) => ({phase, index}))
    .filter(({phase}) => phase.role !== 'warm-up');
  const {deadlineMs} = story.run.record.plan.operation;
  const edgesMs = edgesOf(columns, deadlineMs);
  if (edgesMs.length < 2) return null;
  const rows = phases
    .map(({phase, index}) => ({phase, cells: columns.map(column => cellOf(column, index, edgesMs))}))
    .filter(({cells}) => cells.some(({settledCount, hungCount}) => settledCount + hungCount > 0));
  if (rows.length === 0) return null;
  const key = legend([
    boxEntry('succeeded', {fill: 'url(#outcome-ok)'}),
    boxEntry('not successful', {fill: 'url(#outcome-failed)'}),
    lineEntry(`deadline ${plannedDuration(deadlineMs)}`, 'deadline'),
  ]);
  const top = bodyTop + key.height + 34;
  const bottom = top + (rows.length - 1) * rowStep + rowHeight;
  const width = (right - left - (columns.length - 1) * columnGap) / columns.length;
  const scales = columns.map((_, index) =>
    scaleLog()
      .domain([edgesMs[0]!, edgesMs.at(-1)!])
      .range([left + index * (width + columnGap), left + index * (width + columnGap) + width])
      .clamp(true),
  );
  return {
    name: 'latency',
    title: 'Time to settle, by phase',
    description: `Distributions of the response time on a log scale, one row per phase and one column per variant; each row has its own scale. ${rows
      .map(({phase, cells}) => `${phase.name}: p99 ${cells.map(({p99Ms}) => duration(p99Ms)).join(' → ')}`)
      .join('; ')}.`,
    height: bottom + 44,
    layers: ['ok', 'failed'],
    span: null,
    panels: rows.flatMap(({phase, cells}, row) =>
      cells.map((cell, column) =>
        readPanel(
          `${columns[column]!.variant.name}, ${phase.name}`,
          cell,
          edgesMs,
          scales[column]!,
          top + row * rowStep,
        ),
      ),
    ),
    body: [
      ...key.draw(bodyTop),
      ...columns.map(({variant}, index) =>
        label(variant.name, scales[index]!.range()[0]!, top - 20, {class: 'heading'}),
      ),
      ...rows.flatMap(({phase, cells}, index) =>
        drawRow(phase, cells, scales, edgesMs, deadlineMs, top + index * rowStep),
      ),
      ...scales.flatMap(scale => axis(scale, bottom)),
      label(
        `response time, log scale; hung: still pending ${plannedDuration(hungAfterMs(story.run.record.plan.operation))} after the start`,
        (left + right) / 2,
        bottom + 34,
        {class: 'muted middle'},
      ),
    ],
  };
};

type Log = ScaleLogarithmic<number, number>;

/** Shares of what settled, so that two trials and twenty look the same; one height for all columns of a row. */
const drawRow = (
  phase: Phase,
  cells: readonly Cell[],
  scales: readonly Log[],
  edgesMs: readonly number[],
  deadlineMs: number,
  top: number,
): string[] => {
  const bottom = top + rowHeight;
  const highest = max([
    0.01,
    ...cells.flatMap(cell => cell.okCounts.map((ok, index) => shareOf(cell, ok + cell.notOkCounts[index]!))),
  ]);
  const height = scaleLinear()
    .domain([0, highest])
    .range([bottom, top + 14]);
  return [
    label(shortened(phase.name, 12, left - 8), left - 8, bottom - 4, {
      class: phase.role === 'fault' ? 'end strong' : 'end muted',
    }),
    ...cells.flatMap((cell, index) => {
      const x = scales[index]!;
      const [from = 0, to = 0] = x.range();
      return [
        phase.role === 'fault'
          ? element('rect', {class: 'fault', x: from, y: top, width: to - from, height: rowHeight})
          : '',
        ...decades(edgesMs).map(edge =>
          element('line', {class: 'grid', x1: x(edge), x2: x(edge), y1: top, y2: bottom}),
        ),
        silhouette(cell, x, height, edgesMs, 'ok'),
        silhouette(cell, x, height, edgesMs, 'failed'),
        element('line', {class: 'deadline', x1: x(deadlineMs), x2: x(deadlineMs), y1: top, y2: bottom}),
        element('line', {class: 'axis', x1: from, x2: to, y1: bottom, y2: bottom}),
        label(wordsOf(cell), from + 4, top + 11, {class: 'halo'}),
      ];
    }),
  ];
};

const wordsOf = ({p50Ms, p99Ms, hungCount, settledCount}: Cell): string =>
  [
    settledCount === 0 ? 'nothing settled' : `p50 ${duration(p50Ms)}, p99 ${duration(p99Ms)}`,
    ...(hungCount > 0 ? [`${count(hungCount)} hung`] : []),
  ].join(', ');

/** One path of steps from the first bucket that has something to the last. */
const silhouette = (
  cell: Cell,
  x: Log,
  height: (share: number) => number,
  edgesMs: readonly number[],
  layer: 'ok' | 'failed',
): string => {
  const own = layer === 'ok' ? cell.okCounts : cell.notOkCounts;
  const path = own.flatMap((counted, index) => {
    if (counted === 0) return [];
    const below = layer === 'ok' ? 0 : cell.okCounts[index]!;
    const [from, to] = [x(edgesMs[index]!), x(edgesMs[index + 1]!)];
    const [low, high] = [height(shareOf(cell, below)), height(shareOf(cell, below + counted))];
    return [`M${from.toFixed(1)} ${low.toFixed(1)}V${high.toFixed(1)}H${to.toFixed(1)}V${low.toFixed(1)}z`];
  });
  return path.length === 0 ? '' : element('path', {fill: `url(#outcome-${layer})`, d: path.join('')});
};

const decades = (edgesMs: readonly number[]): number[] =>
  edgesMs.filter((_, index) => index % bucketsPerDecade === 0);

const axis = (x: Log, bottom: number): string[] => {
  const [low = 1, high = 10] = x.domain();
  const from = Math.round(Math.log10(low));
  const to = Math.round(Math.log10(high));
  return Array.from({length: to - from + 1}, (_, index) => 10 ** (from + index)).map((ms, index) => {
    // Those at the ends stay within their column.
    const anchor = index === 0 ? '' : index === to - from ? ' end' : ' middle';
    const text = ms >= 1000 ? `${ms / 1000} s` : `${Number(ms.toFixed(1))} ms`;
    return label(text, x(ms), bottom + 16, {class: `muted${anchor}`});
  });
};

const readPanel = (
  title: string,
  cell: Cell,
  edgesMs: readonly number[],
  x: Log,
  top: number,
): ReadPanel => ({
  title,
  top,
  bottom: top + rowHeight,
  readings: cell.okCounts.flatMap((ok, index) => {
    const notOk = cell.notOkCounts[index]!;
    if (ok + notOk === 0) return [];
    const [from, to] = [edgesMs[index]!, edgesMs[index + 1]!];
    return [
      {
        x: x(Math.sqrt(from * to)),
        lines: [
          `${title}: ${duration(from)} to ${duration(to)}`,
          `${count(ok)} succeeded, ${count(notOk)} did not`,
          wordsOf(cell),
        ],
      },
    ];
  }),
});
