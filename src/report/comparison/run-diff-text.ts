// A comparison as markdown for a pull request, and as lines for a terminal.

import {goalFigure, limitText, phaseOfGoal} from '../blocks/goals.ts';
import {type Block, code, paragraph, type Section, type Span, strong, type Text, table} from '../document.ts';
import {
  bytes,
  duration,
  factor,
  listed,
  microseconds,
  perOperation,
  plural,
  rate,
  unknownFigure,
} from '../format.ts';
import {sectionToMarkdown} from '../formats/markdown.ts';
import {textTable} from '../text-table.ts';
import type {Change, Comparison, FigureChange, FigureName, GoalChange, Side} from './run-diff.ts';
import {goalsGotWorse} from './run-diff.ts';

/** GitHub takes 65,536 characters of a comment. */
const mostCommentBytes = 64_000;

const formats: {readonly [name in FigureName]: (value: number) => string} = {
  goodput: rate,
  'response p99': duration,
  'attempts per operation': perOperation,
  'CPU per operation': microseconds,
  'resident memory at most': bytes,
};

const words: {readonly [change in Change]: Span} = {
  better: strong('better', 'good'),
  worse: strong('worse', 'bad'),
  same: 'the same',
  inconclusive: 'inconclusive',
};

/** Under 64 KB: figures without a result go first, then those at the end. */
export const comparisonMarkdown = (comparison: Comparison): string => {
  const all = comparison.figures;
  const decided = all.filter(({change}) => change !== 'inconclusive');
  for (const shown of [
    all,
    decided,
    ...Array.from({length: decided.length}, (_, left) => decided.slice(0, -1 - left)),
  ]) {
    const text = sectionToMarkdown(comparisonSection(comparison, shown));
    if (Buffer.byteLength(text) < mostCommentBytes) return `${text}\n`;
  }
  return `${sectionToMarkdown({...comparisonSection(comparison, []), blocks: []})}\n`;
};

export const comparisonHeadline = (comparison: Comparison): string => {
  const {goals, figures, before, after} = comparison;
  const worse = goals.filter(({change}) => change === 'worse').length;
  const better = goals.filter(({change}) => change === 'better').length;
  const said = [
    ...(worse > 0 ? [`${plural(worse, 'goal')} got worse`] : []),
    ...(better > 0 ? [`${plural(better, 'goal')} got better`] : []),
    ...(worse + better === 0 ? ['no goal got better or worse'] : []),
    ...figureClause(figures, 'better'),
    ...figureClause(figures, 'worse'),
  ];
  return `${after.result.scenario}: from ${before.title} to ${after.title}, ${listed(said)}`;
};

const figureClause = (figures: readonly FigureChange[], change: Change): string[] => {
  const count = figures.filter(figure => figure.change === change).length;
  return count === 0 ? [] : [`${plural(count, 'figure')} ${change}`];
};

/** All of it, or with fewer figures. */
export const comparisonSection = (
  comparison: Comparison,
  figures: readonly FigureChange[] = comparison.figures,
): Section => ({
  id: 'comparison',
  title: comparisonHeadline(comparison),
  blocks: [
    paragraph(strong(goalsGotWorse(comparison) ? 'Worse' : 'Not worse'), '. ', ...sidesText(comparison)),
    ...goalBlocks(comparison.goals),
    ...figureBlocks(comparison, figures),
  ],
});

const sidesText = ({before, after}: Comparison): Text => [
  'Before: ',
  ...sideText(before),
  '. After: ',
  ...sideText(after),
  '.',
];

const sideText = ({title, result, variant}: Side): Text => [
  code(title),
  `, ${plural(variant.trials.length, 'trial')} of `,
  code(variant.name),
  ` on ${result.startedAt.slice(0, 10)}${result.environment.commit === null ? '' : `, commit ${result.environment.commit}`}`,
  ...Object.entries(variant.versions).flatMap(([name, version]): Span[] => [
    ', ',
    code(`${name} ${version}`),
  ]),
];

const goalBlocks = (goals: readonly GoalChange[]): Block[] =>
  goals.length === 0
    ? [paragraph('The scenario sets no goals.')]
    : [
        table(
          ['Goal', 'Phase', '>Limit', '>Before', '>After', 'Change'],
          goals.map(({metric, phase, limit, beforeValue, afterValue, before, after, change, reason}) => [
            code(metric),
            phaseOfGoal(phase),
            limitText(metric, limit),
            `${goalFigure(metric, beforeValue)} (${before ?? 'no goal'})`,
            `${goalFigure(metric, afterValue)} (${after})`,
            [words[change], reason === '' ? '' : `: ${reason}`],
          ]),
        ),
      ];

const figureBlocks = (comparison: Comparison, figures: readonly FigureChange[]): Block[] => {
  if (comparison.figures.length === 0) return [];
  const left = comparison.figures.length - figures.length;
  return [
    table(
      ['Phase', 'Figure', '>Before', '>After', '>After ÷ before', '>p', 'Change'],
      figures.map(({phase, figure, before, after, interval, pValue, change}) => [
        phase,
        figure,
        formats[figure](before),
        formats[figure](after),
        interval === null
          ? unknownFigure
          : `${factor(interval.ratio)}× (${factor(interval.low)}–${factor(interval.high)})`,
        pValue === null ? unknownFigure : pValue.toFixed(3),
        words[change],
      ]),
    ),
    ...(left > 0 ? [paragraph(`${plural(left, 'figure')} not shown.`)] : []),
    paragraph(
      'Medians over the trials; the ratio with its 95% bootstrap interval; p from a two-sided Mann-Whitney test, not corrected for multiple comparisons. A figure counts as better or worse only if both agree, and only with five or more trials on each side.',
    ),
  ];
};

/** With more rows than these only what changed is listed. */
const mostRows = 40;

/** For a terminal: the headline, the goals and the figures. */
export const comparisonLines = (comparison: Comparison): string => {
  const {goals, figures} = comparison;
  const shown = figures.length <= mostRows ? figures : figures.filter(isChange);
  const left = figures.length - shown.length;
  return [
    comparisonHeadline(comparison),
    ...goalTable(goals),
    ...figureTable(shown),
    ...(left > 0 ? [`  ${plural(left, 'more figure')} without a known change; --markdown lists them`] : []),
    '',
  ].join('\n');
};

const isChange = ({change}: FigureChange): boolean => change === 'better' || change === 'worse';

const goalTable = (goals: readonly GoalChange[]): string[] =>
  goals.length === 0
    ? []
    : indented([
        ['goal', 'phase', 'limit', 'before', 'after', 'change'],
        ...goals.map(({metric, phase, limit, beforeValue, afterValue, before, after, change, reason}) => [
          metric,
          phaseOfGoal(phase),
          limitText(metric, limit),
          before === null ? 'no goal' : `${goalFigure(metric, beforeValue)} (${before})`,
          `${goalFigure(metric, afterValue)} (${after})`,
          `${change}${reason === '' ? '' : `: ${reason}`}`,
        ]),
      ]);

const figureTable = (figures: readonly FigureChange[]): string[] =>
  figures.length === 0
    ? []
    : indented(
        [
          ['figure', 'phase', 'before', 'after', 'change', ''],
          ...figures.map(({phase, figure, before, after, interval, change}) => [
            figure,
            phase,
            formats[figure](before),
            formats[figure](after),
            change,
            interval === null
              ? ''
              : `${factor(interval.ratio)}× (${factor(interval.low)}–${factor(interval.high)})`,
          ]),
        ],
        [2, 3],
      );

const indented = (rows: readonly (readonly string[])[], right: readonly number[] = []): string[] => [
  '',
  ...textTable(rows, right).map(line => `  ${line}`),
];
