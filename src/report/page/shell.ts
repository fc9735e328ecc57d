// A page around some HTML: the report's style, no script, and a policy that lets nothing else in.
import {readFileSync} from 'node:fs';
import {escapeHtml} from './html.ts';

/** Pages of a server of ours: they hold text, and forms that lead back to it. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'";

/** @param main HTML, escaped already */
export const plainPage = (title: string, main: string): string => {
  const style = readFileSync(new URL('assets/page.css', import.meta.url), 'utf8');
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
    '<main id="main">',
    main,
    '</main>',
    '</body>',
    '</html>\n',
  ].join('\n');
};
