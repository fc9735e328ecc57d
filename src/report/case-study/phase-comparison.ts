// Phases side by side: baseline and candidate in one table, or the only variant alone.
import {phaseLink} from '../blocks/phase-link.ts';
import {type Block, code, paragraph, table} from '../document.ts';
import {count, duration, percent, perOperation, plain, unknownFigure} from '../format.ts';
import type {PhaseMedians} from './medians.ts';
import type {RunStory} from './run-story.ts';

const figures: readonly (readonly [title: string, show: (phase: PhaseMedians) => string])[] = [
  ['Succeeded', ({successRatio}) => percent(successRatio)],
  ['Hung', ({outcomes}) => count(outcomes.hung)],
  ['Goodput/s', ({goodputPerSecond}) => plain(goodputPerSecond)],
  ['Response p99', ({responseP99Ms}) => duration(responseP99Ms)],
  ['Settle p99', ({settleP99Ms}) => duration(settleP99Ms)],
  ['Attempts', ({attemptsPerOperationRatio}) => perOperation(attemptsPerOperationRatio)],
];

/** @param wanted names of phases; all but the warm-up where absent */
export const phaseComparison = ({baseline, candidate}: RunStory, wanted?: readonly string[]): Block[] => {
  const judged = candidate ?? baseline;
  const measured = judged.phases.filter(
    ({phase, role}) => role !== 'warm-up' && (wanted === undefined || wanted.includes(phase)),
  );
  if (measured.length === 0) return [];
  const rows = measured.map(after => {
    const before = candidate ? baseline.phases.find(({phase}) => phase === after.phase) : undefined;
    const cell = (show: (phase: PhaseMedians) => string): string => {
      if (!candidate) return show(after);
      const texts = [before ? show(before) : unknownFigure, show(after)];
      return texts.every(text => text === unknownFigure) ? unknownFigure : texts.join(' → ');
    };
    return [phaseLink(judged, after.phase), ...figures.map(([, show]) => cell(show))];
  });
  const names = candidate
    ? [code(baseline.variant.name), ' → ', code(candidate.variant.name), '; attempts are per operation.']
    : [code(baseline.variant.name), '; attempts are per operation.'];
  return [
    paragraph('Each cell: ', ...names),
    table(['Phase', ...figures.map(([title]) => `>${title}`)], rows),
  ];
};
