// Which trial of a variant a chart over time shows, where there are several: one that did neither best nor worst.
import {goodputOf} from '../../model/goodput.ts';
import type {JudgedTrial, VariantStory} from './run-story.ts';

const goodputOfTrial = ({trial, judgement}: JudgedTrial): number => goodputOf(trial.plan, judgement) ?? 0;

/** The trial in the middle by goodput (of two, the lower), and of equal ones the earliest; null where none was made. */
export const representativeOf = ({trials}: VariantStory): JudgedTrial | null => {
  const sorted = trials.toSorted(
    (a, b) => goodputOfTrial(a) - goodputOfTrial(b) || a.trial.number - b.trial.number,
  );
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!middle) return null;
  return sorted.find(trial => goodputOfTrial(trial) === goodputOfTrial(middle)) ?? middle;
};

/** `bounded, trial 3 of 5`; the name alone where there is only one. */
export const representativeTitle = (story: VariantStory, {trial}: JudgedTrial): string =>
  story.trials.length > 1
    ? `${story.variant.name}, trial ${trial.number} of ${story.trials.length}`
    : story.variant.name;

/** A sentence for a chart's description; empty where no trial had to be chosen. */
export const representativeNote = (stories: readonly VariantStory[]): string =>
  stories.some(({trials}) => trials.length > 1)
    ? ' Of several trials, the one with the median goodput is shown.'
    : '';
