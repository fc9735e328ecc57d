// A sweep's figures over its values, and where the curve bends.
import type {Json} from '../../model/json.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {endingName} from './endings.ts';

export type SweepPoint = {
  /** As a reader sees it; a value that is not set is the library's default. */
  readonly title: string;
  readonly value: Json;
  readonly story: VariantStory;
  /** How its processes ended where they did not end well, each way once. */
  readonly endings: readonly string[];
};

export type SweepStory = {readonly option: string; readonly points: readonly SweepPoint[]};

/** Numbers by size, then everything else as the scenario has it. Null without a sweep of two driven points or more. */
export const sweepOf = ({run, variants}: RunStory): SweepStory | null => {
  const {sweep} = run.record.plan;
  if (!sweep) return null;
  const points = sweep.points.flatMap(({value, variant}): SweepPoint[] => {
    const story = variants.find(candidate => candidate.variant.name === variant);
    if (!story || story.trials.length === 0) return [];
    const endings = [...new Set(story.trials.flatMap(({trial}) => endingName(trial) ?? []))];
    return [{title: value === null ? 'default' : String(value), value, story, endings}];
  });
  const numeric = points.filter(({value}) => typeof value === 'number');
  numeric.sort((a, b) => Number(a.value) - Number(b.value));
  const sorted = [...numeric, ...points.filter(({value}) => typeof value !== 'number')];
  return sorted.length < 2 ? null : {option: sweep.option, points: sorted};
};

/** Of the best goodput: what a larger value adds beyond this is no more than two runs of the same thing differ by. */
const kneeRatio = 0.9;

export type Knee = {
  readonly point: SweepPoint;
  readonly goodputPerSecond: number;
  readonly bestPerSecond: number;
};

export const goodputOf = ({story}: SweepPoint, phase: string): number | null =>
  story.phases.find(candidate => candidate.phase === phase)?.goodputPerSecond ?? null;

/**
 * The smallest number that reaches 90 % of the phase's best goodput without a crash; null where nothing succeeded.
 * Only numbers have a knee: other values have no order.
 */
export const kneeOf = ({points}: SweepStory, phase: string): Knee | null => {
  const known = points.flatMap(point => {
    const goodputPerSecond = goodputOf(point, phase);
    return goodputPerSecond === null || point.endings.length > 0 ? [] : [{point, goodputPerSecond}];
  });
  const bestPerSecond = Math.max(0, ...known.map(({goodputPerSecond}) => goodputPerSecond));
  if (bestPerSecond === 0) return null;
  const knee = known.find(
    ({point, goodputPerSecond}) =>
      typeof point.value === 'number' && goodputPerSecond >= kneeRatio * bestPerSecond,
  );
  return knee ? {...knee, bestPerSecond} : null;
};
