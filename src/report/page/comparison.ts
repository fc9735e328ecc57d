// Two runs compared, as a page.
import type {Comparison} from '../comparison/run-diff.ts';
import {comparisonSection} from '../comparison/run-diff-text.ts';
import {escapeHtml, renderBlock} from './html.ts';
import {plainPage} from './shell.ts';

export const comparisonPage = (comparison: Comparison): string => {
  const {title, blocks} = comparisonSection(comparison);
  return plainPage(
    title,
    ['<p><a href="/">All runs</a></p>', `<h1>${escapeHtml(title)}</h1>`, ...blocks.map(renderBlock)].join(
      '\n',
    ),
  );
};

/** What could not be shown, and why. */
export const messagePage = (title: string, message: string): string =>
  plainPage(
    title,
    `<p><a href="/">All runs</a></p>\n<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(message)}</p>`,
  );
