// Outcome: the goals, before and after side by side, and what got better and what did not.

import {minimumPairs} from '../../../stats/minimum-pairs.ts';
import {endingBlocks} from '../../blocks/endings.ts';
import {goalFigure, goalVerdict, limitText, phaseOfGoal} from '../../blocks/goals.ts';
import {phaseLink} from '../../blocks/phase-link.ts';
import {throughput} from '../../charts/throughput.ts';
import {
  compareGoodput,
  compareLivedGoodput,
  comparePhases,
  pairCount,
  ratioText,
} from '../../comparison/before-after.ts';
import {
  type Block,
  code,
  figure,
  heading,
  list,
  paragraph,
  type Section,
  type Span,
  strong,
  type Text,
  table,
} from '../../document.ts';
import {count, duration, percent, perOperation, plain, plural, unknownFigure} from '../../format.ts';
import type {PhaseMedians} from '../medians.ts';
import {progressOf} from '../progress.ts';
import type {GoalStory, RunStory, VariantStory} from '../run-story.ts';
import {sweepBlocks} from './sweep.ts';

export const outcomeSection = (story: RunStory): Section => ({
  id: 'outcome',
  title: 'Outcome',
  blocks: story.candidate ? comparedBlocks(story, story.candidate) : aloneBlocks(story.baseline),
});

const aloneBlocks = (baseline: VariantStory): Block[] => [
  paragraph(
    'Only ',
    code(baseline.variant.name),
    ' was tried, so that there is nothing to compare it with. To prove a fix, add a variant that makes the change, and run again.',
  ),
  ...goalBlocks(baseline, null),
];

const comparedBlocks = (story: RunStory, candidate: VariantStory): Block[] => {
  // The baseline's endings are among the symptoms.
  const endings = story.variants.filter(variant => variant !== story.baseline).flatMap(endingBlocks);
  if (candidate.phases.length === 0) {
    return [
      ...endings,
      paragraph(code(candidate.variant.name), ' was not driven, so that nothing can be compared.'),
    ];
  }
  return [
    ...endings,
    ...goalBlocks(candidate, story.baseline),
    heading('Before and after'),
    paragraph(
      'Each cell reads ',
      code(story.baseline.variant.name),
      ' → ',
      code(candidate.variant.name),
      '; attempts are per operation.',
    ),
    phaseTable(story.baseline, candidate),
    ...figure('throughput', () => throughput(story)),
    ...ratioBlocks(story),
    ...sweepBlocks(story),
    ...progressBlocks(story),
  ];
};

const goalBlocks = (story: VariantStory, baseline: VariantStory | null): Block[] => {
  if (story.goals.length === 0) return [paragraph('The scenario sets no goals.')];
  const name = story.variant.name;
  const titles = baseline
    ? ['Goal', 'Phase', '>Limit', `>${baseline.variant.name}`, `>${name}`, '>Count', 'Verdict']
    : ['Goal', 'Phase', '>Limit', `>${name}`, '>Count', 'Verdict'];
  const rows = story.goals.map((goal): (Span | Text)[] => [
    code(goal.metric),
    phaseOfGoal(goal.phase),
    limitText(goal.metric, goal.limit),
    ...(baseline ? [valueIn(baseline, goal)] : []),
    goalFigure(goal.metric, goal.value),
    count(goal.count),
    [strong(goalVerdict(goal)), goal.reasons.length > 0 ? `: ${goal.reasons.join('; ')}` : ''],
  ]);
  return [table(titles, rows)];
};

const valueIn = (baseline: VariantStory, goal: GoalStory): string => {
  const same = baseline.goals.find(({phase, metric}) => phase === goal.phase && metric === goal.metric);
  return same ? goalFigure(goal.metric, same.value) : '–';
};

const phaseTable = (baseline: VariantStory, candidate: VariantStory): Block => {
  const measured = candidate.phases.filter(({role}) => role !== 'warm-up');
  const rows = measured.map(after => {
    const before = baseline.phases.find(({phase}) => phase === after.phase);
    const cell = (show: (phase: PhaseMedians) => string): string => {
      const texts = [before ? show(before) : unknownFigure, show(after)];
      return texts.every(text => text === unknownFigure) ? unknownFigure : texts.join(' → ');
    };
    return [
      phaseLink(candidate, after.phase),
      cell(({successRatio}) => percent(successRatio)),
      cell(({outcomes}) => count(outcomes.hung)),
      cell(({goodputPerSecond}) => plain(goodputPerSecond)),
      cell(({responseP99Ms}) => duration(responseP99Ms)),
      cell(({settleP99Ms}) => duration(settleP99Ms)),
      cell(({attemptsPerOperationRatio}) => perOperation(attemptsPerOperationRatio)),
    ];
  });
  return table(
    ['Phase', '>Succeeded', '>Hung', '>Goodput/s', '>Response p99', '>Settle p99', '>Attempts at target'],
    rows,
  );
};

const ratioBlocks = (story: RunStory): Block[] => {
  const pairs = pairCount(story);
  if (pairs < minimumPairs) {
    return [
      paragraph(
        `With ${plural(pairs, 'pair')} of trials there is no interval, and so no ratio is given; ${minimumPairs} or more have one.`,
      ),
    ];
  }
  const goodput = compareGoodput(story);
  const rows = comparePhases(story).map(({phase, figure, interval, shift, pValue}) => [
    phase,
    figure,
    ratioText(interval),
    shift,
    pValue === null ? unknownFigure : pValue.toFixed(3),
  ]);
  return [
    paragraph(
      strong('Goodput'),
      ' (successes per second, over all phases but the warm-up), ',
      code(story.judged.variant.name),
      ' ÷ ',
      code(story.baseline.variant.name),
      goodput
        ? `: ${ratioText(goodput)}.`
        : ': no ratio, for a trial of the baseline had no success, or was cut short.',
      ...precisionText(story),
      ...livedText(story),
    ),
    table(['Phase', 'Figure', 'After ÷ before', '>Shift', '>p'], rows),
    paragraph(
      'The ratio is that of the medians over the trials, with its bootstrap interval; the shift is Hodges and Lehmann’s, p that of the Mann-Whitney test over the trials, two-sided and not corrected for the number of rows.',
    ),
  ];
};

/** Most of a ratio can be the time in which a dead process did nothing. */
const livedText = (story: RunStory): Text => {
  const lived = compareLivedGoodput(story);
  if (!lived) return [];
  return [
    ' What came after the death of a process counts as nothing there. While ',
    code(story.baseline.variant.name),
    ` lived, over the phases that both saw: ${ratioText(lived)}.`,
  ];
};

/** How the number of trials came about, where the run was to find it itself. */
const precisionText = ({run}: RunStory): Text => {
  const {precision, trialsPerVariant} = run.record;
  if (!precision) return [];
  const wanted = `± ${percent(precision.halfWidthRatio)}`;
  const {end} = precision;
  const now =
    end === null || end.halfWidthRatio === null ? 'no interval' : `± ${percent(end.halfWidthRatio)}`;
  const trials = plural(trialsPerVariant, 'trial');
  switch (end?.kind) {
    case 'precise':
      return [` Trials were added until it was known to ${wanted}: with ${trials} per variant it is ${now}.`];
    case 'limit':
      return [
        ` It was to be known to ${wanted}; the limit of ${trials} per variant was reached with ${now}.`,
      ];
    case 'no-ratio':
      return [` It was to be known to ${wanted}, which no number of trials can do.`];
    case undefined:
      return [` It was to be known to ${wanted}; the run ended before.`];
  }
};

const progressBlocks = (story: RunStory): Block[] => {
  const {better, notBetter, undecided} = progressOf(story);
  const group = (title: string, items: readonly Text[], none: string): Block[] =>
    items.length > 0 ? [heading(title), list(items)] : none === '' ? [] : [heading(title), paragraph(none)];
  return [
    ...group('What got better', better, 'Nothing that was looked for.'),
    ...group('What did not', notBetter, 'Nothing that was looked for.'),
    ...group('What was not concluded', undecided, ''),
  ];
};
