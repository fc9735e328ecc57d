// What `foulweather run` prints at its end: the outcome in a few lines, for a terminal or a log.

import type {OutcomeCounts} from '../../model/outcome.ts';
import type {JudgedRun, PhaseSummary} from '../../model/run.ts';
import {accountOf, accountText} from '../blocks/accounts.ts';
import {endingText} from '../blocks/endings.ts';
import {gateFrames, gatesOf} from '../blocks/gates.ts';
import {goalFigure, limitText, phaseOfGoal, recoveryText, verdictWords} from '../blocks/goals.ts';
import {outcomesText, settledStatuses} from '../blocks/outcome-counts.ts';
import {failingSymptoms, headlineOf} from '../case-study/headline.ts';
import {type RunStory, runStory, type VariantStory} from '../case-study/run-story.ts';
import {plainText} from '../document.ts';
import {count, evidenceFigure} from '../format.ts';
import {redactRun} from '../redact.ts';

/** Plain lines without colour; `reportPath` is where the report was written. */
export const renderTerminalSummary = (run: JudgedRun, reportPath: string): string => {
  const story = runStory(redactRun(run));
  const {record, judgement} = story.run;
  return [
    `${verdictWords[judgement.verdict]}  ${headlineOf(story)}`,
    '',
    ...story.variants.flatMap(variantLines),
    '',
    ...gateLines(story),
    ...failedLines(story),
    ...missedLines(story.judged),
    `Report: ${reportPath}`,
    `Repeat: ${record.command}`,
    '',
  ].join('\n');
};

const variantLines = (story: VariantStory): string[] => {
  const {variant, trials, phases} = story;
  if (trials.length === 0) return [`${variant.name}: not driven`];
  const measured = phases.filter(phase => phase.role !== 'warm-up');
  const sum = (pick: (phase: PhaseSummary) => number): number =>
    measured.reduce((total, phase) => total + pick(phase), 0);
  const outcomes = Object.fromEntries(
    settledStatuses.map(status => [status, sum(phase => phase.outcomes[status])]),
  ) as OutcomeCounts;
  const medians = trials.length > 1 ? ` (medians over ${trials.length} trials)` : '';
  const {timeToRecoverMs: recoveryMs} = story;
  const how = recoveryMs === 0 ? '' : 'in ';
  const recovered = recoveryMs === null ? '' : `; recovered ${how}${recoveryText(recoveryMs)}`;
  return [
    `${variant.name}: ${count(sum(phase => phase.started))} operations: ${outcomesText(
      outcomes,
      sum(phase => phase.inFlight),
    )}${medians}${recovered}`,
    `  accounts: ${accountText(accountOf(story))}`,
    ...trials
      .flatMap(({trial: first, parts}) => [first, ...parts])
      .flatMap(trial => {
        const ending = endingText(trial);
        return ending ? [`  trial ${trial.number}: ${plainText(ending)}`] : [];
      }),
    ...symptomLines(story),
  ];
};

const symptomLines = ({symptoms, trials}: VariantStory): string[] =>
  symptoms.flatMap(({symptom, present}) => {
    const [worst] = present;
    if (!worst) return [];
    const [evidence] = worst.evidence;
    const share = trials.length > 1 ? `, in ${present.length} of ${trials.length} trials` : '';
    return [
      `  ${symptom} in ${worst.phase}: ${evidenceFigure(evidence, evidence.value)} (threshold ${evidenceFigure(evidence, evidence.threshold)})${share}`,
    ];
  });

const gateLines = (story: RunStory): string[] => {
  if (story.run.judgement.verdict !== 'inconclusive') return [];
  const lines = gatesOf(story).flatMap(gate => [
    `Inconclusive: ${gate.reason} ${gate.advice}`,
    ...gateFrames(gate).map(frame => `    ${frame}`),
  ]);
  return lines.length === 0 ? [] : [...lines, ''];
};

/** Symptoms that miss the run by themselves. */
const failedLines = ({run, judged}: RunStory): string[] => {
  const failing = failingSymptoms(judged);
  if (run.judgement.verdict !== 'missed' || failing.length === 0) return [];
  return [`Missed by ${judged.variant.name} because of: ${failing.join(', ')}`, ''];
};

const missedLines = ({variant, goals}: VariantStory): string[] => {
  const missed = goals.filter(({verdict}) => verdict === 'missed');
  if (missed.length === 0) return [];
  return [
    `Goals missed by ${variant.name}:`,
    ...missed.map(
      ({phase, metric, limit, value}) =>
        `  ${phaseOfGoal(phase)}: ${metric} ${goalFigure(metric, value)}, wanted ${limitText(metric, limit)}`,
    ),
    '',
  ];
};
