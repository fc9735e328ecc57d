// What `foulweather run` prints at its end: the outcome in a sentence, before and after in a table, and what to do.

import type {OutcomeStatus} from '../../model/outcome.ts';
import type {JudgedRun, PhaseSummary} from '../../model/run.ts';
import {byWeight, type SymptomId} from '../../model/symptoms.ts';
import {accountOf, accountText} from '../blocks/accounts.ts';
import {endingText} from '../blocks/endings.ts';
import {gateFrames, gatesOf} from '../blocks/gates.ts';
import {goalFigure, limitText, phaseOfGoal, recoveryText, verdictWords} from '../blocks/goals.ts';
import {settledCount} from '../blocks/outcome-counts.ts';
import {repeatCommand, runTitle} from '../blocks/shards.ts';
import {failingSymptoms, headlineOf} from '../case-study/headline.ts';
import {type RunStory, runStory, type VariantStory} from '../case-study/run-story.ts';
import {plainText} from '../document.ts';
import {count, evidenceFigure, plural, unknownFigure} from '../format.ts';
import {redactRun} from '../redact.ts';
import {textTable, wrapped} from '../text-table.ts';

export type TerminalOptions = {
  /** Lines of the user's file that kept the run from being judged. */
  readonly excerpt?: readonly string[];
  /** How a frame of a stack is shown; without its machine's path when absent. */
  readonly frame?: (line: string) => string;
  /** Of the terminal, in characters; paragraphs are not broken when absent. */
  readonly width?: number;
};

/** Plain lines without colour; `reportPath` is where the report was written. */
export const renderTerminalSummary = (
  run: JudgedRun,
  reportPath: string,
  options: TerminalOptions = {},
): string => {
  const story = runStory(redactRun(run));
  const {record} = story.run;
  const broken = (lines: readonly string[]): string[] =>
    lines.flatMap(line => wrapped(line, options.width ?? Number.POSITIVE_INFINITY, '  '));
  return [
    ...statementLines(story, options),
    '',
    ...paragraph(tableLines(story)),
    ...paragraph(broken(story.variants.flatMap(trialLines))),
    ...paragraph(broken([...missedLines(story), ...undecidedLines(story)])),
    `Report: ${reportPath}`,
    `Repeat: ${repeatCommand(record)}`,
    '',
  ].join('\n');
};

const paragraph = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : [...lines, '']);

/** What was not seen to its end is inconclusive for that alone. */
const isUndecided = ({run}: RunStory): boolean =>
  run.record.status === 'complete' && run.judgement.verdict === 'inconclusive';

/** A run that cannot be judged says why, and what to do; every other one its headline. */
const statementLines = (
  story: RunStory,
  {excerpt = [], frame, width = Number.POSITIVE_INFINITY}: TerminalOptions,
): string[] => {
  const {record, judgement} = story.run;
  const verdict = verdictWords[judgement.verdict];
  const gates = isUndecided(story) ? gatesOf(story) : [];
  if (gates.length === 0) return wrapped(`${verdict}  ${headlineOf(story)}`, width, '  ');
  return [
    `${verdict}  ${runTitle(record)}`,
    ...gates.flatMap((gate, index) => [
      ...wrapped(`  ${gate.reason}`, width, '  '),
      ...gateFrames(gate, frame).map(line => `      ${line}`),
      ...(index === 0 ? excerpt.map(line => `    ${line}`) : []),
      ...wrapped(`  ${gate.advice}`, width, '  '),
    ]),
  ];
};

/** More than these do not fit beside each other: the first and the last one tell what the change did. */
const mostColumns = 4;

const tableLines = ({variants, baseline, judged}: RunStory): string[] => {
  if (variants.every(({trials, phases}) => trials.length === 0 || startedOf(phases) === 0)) return [];
  const shown = variants.length > mostColumns ? [baseline, judged] : variants;
  const rows: readonly (readonly string[])[] = [
    ['', ...shown.map(({variant}) => variant.name)],
    ...figureRows(shown),
    ...blankBefore(symptomRows(shown)),
  ];
  const columns = shown.map((_, index) => index + 1);
  const left = variants.length - shown.length;
  return [
    ...textTable(rows, columns).map(line => `  ${line}`.trimEnd()),
    ...(left > 0 ? [`  ${plural(left, 'more variant')} in the report`] : []),
    `  ${noteOf(shown)}`,
  ];
};

const blankBefore = (rows: readonly string[][]): string[][] =>
  rows.length === 0 ? [] : [rows[0]!.map(() => ''), ...rows];

const noteOf = (shown: readonly VariantStory[]): string => {
  const trials = Math.max(...shown.map(story => story.trials.length));
  return `(warm-up excluded${trials > 1 ? `; medians of ${count(trials)} trials` : ''})`;
};

const measured = (phases: VariantStory['phases']): VariantStory['phases'] =>
  phases.filter(phase => phase.role !== 'warm-up');

const sum = (phases: VariantStory['phases'], pick: (phase: PhaseSummary) => number): number =>
  measured(phases).reduce((total, phase) => total + pick(phase), 0);

const startedOf = (phases: VariantStory['phases']): number => sum(phases, phase => phase.started);

type Figure = {
  readonly name: string;
  readonly of: (story: VariantStory) => number;
  /** Whether it is shown where it is zero everywhere. */
  readonly always?: boolean;
};

const outcome =
  (status: Exclude<OutcomeStatus, 'in-flight'>): Figure['of'] =>
  ({phases}) =>
    sum(phases, phase => phase.outcomes[status]);

const figures: readonly Figure[] = [
  {name: 'operations', of: ({phases}) => startedOf(phases), always: true},
  {name: 'ok', of: outcome('ok'), always: true},
  {name: 'failed', of: outcome('failed')},
  {name: 'failed (effect unknown)', of: outcome('unknown')},
  {name: 'refused by the client', of: outcome('rejected')},
  {name: 'wrong answer', of: outcome('wrong')},
  {name: 'hung', of: outcome('hung'), always: true},
  {name: 'still in flight', of: ({phases}) => sum(phases, phase => phase.inFlight)},
  {name: 'not started (too many in flight)', of: ({phases}) => sum(phases, phase => phase.dropped)},
];

const figureRows = (shown: readonly VariantStory[]): string[][] => {
  const driven = (story: VariantStory, text: () => string): string =>
    story.trials.length === 0 ? 'not run' : text();
  const counted = figures
    .filter(({of, always}) => always || shown.some(story => of(story) > 0))
    .map(({name, of}) => [name, ...shown.map(story => driven(story, () => count(of(story))))]);
  return [
    ...counted,
    ...(shown.some(({timeToRecoverMs}) => timeToRecoverMs !== null)
      ? [['recovered in', ...shown.map(story => driven(story, () => recoveryOf(story)))]]
      : []),
    ...(shown.some(({goals}) => goals.length > 0)
      ? [['goals met', ...shown.map(story => driven(story, () => goalsOf(story)))]]
      : []),
  ];
};

const recoveryOf = ({timeToRecoverMs}: VariantStory): string =>
  timeToRecoverMs === null ? unknownFigure : recoveryText(timeToRecoverMs).replace(/^within /, '< ');

const goalsOf = ({goals}: VariantStory): string =>
  `${count(goals.filter(({verdict}) => verdict === 'met').length)} of ${count(goals.length)}`;

/** One for each symptom that some variant shows, the worst first. */
const symptomRows = (shown: readonly VariantStory[]): string[][] => {
  const present = shown.flatMap(({symptoms}) =>
    symptoms.filter(({verdict}) => verdict === 'present').map(({symptom}) => symptom),
  );
  return [...new Set(present)]
    .sort(byWeight)
    .map(symptom => [symptom, ...shown.map(story => symptomCell(story, symptom))]);
};

const symptomCell = ({symptoms, trials}: VariantStory, wanted: SymptomId): string => {
  const story = symptoms.find(({symptom}) => symptom === wanted);
  // Looked for in the first variant only, which stands for the defaults: a candidate has changed them.
  if (wanted === 'no-default-timeout' && story?.verdict !== 'present') return unknownFigure;
  if (!story || story.verdict === 'inconclusive') return 'not judged';
  const [worst] = story.present;
  if (!worst) return 'no';
  const [evidence] = worst.evidence;
  const share = trials.length > 1 ? `, ${story.present.length} of ${trials.length} trials` : '';
  return `${evidenceFigure(evidence, evidence.value)} (${worst.phase}${share})`;
};

/** What is not as it should be with a variant's trials: how they ended, and accounts that do not add up. */
const trialLines = (story: VariantStory): string[] => {
  const {variant, trials} = story;
  const endings = trials
    .flatMap(({trial: first, parts}) => [first, ...parts])
    .flatMap(trial => {
      // Without a load the run has said so already.
      const ending = trial.edges.length === 0 ? null : endingText(trial);
      return ending ? [`${variant.name}, trial ${trial.number}: ${plainText(ending)}`] : [];
    });
  const account = accountOf(story);
  const {offered, started, dropped, outcomes, inFlight} = account;
  const addsUp = offered === started + dropped && started === settledCount(outcomes) + inFlight;
  return [...endings, ...(addsUp ? [] : [`${variant.name}: counts do not add up: ${accountText(account)}`])];
};

/** The goals that were missed, and the symptoms that miss the run by themselves. */
const missedLines = ({run, judged}: RunStory): string[] => {
  const {variant, goals} = judged;
  const missed = goals.filter(({verdict}) => verdict === 'missed');
  const failing = run.judgement.verdict === 'missed' ? failingSymptoms(judged) : [];
  return [
    ...missed.map(
      ({phase, metric, limit, value}) =>
        `${limit.severity === 'warn' ? 'Warning, goal' : 'Goal'} missed by ${variant.name} (${phaseOfGoal(phase)}): ${metric} is ${goalFigure(metric, value)}, must be ${limitText(metric, limit)}`,
    ),
    ...(failing.length > 0 ? [`Symptoms that fail ${variant.name}: ${failing.join(', ')}`] : []),
  ];
};

/** The goals that keep the run from being judged, where no gate does. */
const undecidedLines = (story: RunStory): string[] => {
  const {variant, goals} = story.judged;
  if (!isUndecided(story) || gatesOf(story).length > 0) return [];
  return goals
    .filter(({verdict}) => verdict === 'inconclusive')
    .map(
      ({phase, metric, reasons}) =>
        `Goal not evaluated for ${variant.name} (${phaseOfGoal(phase)}): ${metric}: ${reasons.join('; ')}`,
    );
};
