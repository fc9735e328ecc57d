// Outcomes over time: operations per second by how they ended, stacked.
import {scaleLinear} from 'd3-scale';
import {area, curveStepAfter, stack} from 'd3-shape';
import {max} from 'simple-statistics';
import type {Bin} from '../../model/driver-witness.ts';
import type {Trial} from '../../model/trial.ts';
import {settledCount} from '../blocks/outcome-counts.ts';
import {left, right, type TimeScale} from './frame.ts';
import {type Layer, layers} from './style.ts';
import {element, label} from './svg.ts';

const countOf = (bin: Bin, layer: Layer): number => {
  if (layer === 'dropped') return bin.dropped;
  return layer === 'in-flight' ? Math.max(0, bin.started - settledCount(bin.outcomes)) : bin.outcomes[layer];
};

const perSecond = (bin: Bin, layer: Layer): number => (countOf(bin, layer) * 1000) / bin.durationMs;

const total = (bin: Bin): number => layers.reduce((sum, layer) => sum + perSecond(bin, layer), 0);

/** The highest bar of all panels, so that they share an axis. */
export const highestRate = (trials: readonly Trial[]): number =>
  max([1, ...trials.flatMap(trial => trial.driver.bins.map(total))]);

export const layersShown = (trials: readonly Trial[]): Layer[] =>
  layers.filter(layer => trials.some(trial => trial.driver.bins.some(bin => perSecond(bin, layer) > 0)));

export const outcomePanel = (
  trial: Trial,
  time: TimeScale,
  highest: number,
  box: {top: number; bottom: number},
): {axis: string[]; bars: string[]} => {
  const scale = scaleLinear().domain([0, highest]).range([box.bottom, box.top]);
  const shown = layersShown([trial]);
  const axis = scale
    .ticks(2)
    .flatMap(tick => [
      element('line', {class: 'grid', x1: left, x2: right, y1: scale(tick), y2: scale(tick)}),
      label(String(tick), left - 6, scale(tick) + 4, {class: 'muted end'}),
    ]);
  const bars = segmentsOf(trial.driver.bins).flatMap(bins => {
    const stacked = stack<Bin, Layer>()
      .keys(shown)
      .value((bin, layer) => perSecond(bin, layer))(bins);
    return stacked.map(series => {
      // The last step needs an end of its own: curveStepAfter draws up to the next point only.
      const last = bins.at(-1)!;
      const points = [
        ...series.map((level, index) => ({atMs: bins[index]!.startMs, low: level[0], high: level[1]})),
        {atMs: last.startMs + last.durationMs, low: series.at(-1)![0], high: series.at(-1)![1]},
      ];
      const path = area<(typeof points)[number]>()
        .x(point => time(point.atMs))
        .y0(point => scale(point.low))
        .y1(point => scale(point.high))
        .curve(curveStepAfter)
        .digits(1)(points);
      return element('path', {fill: `url(#outcome-${series.key})`, d: path ?? ''});
    });
  });
  return {axis, bars};
};

/** Bins in unbroken rows. */
const segmentsOf = (bins: readonly Bin[]): Bin[][] => {
  const segments: Bin[][] = [];
  for (const bin of bins) {
    const previous = segments.at(-1)?.at(-1);
    if (previous && bin.startMs - (previous.startMs + previous.durationMs) < 1) segments.at(-1)!.push(bin);
    else segments.push([bin]);
  }
  return segments;
};
