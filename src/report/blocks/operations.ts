// Single operations to look at: failures by class, the slowest, and what the runtime warned of.
import type {FailureClass, OperationExample} from '../../model/driver-witness.ts';
import {traceIdOfOperation} from '../../model/telemetry.ts';
import type {Trial} from '../../model/trial.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {
  type Block,
  code,
  heading,
  lineBreak,
  list,
  paragraph,
  type Span,
  type Text,
  table,
} from '../document.ts';
import {count, duration, plural} from '../format.ts';
import {lateMsOf} from './exemplars.ts';

const classesShown = 5;
const slowestShown = 5;
const warningsShown = 10;

type Sighting = {readonly failure: FailureClass; readonly trial: Trial};

export const failureBlocks = (story: RunStory): Block[] => {
  const rows = story.variants.flatMap(failureRows);
  const title = heading('Failures by class');
  if (rows.length === 0) return [title, paragraph('No operation failed with an error.')];
  const trials = Math.max(...story.variants.map(variant => variant.trials.length));
  const note = trials > 1 ? ' Counts are summed over the trials of a variant.' : '';
  return [
    title,
    paragraph(`The ${classesShown} most frequent classes of each variant.${note}`),
    table(['Variant', '>Count', 'Outcome', 'Error', 'Phases', 'Example and its trace'], rows),
    ...story.variants.flatMap(uncountedNote),
  ];
};

/** The driver keeps a limited number of classes. */
const uncountedNote = ({variant, trials}: VariantStory): Block[] => {
  const uncounted = trials.reduce((sum, {trial}) => sum + trial.driver.uncountedFailures, 0);
  if (uncounted === 0) return [];
  const kinds = 'beyond the classes that are kept';
  return [paragraph(code(variant.name), `: ${plural(uncounted, 'further failure')} ${kinds}.`)];
};

const failureRows = ({variant, trials}: VariantStory): (Span | Text)[][] =>
  [
    ...Map.groupBy(
      trials.flatMap(({trial}) => trial.driver.failures.map((failure): Sighting => ({failure, trial}))),
      ({failure}) => failure.key,
    ).values(),
  ]
    .map(sightings => ({sightings, total: sightings.reduce((sum, {failure}) => sum + failure.count, 0)}))
    .sort((a, b) => b.total - a.total)
    .slice(0, classesShown)
    .map(({sightings, total}) => {
      const {failure, trial} = sightings[0]!;
      const example = failure.examples[0];
      return [
        variant.name,
        count(total),
        failure.status,
        errorCell(failure),
        phasesOf(sightings),
        example ? [code(example.id), lineBreak, traceCell(trial, example)] : '–',
      ];
    });

const errorCell = ({error}: FailureClass): Text => {
  const cause = error.causes[0];
  return [
    code([error.name, error.code].filter(Boolean).join(' ')),
    ...(error.message === '' ? [] : [lineBreak, code(error.message.slice(0, 120))]),
    ...(cause ? [lineBreak, 'caused by ', code(cause.slice(0, 120))] : []),
  ];
};

const phasesOf = (sightings: readonly Sighting[]): string => {
  const phases = sightings[0]?.trial.plan.phases ?? [];
  return phases
    .map(({name}, index) => ({
      name,
      total: sightings.reduce((sum, {failure}) => sum + (failure.countByPhase[index] ?? 0), 0),
    }))
    .filter(({total}) => total > 0)
    .map(({name, total}) => `${name} ${count(total)}`)
    .join(', ');
};

const traceCell = (trial: Trial, example: OperationExample): Span =>
  trial.tracePrefix === undefined ? '–' : code(traceIdOfOperation(trial.tracePrefix, example.index));

export const slowestBlocks = (story: RunStory): Block[] => {
  const rows = story.variants.flatMap(({variant, trials}) =>
    trials
      .flatMap(({trial}) => trial.driver.slowest.map(example => ({trial, example})))
      .sort((a, b) => b.example.durationMs - a.example.durationMs)
      .slice(0, slowestShown)
      .map(({trial, example}) => [
        variant.name,
        code(example.id),
        trial.plan.phases[example.phase]?.name ?? '–',
        example.status,
        duration(example.startMs),
        duration(lateMsOf(example)),
        duration(example.durationMs),
        traceCell(trial, example),
      ]),
  );
  if (rows.length === 0) return [];
  return [
    heading('Slowest operations'),
    table(
      [
        'Variant',
        'Operation',
        'Phase',
        'Outcome',
        '>Scheduled at',
        '>Started late by',
        '>Response time',
        'Trace ID',
      ],
      rows,
    ),
  ];
};

export const warningBlocks = ({variants}: RunStory): Block[] => {
  const warnings = variants.flatMap(({variant, trials}) => {
    const all = trials.flatMap(({trial}) => trial.warnings);
    return [...Map.groupBy(all, ({name, message}) => `${name} ${message}`)].map(
      ([text, same]): Text => [code(variant.name), `, ${plural(same.length, 'time')}: `, code(text)],
    );
  });
  if (warnings.length === 0) return [];
  return [heading('Runtime warnings'), list(warnings.slice(0, warningsShown))];
};
