// Which variants a chart lays over each other, and how each is drawn.
import type {Trial} from '../../model/trial.ts';
import {representativeOf, representativeTitle} from '../case-study/representative.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {type SeriesName, seriesNames} from './style.ts';

export type Series = {readonly story: VariantStory; readonly name: SeriesName};

/** The baseline and the last others, four at most; the candidate is drawn as a single variant would be. */
export const seriesOf = ({variants}: RunStory): Series[] => {
  const driven = variants.filter(({trials}) => trials.length > 0);
  const shown =
    driven.length <= seriesNames.length ? driven : [driven[0]!, ...driven.slice(1 - seriesNames.length)];
  const [candidate, baseline, ...others] = seriesNames;
  const names: SeriesName[] =
    shown.length === 1
      ? [candidate]
      : [baseline, ...others.slice(0, Math.max(0, shown.length - 2)), candidate];
  return shown.map((story, index) => ({story, name: names[index] ?? candidate}));
};

export type TrialSeries = {readonly trial: Trial; readonly title: string; readonly name: SeriesName};

/** One trial of each, for charts over time. */
export const trialSeriesOf = (story: RunStory): TrialSeries[] =>
  seriesOf(story).flatMap(({story: variant, name}) => {
    const chosen = representativeOf(variant);
    return chosen ? [{trial: chosen.trial, title: representativeTitle(variant, chosen), name}] : [];
  });
