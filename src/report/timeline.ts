// The chart of a run: settle times and outcomes over time, one panel per variant on the same axes.
import type {Trial} from '../model/trial.ts';
import {left, right, type TimeScale, timeAxis, timeGrid, timeScale, width} from './charts/frame.ts';
import {legend} from './charts/legend.ts';
import {highestRate, layersShown, outcomePanel} from './charts/outcomes.ts';
import {phaseNames, phaseShades, rowHeight} from './charts/phases.ts';
import {latencyDomain, quantilePanel} from './charts/quantiles.ts';
import {definitions, styleSheet} from './charts/style.ts';
import {element, escapeXml, group, label} from './charts/svg.ts';
import {plainText} from './document.ts';
import {endingText} from './endings.ts';
import {count, listed, plannedDuration} from './format.ts';
import type {RunStory, VariantStory} from './variants.ts';

const latencyHeight = 170;
const outcomesHeight = 84;
const panelHeight = 22 + latencyHeight + 22 + outcomesHeight + 26;

/** Deterministic: the same run gives the same bytes. */
export const timeline = (story: RunStory): string => {
  const panels = story.variants.flatMap(panelOf);
  const trials = panels.map(({trial}) => trial);
  const time = timeScale(trials);
  const axes: Axes = {time, domain: latencyDomain(trials), highest: highestRate(trials)};
  const shown = layersShown(trials);
  const key = legend(shown, plannedDuration(story.run.record.plan.operation.deadlineMs));
  // The trial that got furthest names the phases.
  const longest = trials.toSorted((a, b) => b.edges.length - a.edges.length)[0];
  const names = longest ? phaseNames(longest, time) : {rowCount: 0, draw: () => []};
  const namesTop = 34 + key.height;
  const panelsTop = namesTop + names.rowCount * rowHeight + 2;
  const height = panelsTop + panels.length * panelHeight + 20;
  const body = [
    element('rect', {class: 'paper', width, height}),
    label(titleOf(story), left, 22, {class: 'heading'}),
    ...key.draw(32),
    ...names.draw(namesTop),
    ...panels.map((panel, index) =>
      group({}, drawPanel(panel, axes, panelsTop + index * panelHeight, index === panels.length - 1)),
    ),
    panels.length === 0 ? label('No trial has been made.', left, panelsTop, {class: 'muted'}) : '',
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(titleOf(story))}</title>`,
    `<desc id="description">${escapeXml(describeTimeline(story))}</desc>`,
    styleSheet,
    definitions(shown),
    ...body.filter(part => part !== ''),
    '</svg>\n',
  ].join('\n');
};

const titleOf = ({run}: RunStory): string => `${run.record.plan.name}: settle times and outcomes over time`;

/** The chart in words, for those who do not see it. */
export const describeTimeline = (story: RunStory): string => {
  const faults = story.run.record.plan.phases
    .filter(phase => phase.role === 'fault')
    .map(phase => phase.name);
  const phases = faults.length === 0 ? 'No phase has a fault' : `Phases with a fault: ${listed(faults)}`;
  const panels = story.variants.map(({variant, trials, phases: reached}) => {
    const hung = reached.reduce((sum, phase) => sum + phase.outcomes.hung, 0);
    return trials.length === 0
      ? `${variant.name} was not driven`
      : `${variant.name} has ${count(hung)} hung operations`;
  });
  return `p50 and p99 of the time to settle, well or not, and outcomes by the time at which operations were meant to start. ${phases}. ${listed(panels)}.`;
};

type Axes = {
  readonly time: TimeScale;
  readonly domain: readonly [number, number];
  readonly highest: number;
};

type Panel = {readonly trial: Trial; readonly title: string};

/** One trial stands for its variant: the first, and the title says so. */
const panelOf = ({variant, trials}: VariantStory): Panel[] => {
  const first = trials.toSorted((a, b) => a.trial.number - b.trial.number)[0];
  if (!first) return [];
  const which = trials.length > 1 ? `, trial ${first.trial.number} of ${trials.length}` : '';
  return [{trial: first.trial, title: `${variant.name}${which}`}];
};

const drawPanel = ({trial, title}: Panel, axes: Axes, top: number, last: boolean): string[] => {
  const upper = {top: top + 22, bottom: top + 22 + latencyHeight};
  const lower = {top: upper.bottom + 22, bottom: upper.bottom + 22 + outcomesHeight};
  const frames = [upper, lower].flatMap(box => [
    ...phaseShades(trial, axes.time, box.top, box.bottom),
    ...timeGrid(axes.time, box.top, box.bottom),
  ]);
  return [
    label(title, left, top + 14, {class: 'heading'}),
    label('settle time, log scale', right, top + 14, {class: 'muted end'}),
    ...frames,
    ...quantilePanel(trial, axes.time, axes.domain, upper),
    label('operations/s by outcome', right, lower.top - 6, {class: 'muted end'}),
    ...outcomePanel(trial, axes.time, axes.highest, lower),
    ...timeAxis(axes.time, lower.bottom, last),
    ...death(trial, axes.time, upper.top, lower.bottom),
  ];
};

/** Where the process ended before its load did. */
const death = (trial: Trial, time: TimeScale, top: number, bottom: number): string[] => {
  const ending = endingText(trial);
  if (!ending || !trial.exit || trial.loadEndedMs !== null) return [];
  const [from = 0, to = 0] = time.domain();
  const x = time(Math.min(Math.max(trial.exit.atMs, from), to));
  const leftSide = x > (left + right) / 2;
  return [
    element('line', {class: 'died', x1: x, x2: x, y1: top, y2: bottom}),
    label(shortEnding(plainText(ending)), leftSide ? x - 6 : x + 6, (top + bottom) / 2 - 40, {
      class: leftSide ? 'strong halo end' : 'strong halo',
    }),
  ];
};

/** Up to the first colon or bracket: the error itself is in the report. */
const shortEnding = (text: string): string => text.split(/[:(]/)[0]?.trim() ?? '';
