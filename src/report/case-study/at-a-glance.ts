// The pictures of an investigation, each under a sentence with the numbers to look for in it.
import {connections} from '../charts/connections.ts';
import {latency} from '../charts/latency.ts';
import {resources} from '../charts/resources.ts';
import {throughput} from '../charts/throughput.ts';
import {type Block, code, figure, heading, joined, paragraph, type Text} from '../document.ts';
import {bytes, count, duration} from '../format.ts';
import type {PhaseMedians} from './medians.ts';
import type {RunStory} from './run-story.ts';

export const glanceBlocks = (story: RunStory): Block[] => {
  const blocks = [
    // If there is a change it is shown with the outcome.
    ...(story.candidate ? [] : figure('throughput', () => throughput(story))),
    ...captioned(
      story,
      'Worst settle p99',
      ({settleP99Ms}) => settleP99Ms,
      duration,
      figure('latency', () => latency(story)),
    ),
    ...captioned(
      story,
      'Peak open connections (injector)',
      ({connectionsOpenMax}) => connectionsOpenMax,
      count,
      figure('connections', () => connections(story)),
    ),
    ...captioned(
      story,
      'Peak RSS',
      ({rssMaxBytes}) => rssMaxBytes,
      bytes,
      figure('resources', () => resources(story)),
    ),
  ];
  return blocks.length === 0 ? [] : [heading('At a glance'), ...blocks];
};

type Pick = (phase: PhaseMedians) => number | null;

/** Only the chart where the number is not known. */
const captioned = (
  {variants}: RunStory,
  what: string,
  pick: Pick,
  format: (value: number) => string,
  chart: readonly Block[],
): readonly Block[] => {
  if (chart.length === 0) return chart;
  const items = variants.flatMap((variant): Text[] => {
    const found = highest(variant.phases, pick);
    return found ? [[code(variant.variant.name), ` ${format(found.value)} (${found.phase})`]] : [];
  });
  return items.length === 0 ? chart : [paragraph(`${what}: `, ...joined(items, '; '), '.'), ...chart];
};

/** The warm-up is not judged, and not reported here. */
const highest = (phases: readonly PhaseMedians[], pick: Pick): {phase: string; value: number} | null =>
  phases
    .filter(({role}) => role !== 'warm-up')
    .reduce<{phase: string; value: number} | null>((best, phase) => {
      const value = pick(phase);
      return value !== null && (best === null || value > best.value) ? {phase: phase.phase, value} : best;
    }, null);
