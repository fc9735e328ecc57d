// When each phase was, over all trials that the charts show.
import {phaseWindow} from '../../model/trial.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {trialSeriesOf} from '../charts/series.ts';

export type PhaseName = {readonly name: string; readonly fromMs: number; readonly toMs: number};

export const phaseSpans = (story: RunStory): PhaseName[] => {
  const trials = trialSeriesOf(story).map(({trial}) => trial);
  return story.run.record.plan.phases.flatMap(({name}, index) => {
    const windows = trials.flatMap(trial => phaseWindow(trial, index) ?? []);
    if (windows.length === 0) return [];
    return [
      {
        name,
        fromMs: Math.round(Math.min(...windows.map(({startMs}) => startMs))),
        toMs: Math.round(Math.max(...windows.map(({endMs}) => endMs))),
      },
    ];
  });
};
