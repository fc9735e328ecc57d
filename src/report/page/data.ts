// What the page's script reads: values to point at, and when each phase was. JSON that cannot end its element.

import {phaseWindow} from '../../model/trial.ts';
import type {RunStory} from '../case-study/run-story.ts';
import type {Chart, ReadPanel} from '../charts/chart.ts';
import {left, right} from '../charts/frame.ts';
import {trialSeriesOf} from '../charts/series.ts';
import {fixed} from '../charts/svg.ts';

/** Mirrored by `assets/page.js`. */
export type PageData = {
  readonly schemaVersion: 1;
  readonly plot: {readonly left: number; readonly right: number};
  readonly phases: readonly PhaseName[];
  readonly charts: {
    readonly [name: string]: {
      readonly span: Chart['span'];
      readonly panels: readonly ReadPanel[];
    };
  };
};

export const pageData = (story: RunStory, charts: readonly Chart[]): PageData => ({
  schemaVersion: 1,
  plot: {left, right},
  phases: phaseSpans(story),
  charts: Object.fromEntries(
    charts.map(({name, span, panels}) => [
      name,
      {
        span,
        panels: panels.map(panel => ({
          ...panel,
          readings: panel.readings.map(({x, lines}) => ({x: Number(fixed(x)), lines})),
        })),
      },
    ]),
  ),
});

/** `<` would let a text end the script element that holds it. */
export const embeddedJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

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
