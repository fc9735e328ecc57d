// Which code used the time and which holds the memory, as flame graphs, in the phase that matters most.
import type {ProfileSummary} from '../../model/profile.ts';
import {phaseThatMatters} from '../case-study/phase-that-matters.ts';
import type {RunStory, VariantStory} from '../case-study/run-story.ts';
import {toInlineSvg} from '../charts/chart.ts';
import {flame} from '../charts/flame.ts';
import {bytes, duration} from '../format.ts';
import {escapeHtml} from './html.ts';

const titles: {readonly [what in ProfileSummary['what']]: string} = {
  cpu: 'CPU time, without idle time',
  heap: 'live objects on the heap',
  buffers: 'live Buffers, outside the heap',
  'buffer-allocations': 'Buffers allocated in the phase',
};

const variantsShown = 4;

/** Empty where no profile was kept. */
export const flamesSection = (story: RunStory): string => {
  const phase = phaseThatMatters(story);
  const name = story.run.record.plan.phases[phase]?.name ?? '';
  const graphs = story.variants
    .slice(-variantsShown)
    .flatMap((variant, index) => graphsOf(variant, phase, index));
  if (graphs.length === 0) return '';
  return [
    '<section aria-labelledby="flame-graphs">',
    '<h2 id="flame-graphs">Flame graphs</h2>',
    `<p>Profiles of the process in ${escapeHtml(name)}: callers are above what they called, and the width of a frame is its share; shares below 0.5% are omitted. Point at a frame for its location and figures.</p>`,
    ...graphs,
    '</section>',
  ].join('\n');
};

const graphsOf = ({variant, trials}: VariantStory, phase: number, index: number): string[] => {
  const profiled = trials.find(({trial}) => trial.profiles.some(profile => profile.phase === phase));
  if (!profiled) return [];
  const {trial} = profiled;
  const which = trials.length > 1 ? `, trial ${trial.number}` : '';
  return trial.profiles
    .filter(profile => profile.phase === phase)
    .flatMap(({what, flame: frames = []}) => {
      const chart = flame({
        name: `flame-${index}-${what}`,
        title: `${variant.name}${which}: ${titles[what]}`,
        frames,
        format: what === 'cpu' ? duration : bytes,
      });
      if (!chart) return [];
      return [
        `<details${what === 'cpu' ? ' open' : ''}><summary>${escapeHtml(chart.title)}</summary>`,
        `<p>${escapeHtml(chart.description)}</p>`,
        `<div class="chart-frame" role="region" tabindex="0" aria-label="${escapeHtml(chart.title)}, scrolls sideways">${toInlineSvg(chart)}</div>`,
        '</details>',
      ];
    });
};
