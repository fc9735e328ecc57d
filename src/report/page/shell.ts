// A page around some HTML: the report's style, no script, and a policy that allows nothing else.
import {readFileSync} from 'node:fs';
import {assetFile} from '../../model/own-files.ts';
import {escapeHtml} from './html.ts';

/** Pages of foulweather's own server: they hold text, and forms that lead back to it. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'";

const asset = (name: string): string => readFileSync(assetFile(`report/page/assets/${name}`), 'utf8');

type Frame = {
  /** An overview leads to other pages, and may be as wide as the window. */
  readonly layout?: 'text' | 'overview';
  /** Links to stand above, as HTML. */
  readonly links?: readonly string[];
};

/** @param main HTML, escaped already */
export const plainPage = (title: string, main: string, {layout = 'text', links = []}: Frame = {}): string => {
  const style = layout === 'text' ? asset('page.css') : `${asset('page.css')}${asset('overview.css')}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>\n${style}</style>`,
    '</head>',
    '<body>',
    ...(links.length === 0 ? [] : [`<nav aria-label="Pages">${links.join('\n')}</nav>`]),
    `<main id="main"${layout === 'text' ? '' : ` class="${layout}"`}>`,
    main,
    '</main>',
    '</body>',
    '</html>\n',
  ].join('\n');
};
