// Two runs compared, as a page.
import type {Comparison} from '../comparison/run-diff.ts';
import {comparisonSection} from '../comparison/run-diff-text.ts';
import {escapeHtml, renderBlock} from './html.ts';
import {plainPage} from './shell.ts';

const allRuns = '<a href="/">All runs</a>';

/** @param before the id of a saved run, as `after` is */
export const comparisonPage = (comparison: Comparison, before: string, after: string): string => {
  const {title, blocks} = comparisonSection(comparison);
  return plainPage(title, [`<h1>${escapeHtml(title)}</h1>`, ...blocks.map(renderBlock)].join('\n'), {
    links: [allRuns, linkTo('Before', before), linkTo('After', after)],
  });
};

const linkTo = (which: string, id: string): string =>
  `<a href="/runs/${encodeURIComponent(id)}/report.html">${which}: ${escapeHtml(id)}</a>`;

/** What could not be shown, and why. */
export const messagePage = (title: string, message: string): string =>
  plainPage(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(message)}</p>`, {links: [allRuns]});
