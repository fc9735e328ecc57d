// The chart of a run: settle times and outcomes over time, one panel per variant on the same axes.
import type {Bin} from '../../model/driver-witness.ts';
import {endedAgainEvent, type LogEntry, logSeverities} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import {endingText} from '../blocks/endings.ts';
import {outcomesText, settledCount} from '../blocks/outcome-counts.ts';
import {representativeNote, representativeOf, representativeTitle} from '../case-study/representative.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {plainText} from '../document.ts';
import {count, duration, listed, plannedDuration} from '../format.ts';
import {bodyTop, type Chart, plot, type Reading, type ReadPanel} from './chart.ts';
import {left, right, type TimeScale, timeAxis, timeGrid, timeScale} from './frame.ts';
import {boxEntry, legend, lineEntry, outcomeEntries} from './legend.ts';
import {highestRate, layersShown, outcomePanel} from './outcomes.ts';
import {phaseNames, phaseShades} from './phases.ts';
import {latencyAxis, latencyDomain, latencyScale, quantilePanel} from './quantiles.ts';
import {element, label} from './svg.ts';

const latencyHeight = 170;
const outcomesHeight = 84;
const panelHeight = 22 + latencyHeight + 22 + outcomesHeight + 26;

export const timeline = (story: RunStory): Chart => {
  const shown = story.variants.flatMap(panelOf);
  const trials = shown.map(({trial}) => trial);
  const time = timeScale(trials);
  const axes: Axes = {time, domain: latencyDomain(trials), highest: highestRate(trials)};
  const layers = layersShown(trials);
  const key = legend([
    lineEntry('p50 settle', 'line one'),
    lineEntry('p99 settle', 'line two'),
    lineEntry(`deadline ${plannedDuration(story.run.record.plan.operation.deadlineMs)}`, 'deadline'),
    boxEntry('fault', {class: 'fault edge'}),
    ...outcomeEntries(layers),
    ...(trials.some(trial => loggedIn(trial).length > 0)
      ? [{text: 'log record, filled: error', mark: (x: number, y: number) => [diamond(x + 11, y - 4, false)]}]
      : []),
  ]);
  const names = phaseNames(trials, time);
  const namesTop = bodyTop + 2 + key.height;
  const top = namesTop + names.height + 2;
  const panels = shown.map((panel, index) =>
    drawPanel(panel, axes, top + index * panelHeight, index === shown.length - 1),
  );
  const [fromMs = 0, toMs = 0] = time.domain();
  return {
    name: 'timeline',
    title: `${story.run.record.plan.name}: settle times and outcomes over time`,
    description: describe(story),
    height: top + shown.length * panelHeight + 20,
    layers,
    body: [
      ...key.draw(bodyTop),
      names.draw(namesTop),
      ...panels.flatMap(({parts}) => parts),
      shown.length === 0 ? label('No trial was run.', left, top, {class: 'muted'}) : '',
    ],
    panels: panels.map(({read}) => read),
    span: {fromMs, toMs},
  };
};

const describe = (story: RunStory): string => {
  const faults = story.run.record.plan.phases
    .filter(phase => phase.role === 'fault')
    .map(phase => phase.name);
  const phases = faults.length === 0 ? 'No phase has a fault' : `Phases with a fault: ${listed(faults)}`;
  const logged = story.variants.reduce(
    (sum, {trials}) =>
      sum + trials.reduce((ofTrials, {trial}) => ofTrials + (trial.telemetry?.logRecordCount ?? 0), 0),
    0,
  );
  const logs = logged > 0 ? ` Diamonds are some of ${count(logged)} log records.` : '';
  const panels = story.variants.map(({variant, trials, phases: reached}) => {
    const hung = reached.reduce((sum, phase) => sum + phase.outcomes.hung, 0);
    return trials.length === 0
      ? `${variant.name} was not run`
      : `${variant.name} has ${count(hung)} hung operations`;
  });
  return `p50 and p99 of the settle time, of successes and failures, and outcomes, by the scheduled start of the operations. ${phases}. ${listed(panels)}.${logs}${representativeNote(story.variants)}`;
};

type Axes = {
  readonly time: TimeScale;
  readonly domain: readonly [number, number];
  readonly highest: number;
};

type Panel = {readonly trial: Trial; readonly title: string};

const panelOf = (story: VariantStory): Panel[] => {
  const chosen = representativeOf(story);
  return chosen ? [{trial: chosen.trial, title: representativeTitle(story, chosen)}] : [];
};

const drawPanel = (
  {trial, title}: Panel,
  axes: Axes,
  top: number,
  last: boolean,
): {parts: string[]; read: ReadPanel} => {
  const {time} = axes;
  const upper = {top: top + 22, bottom: top + 22 + latencyHeight};
  const lower = {top: upper.bottom + 22, bottom: upper.bottom + 22 + outcomesHeight};
  const latency = latencyScale(axes.domain, upper);
  const outcomes = outcomePanel(trial, time, axes.highest, lower);
  const parts = [
    label(title, left, top + 14, {class: 'heading'}),
    label('settle time, log scale', right, top + 14, {class: 'muted end'}),
    label('operations/s by outcome', right, lower.top - 6, {class: 'muted end'}),
    plot(
      [upper, lower].flatMap(box => [
        ...phaseShades(trial, time, box.top, box.bottom),
        ...timeGrid(time, box.top, box.bottom),
      ]),
    ),
    ...latencyAxis(latency),
    ...outcomes.axis,
    plot([
      ...quantilePanel(trial, time, latency, upper),
      ...outcomes.bars,
      ...timeAxis(time, lower.bottom),
      ...logMarks(trial, time, upper.bottom + 8),
      ...death(trial, time, upper.top, lower.bottom),
    ]),
    ...(last
      ? [
          label('seconds since the start of the trial', (left + right) / 2, lower.bottom + 34, {
            class: 'muted middle',
          }),
        ]
      : []),
  ];
  const logs = loggedIn(trial).map(entry => ({
    x: time(entry.atMs),
    lines: [`${duration(entry.atMs)}, logged by ${entry.scope}`, logText(entry)],
  }));
  const readings = [...trial.driver.bins.map(bin => readingOf(trial, bin, time)), ...logs].sort(
    (a, b) => a.x - b.x,
  );
  return {parts, read: {title, top: upper.top, bottom: lower.bottom, readings}};
};

const readingOf = (trial: Trial, bin: Bin, time: TimeScale): Reading => {
  const inFlight = Math.max(0, bin.started - settledCount(bin.outcomes));
  return {
    x: time(bin.startMs + bin.durationMs / 2),
    lines: [
      `${duration(bin.startMs)} to ${duration(bin.startMs + bin.durationMs)}, ${trial.plan.phases[bin.phase]?.name ?? 'after the load'}`,
      `settle p50 ${duration(bin.p50Ms)}, p99 ${duration(bin.p99Ms)}`,
      `${outcomesText(bin.outcomes, inFlight)}${bin.dropped > 0 ? `, ${count(bin.dropped)} dropped` : ''}`,
    ],
  };
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

/** Up to the first colon or bracket: the whole error is in the report. */
const shortEnding = (text: string): string => text.split(/[:(]/)[0]?.trim() ?? '';

const marksShown = 200;

const isError = ({severity}: LogEntry): boolean =>
  logSeverities.indexOf(severity) >= logSeverities.indexOf('error');

/** The library's own; ours is a word on its spans. */
const loggedIn = ({telemetry}: Trial): LogEntry[] =>
  (telemetry?.logs?.entries ?? [])
    .filter(({eventName}) => eventName !== endedAgainEvent)
    .slice(0, marksShown);

/** Diamonds on a line, those of errors filled. */
export const logMarks = (trial: Trial, time: TimeScale, y: number): string[] =>
  loggedIn(trial).flatMap(entry => {
    const x = time(entry.atMs);
    if (x < left || x > right) return [];
    return [diamond(x, y, isError(entry))];
  });

const diamond = (x: number, y: number, isFilled: boolean): string =>
  element('path', {
    class: isFilled ? 'log-mark error' : 'log-mark',
    d: `M${x.toFixed(1)} ${(y - 5).toFixed(1)}l5 5l-5 5l-5 -5z`,
  });

/** `retry, warn: "trying again"`. */
export const logText = ({eventName, severity, body}: LogEntry): string => {
  const words = typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body);
  const said = words === '' ? '' : `: "${words.slice(0, 60)}"`;
  return `${[eventName, severity].filter(Boolean).join(', ')}${said}`;
};
