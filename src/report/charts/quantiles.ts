// Settle times over time, of all that settled, well or not: median and 99th percentile on a log scale, the deadline, and
// above them what was hung.
import {type ScaleLogarithmic, scaleLog} from 'd3-scale';
import {line} from 'd3-shape';
import {max, min} from 'simple-statistics';
import type {Bin} from '../../model/driver-witness.ts';
import {hungAfterMs} from '../../model/plan.ts';
import type {Trial} from '../../model/trial.ts';
import {count, plannedDuration} from '../format.ts';
import {left, right, type TimeScale} from './frame.ts';
import type {SeriesName} from './style.ts';
import {element, label, textWidth} from './svg.ts';

export type LatencyScale = ScaleLogarithmic<number, number>;

const laneHeight = 18;
const fontSize = 12;
const floorMs = 0.1;

/** Whole powers of ten around all that is drawn, the same for every panel; the range is set by the panel. */
export const latencyDomain = (trials: readonly Trial[]): readonly [number, number] => {
  const values = trials.flatMap(trial => [
    trial.plan.operation.deadlineMs,
    ...trial.driver.bins.flatMap(bin => [bin.p50Ms ?? [], bin.p99Ms ?? []].flat()),
  ]);
  const low = Math.max(floorMs, values.length === 0 ? 1 : min(values));
  const high = Math.max(low * 10, max([low, ...values]));
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high) - 1e-9)];
};

/** Leaves room above for what was hung. */
export const latencyScale = (
  domain: readonly [number, number],
  box: {top: number; bottom: number},
): LatencyScale =>
  scaleLog()
    .domain(domain)
    .range([box.bottom, box.top + laneHeight + 8])
    .clamp(true);

export const quantilePanel = (
  trial: Trial,
  time: TimeScale,
  scale: LatencyScale,
  box: {top: number; bottom: number},
): string[] => [
  ...deadline(trial, scale),
  quantilePath('two', trial.driver.bins, time, scale, bin => bin.p99Ms),
  quantilePath('one', trial.driver.bins, time, scale, bin => bin.p50Ms),
  ...hungLane(trial, time, box.top),
];

export const latencyAxis = (scale: LatencyScale): string[] =>
  scale
    .ticks()
    .filter(tick => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6))
    .flatMap(tick => {
      const y = scale(tick);
      return [
        element('line', {class: 'grid', x1: left, x2: right, y1: y, y2: y}),
        label(tick >= 1000 ? `${tick / 1000} s` : `${tick} ms`, left - 6, y + 4, {class: 'muted end'}),
      ];
    });

const deadline = (trial: Trial, scale: LatencyScale): string[] => {
  const y = scale(trial.plan.operation.deadlineMs);
  return [element('line', {class: 'deadline', x1: left, x2: right, y1: y, y2: y})];
};

/** A line breaks where nothing settled; a lone point shows as a dot by its round ends. */
const quantilePath = (
  name: SeriesName,
  bins: readonly Bin[],
  time: TimeScale,
  scale: LatencyScale,
  pick: (bin: Bin) => number | null,
): string => {
  const path = line<Bin>()
    .defined(bin => pick(bin) !== null)
    .x(bin => time(bin.startMs + bin.durationMs / 2))
    .y(bin => scale(Math.max(floorMs, pick(bin) ?? floorMs)))
    .digits(1)(bins);
  return path === null || path === '' ? '' : element('path', {class: `line ${name}`, d: path});
};

/** A strip over the bins with operations that had not settled by the hung limit, with their number: one strip per phase. */
const hungLane = ({driver, plan}: Trial, time: TimeScale, top: number): string[] => {
  const runs = runsOf(driver.bins);
  if (runs.length === 0) return [];
  const baseline = top + laneHeight - 4;
  return [
    label(`> ${plannedDuration(hungAfterMs(plan.operation))}`, left - 6, baseline, {class: 'muted end'}),
    ...runs.flatMap(run => {
      const [x, end] = [time(run.startMs), time(run.endMs)];
      const strip = element('rect', {
        fill: 'url(#outcome-hung)',
        x,
        y: top + 2,
        width: end - x,
        height: laneHeight - 2,
      });
      const text = `${count(run.hung)} hung`;
      const room = textWidth(text, fontSize) + 10;
      if (room > end - x) return [strip];
      const middle = (x + end) / 2;
      const paper = {class: 'paper', x: middle - room / 2, y: top + 2, width: room, height: laneHeight - 2};
      return [strip, element('rect', paper), label(text, middle, baseline, {class: 'strong middle'})];
    }),
  ];
};

type Run = {readonly startMs: number; readonly endMs: number; readonly phase: number; readonly hung: number};

/** Neighbouring bins of a phase with hung operations, together; a pause of one bin does not part them. */
const runsOf = (bins: readonly Bin[]): Run[] => {
  const runs: Run[] = [];
  for (const bin of bins) {
    const {hung} = bin.outcomes;
    if (hung === 0) continue;
    const endMs = bin.startMs + bin.durationMs;
    const last = runs.at(-1);
    if (last?.phase === bin.phase && bin.startMs - last.endMs <= bin.durationMs) {
      runs[runs.length - 1] = {...last, endMs, hung: last.hung + hung};
    } else {
      runs.push({startMs: bin.startMs, endMs, phase: bin.phase, hung});
    }
  }
  return runs;
};
