// Figures: all phases of each variant, one row each.
import {type Block, heading, paragraph, type Section, table} from '../document.ts';
import {count, duration, microseconds, perOperation, rate} from '../format.ts';
import type {PhaseMedians} from '../medians.ts';
import type {RunStory, VariantStory} from '../variants.ts';

const titles = [
  'Phase',
  '>Offered',
  '>Started',
  '>Ok',
  '>Failed',
  '>Unknown',
  '>Rejected',
  '>Wrong',
  '>Hung',
  '>Dropped',
  '>p50',
  '>p90',
  '>p99',
  '>Settle p99',
  '>Attempts',
  '>Goodput',
  '>CPU',
];

export const figuresSection = (story: RunStory): Section => ({
  id: 'figures',
  title: 'Figures',
  blocks: [
    paragraph(
      'Operations are counted in the phase in which they were meant to start. p50, p90 and p99 are response times of successes, from the intended start; settle p99 is over all that settled, well or not; attempts and CPU time are per operation; goodput is successes per second. The warm-up is shown and not judged.',
    ),
    ...story.variants.flatMap(variantBlocks),
  ],
});

const variantBlocks = (story: VariantStory): Block[] => {
  const trials = story.trials.length;
  const title = trials > 1 ? `${story.variant.name}: medians over ${trials} trials` : story.variant.name;
  if (story.phases.length === 0) return [heading(title), paragraph('No phase was reached.')];
  return [heading(title), table(titles, story.phases.map(rowOf))];
};

const rowOf = (phase: PhaseMedians): string[] => [
  phase.phase,
  count(phase.offered),
  count(phase.started),
  count(phase.outcomes.ok),
  count(phase.outcomes.failed),
  count(phase.outcomes.unknown),
  count(phase.outcomes.rejected),
  count(phase.outcomes.wrong),
  count(phase.outcomes.hung),
  count(phase.dropped),
  duration(phase.responseP50Ms),
  duration(phase.responseP90Ms),
  duration(phase.responseP99Ms),
  duration(phase.settleP99Ms),
  perOperation(phase.attemptsPerOperationRatio),
  rate(phase.goodputPerSecond),
  microseconds(phase.cpuUsPerOperation),
];
