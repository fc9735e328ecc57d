// A case study as GitHub-flavoured markdown. All text is escaped here, and nowhere before.
import {markdownTable} from 'markdown-table';
import type {CaseStudy} from '../case-study/case-study.ts';
import {fileOfChart} from '../charts/chart.ts';
import type {Block, Section, Span, Table, Text} from '../document.ts';

export const toMarkdown = (study: CaseStudy): string => {
  const lead = [`# ${escapeText(study.headline)}`, ...study.lead.map(renderBlock)];
  const sections = [...study.sections, ...study.appendices].map(sectionToMarkdown);
  return `${[...lead, ...sections].join('\n\n')}\n`;
};

/** A section on its own: for what is no whole case study. */
export const sectionToMarkdown = (section: Section): string =>
  [`## ${escapeText(section.title)}`, ...section.blocks.map(renderBlock)].join('\n\n');

const renderBlock = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return renderText(block.text);
    case 'quote':
      return `> ${renderText(block.text)}`;
    case 'heading':
      return `${anchor(block.id)}### ${escapeText(block.title)}`;
    case 'list':
      return block.items.map(item => `- ${renderText(item)}`).join('\n');
    case 'code':
      return fenced(block.language, block.text);
    case 'figure':
      return `![${escapeText(block.chart.description)}](${encodeURI(fileOfChart(block.chart))})`;
    case 'table':
      return renderTable(block);
  }
};

/** GitHub makes anchors of headings by rules of its own; this one holds everywhere. */
const anchor = (id: string | undefined): string => (id === undefined ? '' : `<a id="${id}"></a>\n\n`);

const renderTable = ({columns, rows}: Table): string =>
  markdownTable(
    [columns.map(column => escapeText(column.title)), ...rows.map(cells => cells.map(renderCell))],
    {
      align: columns.map(column => column.align),
      alignDelimiters: false,
    },
  );

const renderCell = (text: Text): string => text.map(span => renderSpan(span, true)).join('');

const renderText = (text: Text): string => {
  const line = text.map(span => renderSpan(span, false)).join('');
  // A line may not begin like a list, a heading or a rule.
  return line.replace(/^(\s*)([-+=]|\d+(?=[.)]))/, (_, space: string, start: string) =>
    /\d/.test(start) ? `${space}${start}\\` : `${space}\\${start}`,
  );
};

const renderSpan = (span: Span, inTable: boolean): string => {
  if (typeof span === 'string') return escapeText(span);
  if ('code' in span) return codeSpan(span.code, inTable);
  if ('strong' in span) return `**${escapeText(span.strong)}**`;
  if ('link' in span) return `[${escapeText(span.link)}](${targetOf(span)})`;
  return '<br>';
};

/** As a path of a URL: no blank, no bracket that would end it. */
const targetOf = (span: Extract<Span, {readonly link: string}>): string => {
  if ('to' in span) return `#${span.to}`;
  if ('url' in span) return `<${span.url}>`;
  return span.file.split('/').map(encodeURIComponent).join('/').replaceAll('(', '%28').replaceAll(')', '%29');
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

/** Without colours and other control characters, as a library's output may have them. */
const withoutControls = (text: string): string =>
  text.replace(/\p{Cc}\[[0-9;?]*[A-Za-z]/gu, '').replace(/[^\P{Cc}\t\r\n]/gu, '');
