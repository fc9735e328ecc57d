// Outcome: the goals, before and after side by side, and what got better and what did not.

import {minimumPairs} from '../../../stats/bootstrap.ts';
import {endingBlocks} from '../../blocks/endings.ts';
import {goalFigure, goalVerdict, limitText, phaseOfGoal, verdictTones} from '../../blocks/goals.ts';
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
  list,
  paragraph,
  type Section,
  type Span,
  strong,
  type Text,
  table,
} from '../../document.ts';
import {count, percent, plural, unknownFigure} from '../../format.ts';
import {phaseComparison} from '../phase-comparison.ts';
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
    ' was tried, so there is nothing to compare it with. To prove a fix, add a variant with the change and run again.',
  ),
  ...goalBlocks(baseline, null),
];

const comparedBlocks = (story: RunStory, candidate: VariantStory): Block[] => {
  if (candidate.phases.length === 0) {
    return [paragraph(code(candidate.variant.name), ' did not run, so nothing can be compared.')];
  }
  return [
    ...goalBlocks(candidate, story.baseline),
    ...goodputBlocks(story),
    ...sweepBlocks(story),
    ...progressBlocks(story, itemsShown),
    paragraph('More: ', {link: 'all phases and intervals', to: outcomeAnchor}, '.'),
  ];
};

const outcomeAnchor = 'outcome-in-detail';

export const outcomeDetails = (story: RunStory): Section => ({
  id: outcomeAnchor,
  title: 'Outcome in detail',
  blocks:
    story.candidate && story.candidate.phases.length > 0
      ? [
          // The baseline's endings are among the symptoms.
          ...story.variants.filter(variant => variant !== story.baseline).flatMap(endingBlocks),
          ...phaseComparison(story),
          ...figure('throughput', () => throughput(story)),
          ...ratioBlocks(story),
          ...progressBlocks(story),
        ]
      : story.variants.filter(variant => variant !== story.baseline).flatMap(endingBlocks),
});

/** The page names at most so many of what got better, and of what did not. */
const itemsShown = 5;

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
    [
      strong(goalVerdict(goal), verdictTones[goal.verdict]),
      goal.reasons.length > 0 ? `: ${goal.reasons.join('; ')}` : '',
    ],
  ]);
  return [table(titles, rows)];
};

const valueIn = (baseline: VariantStory, goal: GoalStory): string => {
  const same = baseline.goals.find(({phase, metric}) => phase === goal.phase && metric === goal.metric);
  return same ? goalFigure(goal.metric, same.value) : '–';
};

/** How much faster, where that is known. */
const goodputBlocks = (story: RunStory): Block[] => {
  const pairs = pairCount(story);
  if (pairs < minimumPairs) {
    return [
      paragraph(
        `${plural(pairs, 'pair')} of trials: too few for an interval (${minimumPairs} needed), so no goodput ratio is given.`,
      ),
    ];
  }
  const goodput = compareGoodput(story);
  return [
    paragraph(
      strong('Goodput'),
      ' (successes per second, over all phases but the warm-up), ',
      code(story.judged.variant.name),
      ' ÷ ',
      code(story.baseline.variant.name),
      goodput
        ? `: ${ratioText(goodput)}.`
        : ': no ratio, because a trial of the baseline had no successes or was cut short.',
      ...precisionText(story),
      ...livedText(story),
    ),
  ];
};

const ratioBlocks = (story: RunStory): Block[] => {
  if (pairCount(story) < minimumPairs) return [];
  const rows = comparePhases(story).map(({phase, figure, interval, shift, pValue}) => [
    phase,
    figure,
    ratioText(interval),
    shift,
    pValue === null ? unknownFigure : pValue.toFixed(3),
  ]);
  return [
    table(['Phase', 'Figure', 'After ÷ before', '>Shift', '>p'], rows),
    paragraph(
      'The ratio is between the medians over the trials, with its bootstrap interval; the shift is the Hodges-Lehmann estimate; p is from a two-sided Mann-Whitney test over the trials, not corrected for multiple comparisons.',
    ),
  ];
};

/** Most of a ratio can be the time in which a crashed process did nothing. */
const livedText = (story: RunStory): Text => {
  const lived = compareLivedGoodput(story);
  if (!lived) return [];
  return [
    ' The time after a crash counts with a goodput of 0. Before ',
    code(story.baseline.variant.name),
    ` crashed, over the phases that both reached: ${ratioText(lived)}.`,
  ];
};

/** How the number of trials came about, where the run determined it. */
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
      return [
        ` Trials were added until the target precision of ${wanted} was reached: with ${trials} per variant it is ${now}.`,
      ];
    case 'limit':
      return [` The target precision was ${wanted}; at the limit of ${trials} per variant it is ${now}.`];
    case 'no-ratio':
      return [` The target precision of ${wanted} cannot be reached with any number of trials.`];
    case undefined:
      return [` The target precision was ${wanted}; the run ended before it was reached.`];
  }
};

const progressBlocks = (story: RunStory, limit = Number.POSITIVE_INFINITY): Block[] => {
  const {better, notBetter, undecided} = progressOf(story);
  const group = (title: string, items: readonly Text[], none: string): Block[] => {
    if (items.length === 0) return none === '' ? [] : [paragraph(strong(title), ` ${none}`)];
    const more: Text[] =
      items.length > limit ? [[{link: `${count(items.length - limit)} more`, to: outcomeAnchor}]] : [];
    return [paragraph(strong(title)), list([...items.slice(0, limit), ...more])];
  };
  return [
    ...group('Better:', better, 'nothing.'),
    ...group('Worse or unchanged:', notBetter, 'nothing.'),
    ...(limit < undecided.length
      ? [
          paragraph(
            strong('Not concluded:'),
            ` ${plural(undecided.length, 'symptom or goal', 'symptoms or goals')}, see `,
            {link: 'details', to: outcomeAnchor},
            '.',
          ),
        ]
      : group('Not concluded:', undecided, '')),
  ];
};
