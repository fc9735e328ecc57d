// A case study as GitHub-flavoured markdown. All text is escaped here, and nowhere before.
import {markdownTable} from 'markdown-table';
import type {CaseStudy} from '../case-study/case-study.ts';
import {fileOfChart} from '../charts/chart.ts';
import type {Block, Section, Span, Table, Text, TraceBlock} from '../document.ts';

/** The address of the heading with an id, relative to the file that links to it. */
type HrefOf = (id: string) => string;

const here: HrefOf = id => `#${id}`;

/** `report.md`: the one page. */
export const toMarkdown = (study: CaseStudy): string => {
  const detailed = new Set(study.details.flatMap(idsOf));
  const hrefOf: HrefOf = id => (detailed.has(id) ? `${detailsFile}#${id}` : `#${id}`);
  const blocks = study.lead.map(block => renderBlock(block, hrefOf));
  const sections = study.sections.map(section => sectionToMarkdown(section, hrefOf));
  return `${[`# ${escapeText(study.headline)}`, ...blocks, ...sections].join('\n\n')}\n`;
};

/** `details.md`: what the one page is based on, section by section. */
export const toDetails = (study: CaseStudy): string => {
  const detailed = new Set(study.details.flatMap(idsOf));
  const hrefOf: HrefOf = id => (detailed.has(id) ? `#${id}` : `report.md#${id}`);
  const sections = study.details
    .filter(({blocks}) => blocks.length > 0)
    .map(section => `${anchor(section.id)}${sectionToMarkdown(section, hrefOf)}`);
  return `${[`# Details: ${escapeText(study.headline)}`, '[Back to the report](report.md)', ...sections].join('\n\n')}\n`;
};

const detailsFile = 'details.md';

const idsOf = ({id, blocks}: Section): string[] => [
  id,
  ...blocks.flatMap(block => (block.kind === 'heading' && block.id !== undefined ? block.id : [])),
];

/** A section on its own: for documents that are not a whole case study. */
export const sectionToMarkdown = (section: Section, hrefOf: HrefOf = here): string =>
  [`## ${escapeText(section.title)}`, blocksToMarkdown(section.blocks, hrefOf)].join('\n\n');

export const blocksToMarkdown = (blocks: readonly Block[], hrefOf: HrefOf = here): string =>
  blocks.map(block => renderBlock(block, hrefOf)).join('\n\n');

const renderBlock = (block: Block, hrefOf: HrefOf): string => {
  switch (block.kind) {
    case 'paragraph':
      return renderText(block.text, hrefOf);
    case 'quote':
      return `> ${renderText(block.text, hrefOf)}`;
    case 'heading':
      return `${anchor(block.id)}### ${escapeText(block.title)}`;
    case 'list':
      return block.items.map(item => `- ${renderText(item, hrefOf)}`).join('\n');
    case 'code':
      return fenced(block.language, block.text);
    case 'figure':
      return `![${escapeText(block.chart.description)}](${encodeURI(fileOfChart(block.chart))})`;
    case 'traces':
      return renderTraces(block, hrefOf);
    case 'table':
      return renderTable(block, hrefOf);
  }
};

const renderTraces = ({intro, signs, traces}: TraceBlock, hrefOf: HrefOf): string =>
  [
    renderText([...intro, signs === null ? ':' : ` (${signs}):`], hrefOf),
    fenced('text', traces.map(({head, text}) => `${head}\n${text}`).join('\n\n')),
  ].join('\n\n');

/** GitHub makes anchors of headings by rules of its own; this one holds everywhere. */
const anchor = (id: string | undefined): string => (id === undefined ? '' : `<a id="${id}"></a>\n\n`);

const renderTable = ({columns, rows}: Table, hrefOf: HrefOf): string =>
  markdownTable(
    [
      columns.map(column => escapeText(column.title)),
      ...rows.map(cells => cells.map(cell => renderCell(cell, hrefOf))),
    ],
    {
      align: columns.map(column => column.align),
      alignDelimiters: false,
    },
  );

const renderCell = (text: Text, hrefOf: HrefOf): string =>
  text.map(span => renderSpan(span, true, hrefOf)).join('');

const renderText = (text: Text, hrefOf: HrefOf): string => {
  const line = text.map(span => renderSpan(span, false, hrefOf)).join('');
  // A line may not begin like a list, a heading or a rule.
  return line.replace(/^(\s*)([-+=]|\d+(?=[.)]))/, (_, space: string, start: string) =>
    /\d/.test(start) ? `${space}${start}\\` : `${space}\\${start}`,
  );
};

const renderSpan = (span: Span, inTable: boolean, hrefOf: HrefOf): string => {
  if (typeof span === 'string') return escapeText(span);
  if ('code' in span) return codeSpan(span.code, inTable);
  if ('strong' in span) return `**${escapeText(span.strong)}**`;
  if ('link' in span) return `[${escapeText(span.link)}](${targetOf(span, hrefOf)})`;
  return '<br>';
};

/** As a path of a URL: no blank, and no bracket that would end it. */
const targetOf = (span: Extract<Span, {readonly link: string}>, hrefOf: HrefOf): string => {
  if ('to' in span) return hrefOf(span.to);
  if ('url' in span) return `<${span.url}>`;
  const path = span.file.split('/').map(encodeURIComponent).join('/');
  const place = span.anchor === undefined ? '' : `#${span.anchor}`;
  return `${path}${place}`.replaceAll('(', '%28').replaceAll(')', '%29');
};

/** Plain text that stays plain: no markup, no HTML, no table cell, one line. */
export const escapeText = (text: string): string =>
  unbroken(oneLine(text)).replace(/[\\`*_{}[\]<>#|~&$]/g, found => entities[found] ?? `\\${found}`);

const entities: {readonly [character: string]: string} = {'<': '&lt;', '&': '&amp;'};

const noBreakSpace = '\u00A0';

/** A number stays on a line with its unit, and a figure before with the figure after. */
const unbroken = (text: string): string =>
  text
    .replace(/(?<=\d) (?=(?:ms|s|µs|min|B|KiB|MiB|GiB|%|×)(?![\p{L}\d]))/gu, noBreakSpace)
    .replaceAll(' → ', `${noBreakSpace}→${noBreakSpace}`);

/** A code span that ends where it should, whatever backticks are in it; GitHub unescapes pipes in tables only. */
export const codeSpan = (text: string, inTable: boolean): string => {
  const line = oneLine(text);
  if (line === '') return '–';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(run => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const padding = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  const inner = inTable ? line.replaceAll('|', '\\|') : line;
  return `${fence}${padding}${inner}${padding}${fence}`;
};

const fenced = (language: string, text: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(run => run[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${withoutControls(text).trimEnd()}\n${fence}`;
};

const oneLine = (text: string): string => withoutControls(text).replace(/\s*[\r\n]+\s*/g, ' ');

/** Without colours and other control characters, which a library's output may have. */
const withoutControls = (text: string): string =>
  text.replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '').replace(/[^\P{Cc}\t\r\n]/gu, '');
