// Figures: all phases of each variant, one row each.
import {accountOf, accountText} from '../../blocks/accounts.ts';
import {type Block, heading, paragraph, type Section, table} from '../../document.ts';
import {count, duration, microseconds, perOperation, rate} from '../../format.ts';
import type {PhaseMedians} from '../medians.ts';
import type {RunStory, VariantStory} from '../run-story.ts';

type Figure = readonly [title: string, show: (phase: PhaseMedians) => string];

const counts: readonly Figure[] = [
  ['Offered', phase => count(phase.offered)],
  ['Started', phase => count(phase.started)],
  ['Ok', phase => count(phase.outcomes.ok)],
  ['Failed', phase => count(phase.outcomes.failed)],
  ['Unknown', phase => count(phase.outcomes.unknown)],
  ['Rejected', phase => count(phase.outcomes.rejected)],
  ['Wrong', phase => count(phase.outcomes.wrong)],
  ['Hung', phase => count(phase.outcomes.hung)],
  ['Dropped', phase => count(phase.dropped)],
];

const inFlight: Figure = ['In flight', phase => count(phase.inFlight)];

const times: readonly Figure[] = [
  ['p50', phase => duration(phase.responseP50Ms)],
  ['p90', phase => duration(phase.responseP90Ms)],
  ['p99', phase => duration(phase.responseP99Ms)],
  ['Settle p99', phase => duration(phase.settleP99Ms)],
  ['Goodput', phase => rate(phase.goodputPerSecond)],
  ['Attempts at target', phase => perOperation(phase.attemptsPerOperationRatio)],
  ['CPU', phase => microseconds(phase.cpuUsPerOperation)],
];

export const figuresSection = (story: RunStory): Section => ({
  id: 'figures',
  title: 'Figures',
  blocks: [
    paragraph(
      'Operations are counted in the phase of their scheduled start; those in flight from a calm phase when a fault begins count in the fault phase. p50, p90 and p99 are response times of successes, from the scheduled start; settle p99 covers everything that settled, successfully or not. Attempts and CPU time are per operation. Goodput is the number of successes per second during the phase, whichever phase their operations are counted in. The warm-up is shown but not judged.',
    ),
    ...story.variants.flatMap(variantBlocks),
  ],
});

const variantBlocks = (story: VariantStory): Block[] => {
  const trials = story.trials.length;
  const title = trials > 1 ? `${story.variant.name}: medians over ${trials} trials` : story.variant.name;
  if (story.phases.length === 0) return [heading(title), paragraph('No phase was reached.')];
  const unsettled = story.phases.some(phase => phase.inFlight > 0) ? [inFlight] : [];
  const sums = trials > 1 ? `All phases, summed over ${trials} trials` : 'All phases';
  return [
    heading(title),
    figureTable(story, [...counts, ...unsettled]),
    paragraph(`${sums}: ${accountText(accountOf(story))}.`),
    figureTable(story, times),
  ];
};

const figureTable = ({phases}: VariantStory, figures: readonly Figure[]): Block =>
  table(
    ['Phase', ...figures.map(([title]) => `>${title}`)],
    phases.map(phase => [phase.phase, ...figures.map(([, show]) => show(phase))]),
  );
