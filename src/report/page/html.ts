// The blocks of a case study as HTML. All text is escaped here, and nowhere before.
import type {Chart} from '../charts/chart.ts';
import {toInlineSvg} from '../charts/chart.ts';
import {escapeXml} from '../charts/svg.ts';
import type {Block, DrawnTrace, Section, Span, Table, Text} from '../document.ts';

/** For text and for attributes in double quotes; control characters are left out. */
export const escapeHtml = (text: string): string => escapeXml(text).replaceAll("'", '&#39;');

export const renderSection = ({id, title, blocks}: Section): string =>
  [
    `<section aria-labelledby="${id}">`,
    `<h2 id="${id}">${escapeHtml(title)}</h2>`,
    ...blocks.map(renderBlock),
    '</section>',
  ].join('\n');

export const renderBlock = (block: Block): string => {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${renderText(block.text)}</p>`;
    case 'quote':
      return `<blockquote><p>${renderText(block.text)}</p></blockquote>`;
    case 'heading':
      return `<h3${block.id === undefined ? '' : ` id="${block.id}"`}>${escapeHtml(block.title)}</h3>`;
    case 'list':
      return `<ul>\n${block.items.map(item => `<li>${renderText(item)}</li>`).join('\n')}\n</ul>`;
    case 'code':
      return scrolling('code', `<pre><code>${escapeHtml(block.text.trimEnd())}</code></pre>`);
    case 'figure':
      return renderFigure(block.chart);
    case 'traces':
      return [`<p>${renderText(block.intro)}:</p>`, ...block.traces.map(renderTrace)].join('\n');
    case 'table':
      return scrolling('table', renderTable(block));
  }
};

const renderTrace = ({head, text, chart}: DrawnTrace): string =>
  chart === null
    ? scrolling('code', `<pre><code>${escapeHtml(`${head}\n${text}`)}</code></pre>`)
    : [
        '<figure>',
        `<figcaption>${escapeHtml(head)}</figcaption>`,
        `<div class="chart-frame" role="region" tabindex="0" aria-label="${escapeHtml(chart.title)}, scrolls sideways">`,
        toInlineSvg(chart),
        '</div>',
        '</figure>',
      ].join('\n');

/** What is wider than a phone scrolls in its own box, by the keyboard too. */
export const scrolling = (what: string, content: string): string =>
  `<div class="scroll" role="region" aria-label="${what}, scrolls sideways" tabindex="0">\n${content}\n</div>`;

/** A chart that the page's script can read values off, and stretch where its axis is time. */
const renderFigure = (chart: Chart): string =>
  [
    `<figure data-chart="${chart.name}">`,
    ...(chart.span ? [zoomButtons(chart)] : []),
    `<div class="chart-frame" role="group" tabindex="0" aria-label="${escapeHtml(chart.title)}. Arrow keys read the values${chart.span ? ', plus and minus zoom, 0 shows all' : ''}.">`,
    toInlineSvg(chart),
    '</div>',
    '</figure>',
  ].join('\n');

const zoomButtons = ({title}: Chart): string => {
  const button = (zoom: string, sign: string, words: string): string =>
    `<button type="button" data-zoom="${zoom}" aria-label="${words}: ${escapeHtml(title)}">${sign}</button>`;
  return `<div class="zoom">${button('in', '+', 'Zoom in')}${button('out', '−', 'Zoom out')}${button('all', 'all', 'Show all of the time')}</div>`;
};

/** With more columns a table is better scrolled than squeezed. */
const columnsOnPhone = 4;

const renderTable = ({columns, rows}: Table): string => {
  const classOf = (index: number): string => (columns[index]?.align === 'right' ? ' class="figure"' : '');
  return [
    columns.length > columnsOnPhone ? '<table class="wide">' : '<table>',
    `<thead><tr>${columns.map(({title}, index) => `<th scope="col"${classOf(index)}>${escapeHtml(title)}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...rows.map(
      cells =>
        `<tr>${cells.map((cell, index) => `<td${classOf(index)}>${renderText(cell)}</td>`).join('')}</tr>`,
    ),
    '</tbody>',
    '</table>',
  ].join('\n');
};

export const renderText = (text: Text): string => text.map(renderSpan).join('');

const renderSpan = (span: Span): string => {
  if (typeof span === 'string') return escapeHtml(span);
  if ('code' in span) return `<code>${escapeHtml(span.code)}</code>`;
  if ('url' in span) return `<a href="${escapeHtml(span.url)}" rel="noreferrer">${escapeHtml(span.link)}</a>`;
  if ('link' in span) return `<a href="${hrefOf(span)}">${escapeHtml(span.link)}</a>`;
  if (!('strong' in span)) return '<br>';
  const tone = span.tone === undefined ? '' : ` class="tone ${span.tone}"`;
  return `<strong${tone}>${escapeHtml(span.strong)}</strong>`;
};

const hrefOf = (span: Extract<Span, {readonly to: string} | {readonly file: string}>): string =>
  'to' in span ? `#${span.to}` : fileHref(span);

/** From this page to a file, by its path. */
export const fileHref = ({file, anchor}: {readonly file: string; readonly anchor?: string}): string =>
  escapeHtml(
    `${file.split('/').map(encodeURIComponent).join('/')}${anchor === undefined ? '' : `#${anchor}`}`,
  );
