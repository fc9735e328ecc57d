// The case study as one page: no network, no dependency, works from a file. The same blocks as the markdown, with values to point at.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {assetFile} from '../../model/own-files.ts';
import {type CaseStudy, chartsOf} from '../case-study/case-study.ts';
import type {RunStory} from '../case-study/run-story.ts';
import {chartRules, definitions, layers} from '../charts/style.ts';
import {embeddedJson, pageData} from './data.ts';
import {flamesSection} from './flames.ts';
import {escapeHtml, renderBlock, renderSection} from './html.ts';
import {operationsSection} from './operations.ts';

const asset = (name: string): string => readFileSync(assetFile(`report/page/assets/${name}`), 'utf8');

/** The content security policy allows these two texts alone, and nothing that a name or a message could smuggle in. */
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Deterministic: the same study gives the same bytes. */
export const toPage = (study: CaseStudy, story: RunStory): string => {
  const style = `\n${asset('page.css')}${chartRules}\n`;
  const script = `\n${asset('page.js')}`;
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const flames = flamesSection(story);
  const links = [
    ...study.sections,
    {id: 'operations', title: 'Operations'},
    ...(flames === '' ? [] : [{id: 'flame-graphs', title: 'Flame graphs'}]),
    ...study.details,
  ].map(({id, title}) => `<a href="#${id}">${escapeHtml(title)}</a>`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(study.headline)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#main">To the report</a>',
    `<nav aria-label="Sections">${links.join('\n')}</nav>`,
    '<main id="main">',
    `<h1>${escapeHtml(study.headline)}</h1>`,
    ...study.lead.map(renderBlock),
    ...study.sections.map(renderSection),
    '<h2 class="part" id="details">Details: what the page above rests on</h2>',
    operationsSection(story),
    ...(flames === '' ? [] : [flames]),
    ...study.details.map(renderSection),
    '</main>',
    `<svg class="chart definitions" width="0" height="0" aria-hidden="true">${definitions(layers)}</svg>`,
    `<script type="application/json" id="data">${embeddedJson(pageData(story, chartsOf(study)))}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>\n',
  ].join('\n');
};
