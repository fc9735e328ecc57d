// The table of single operations, each with its trace where the library's spans of it were kept.

import {type Exemplar, exemplarsOf, lateMsOf} from '../blocks/exemplars.ts';
import {waterfallOf} from '../blocks/traces.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {toInlineSvg} from '../charts/chart.ts';
import {duration, plural} from '../format.ts';
import {escapeHtml, scrolling} from './html.ts';

const waterfallsShown = 60;
const titles = ['Operation', 'Variant', 'Phase', 'Outcome', 'Error'];
const figureTitles = ['Scheduled at', 'Started late by', 'Response time'];

export const operationsSection = (story: RunStory): string => {
  const exemplars = exemplarsOf(story);
  const intro = `<p>The slowest operations of each phase, examples of each class of failure, and operations whose spans were kept: ${plural(exemplars.length, 'operation')} of the run, failures first. Where there is a trace, it can be expanded.</p>`;
  if (exemplars.length === 0) return section('<p>No individual operations were kept.</p>');
  const traced = withTraces(exemplars);
  const bodies = exemplars.map((exemplar, index) => bodyOf(exemplar, index, traced.has(exemplar)));
  const head = [
    ...titles.map(title => `<th scope="col">${title}</th>`),
    ...figureTitles.map(title => `<th scope="col" class="figure">${title}</th>`),
  ];
  return section(
    [
      intro,
      filters(story, exemplars),
      scrolling(
        'operations',
        ['<table class="wide">', `<thead><tr>${head.join('')}</tr></thead>`, ...bodies, '</table>'].join(
          '\n',
        ),
      ),
    ].join('\n'),
  );
};

/** Each variant has its share of the traces, so that the later ones have some, too. */
const withTraces = (exemplars: readonly Exemplar[]): ReadonlySet<Exemplar> => {
  const byVariant = [...Map.groupBy(exemplars, ({trial}) => trial.variant).values()];
  const share = Math.max(1, Math.floor(waterfallsShown / byVariant.length));
  return new Set(byVariant.flatMap(own => own.filter(({spans}) => spans.length > 0).slice(0, share)));
};

const section = (content: string): string =>
  `<section aria-labelledby="operations">\n<h2 id="operations">Operations</h2>\n${content}\n</section>`;

const bodyOf = (exemplar: Exemplar, index: number, withTrace: boolean): string => {
  const {id, trial, phase, status, error, startMs, durationMs, traceId} = exemplar;
  const cells = [
    `<td class="id"><code>${escapeHtml(id)}</code></td>`,
    `<td>${escapeHtml(trial.variant)}</td>`,
    `<td>${escapeHtml(phase ?? '–')}</td>`,
    `<td><span class="outcome ${status}">${status}</span></td>`,
    `<td class="error">${error === null ? '–' : `<code>${escapeHtml(error)}</code>`}</td>`,
    `<td class="figure">${duration(startMs)}</td>`,
    `<td class="figure">${duration(lateMsOf(exemplar))}</td>`,
    `<td class="figure">${duration(durationMs)}</td>`,
  ];
  const width = titles.length + figureTitles.length;
  const trace = withTrace ? traceOf(exemplar, index) : '';
  return [
    `<tbody data-variant="${escapeHtml(trial.variant)}" data-phase="${escapeHtml(phase ?? '')}" data-outcome="${status}">`,
    `<tr>${cells.join('')}</tr>`,
    ...(trace === ''
      ? []
      : [
          `<tr class="trace"><td colspan="${width}"><details><summary>Trace of ${escapeHtml(id)}: ${plural(exemplar.spans.length, 'span')}</summary>`,
          `<p>Trace ID <code>${escapeHtml(traceId ?? '')}</code></p>`,
          trace,
          '</details></td></tr>',
        ]),
    '</tbody>',
  ].join('\n');
};

const traceOf = (exemplar: Exemplar, index: number): string => {
  const chart = waterfallOf(exemplar, `trace-${index}`);
  return chart ? toInlineSvg(chart) : '';
};

const filters = (story: RunStory, exemplars: readonly Exemplar[]): string => {
  const phases = story.run.record.plan.phases.map(({name}) => name);
  const outcomes = [...new Set(exemplars.map(({status}) => status))].sort();
  const variants = story.variants.map(({variant}) => variant.name);
  return [
    '<div class="filters">',
    select('variant', 'Variant', 'all variants', variants),
    select('phase', 'Phase', 'all phases', phases),
    select('outcome', 'Outcome', 'all outcomes', outcomes),
    `<output id="shown" aria-live="polite">${plural(exemplars.length, 'operation')}</output>`,
    '</div>',
  ].join('\n');
};

const select = (name: string, title: string, all: string, values: readonly string[]): string =>
  [
    `<label>${title} <select name="${name}">`,
    `<option value="">${all}</option>`,
    ...values.map(value => `<option value="${escapeHtml(value)}">${escapeHtml(value)}</option>`),
    '</select></label>',
  ].join('');
