// What the panels of a chart share: where things are, and the time axis.
import {type ScaleLinear, scaleLinear} from 'd3-scale';
import {max} from 'simple-statistics';
import type {Trial} from '../../model/trial.ts';
import {phaseWindow} from '../../model/trial.ts';
import {element, label} from './svg.ts';

export const width = 900;
export const left = 62;
export const right = 886;

/** ms since the trial's origin → pixels. */
export type TimeScale = ScaleLinear<number, number>;

/** From the start of the load to the end of the last phase, bin or process of all trials shown. */
export const timeScale = (trials: readonly Trial[]): TimeScale => {
  const starts = trials.flatMap(trial =>
    [trial.edges[0]?.afterMs ?? [], trial.driver.bins[0]?.startMs ?? []].flat(),
  );
  const ends = trials.flatMap(trial => [
    ...trial.driver.bins.map(bin => bin.startMs + bin.durationMs),
    ...trial.plan.phases.flatMap((_, phase) => phaseWindow(trial, phase)?.endMs ?? []),
  ]);
  const start = Math.min(...starts, Number.POSITIVE_INFINITY);
  const from = Number.isFinite(start) ? start : 0;
  const to = max([from + 1000, ...ends]);
  return scaleLinear().domain([from, to]).range([left, right]);
};

/** Ticks in whole seconds, at most about one in 70 px. */
const secondsOf = (time: TimeScale): number[] => {
  const [from = 0, to = 0] = time.domain();
  return scaleLinear()
    .domain([from / 1000, to / 1000])
    .ticks(12)
    .filter(Number.isInteger);
};

export const timeGrid = (time: TimeScale, top: number, bottom: number): string[] =>
  secondsOf(time).map(second => {
    const x = time(second * 1000);
    return element('line', {class: 'grid', x1: x, x2: x, y1: top, y2: bottom});
  });

export const timeAxis = (time: TimeScale, y: number): string[] => [
  element('line', {class: 'axis', x1: left, x2: right, y1: y, y2: y}),
  ...secondsOf(time).map(second =>
    label(String(second), time(second * 1000), y + 16, {class: 'muted middle'}),
  ),
];
