// The weather report in its three forms, by the names of their files; on the page the table is a heat map.
import {unknownFigure} from '../format.ts';
import {escapeText, sectionToMarkdown} from '../formats/markdown.ts';
import {escapeHtml, fileHref, renderBlock, renderSection} from '../page/html.ts';
import {plainPage} from '../page/shell.ts';
import {
  failingText,
  failingTitle,
  footnotes,
  furtherSections,
  isDoubtful,
  leadBlocks,
  optionsOf,
  versionOf,
  weatherSections,
  weatherTitle,
} from './document.ts';
import {
  byWhatMatters,
  type FaultGroup,
  faultGroups,
  lookOf,
  markNames,
  marks,
  tablesOf,
  type Weather,
  type WeatherCell,
  type WeatherRow,
  type WeatherTable,
} from './weather.ts';

export const renderWeather = (weather: Weather): {readonly [file: string]: string} => {
  const sorted = {...weather, rows: byWhatMatters(weather.rows)};
  return {
    'weather.md': markdown(sorted),
    'weather.html': page(sorted),
    'weather.json': `${JSON.stringify(weather, null, 2)}\n`,
  };
};

const markdown = (weather: Weather): string =>
  `${[`# ${escapeText(weatherTitle(weather))}`, ...weatherSections(weather).map(section => sectionToMarkdown(section))].join('\n\n')}\n`;

const page = (weather: Weather): string =>
  plainPage(
    weatherTitle(weather),
    [
      `<h1>${escapeHtml(weatherTitle(weather))}</h1>`,
      ...leadBlocks(weather).map(renderBlock),
      legend,
      ...tablesOf(weather).flatMap(table => [
        ...(table.title === null ? [] : [`<h2>${escapeHtml(table.title)}</h2>`]),
        heatMap(table, weather.rows),
      ]),
      ...footnotes(weather).map(renderBlock),
      ...furtherSections(weather).map(renderSection),
    ].join('\n'),
    {layout: 'overview'},
  );

const legend = [
  '<dl class="legend" aria-label="What the marks mean">',
  ...markNames.map(
    name =>
      `<div><dt><span class="mark ${name}">${marks[name].icon}</span> ${marks[name].title}</dt><dd>${escapeHtml(marks[name].meaning)}</dd></div>`,
  ),
  '</dl>',
].join('\n');

/** With more of them the table is wider than most windows, and scrolls in its own box. */
const columnsInWindow = 14;

/** At least, in rem. */
const nameWidth = 6;
const cellWidth = 5.25;

/** Its head stays in sight, and so do the names of the libraries. @param all the rows of all tables */
const heatMap = ({title, columns, about, rows}: WeatherTable, all: readonly WeatherRow[]): string => {
  const ifSeveral = (html: string): string => (title === null ? '' : html);
  const cellCount = columns.length + (title === null ? 0 : 1);
  const groups = [...Map.groupBy(columns, column => about[column]!.group)];
  const begins = new Set(groups.map(([, own]) => own[0]));
  const edge = (column: string): string => (begins.has(column) ? ' edge' : '');
  const rowOf = (row: WeatherRow): string =>
    `<tr>${rowHead(row, all)}${ifSeveral(`<td>${escapeHtml(row.language ?? unknownFigure)}</td>`)}${columns.map(column => cellOf(row.cells[column], row, edge(column))).join('')}</tr>`;
  return [
    `<div class="heat-box${cellCount > columnsInWindow ? ' wide' : ''}" role="region" aria-label="${ifSeveral(`${escapeHtml(title ?? '')}: `)}libraries and faults, scrolls sideways" tabindex="0">`,
    `<table class="heat" style="min-width: ${nameWidth + cellCount * cellWidth}rem">`,
    `<colgroup><col class="name">${ifSeveral('<col class="language">')}<col span="${columns.length}"></colgroup>`,
    '<thead>',
    `<tr><th scope="col" rowspan="2" class="name">Library</th>${ifSeveral('<th scope="col" rowspan="2">Language</th>')}${groups.map(groupHead).join('')}</tr>`,
    `<tr>${columns.map(column => `<th scope="col" class="fault${edge(column)}">${escapeHtml(column)}</th>`).join('')}</tr>`,
    '</thead>',
    '<tbody>',
    ...rows.map(rowOf),
    '</tbody>',
    '<tfoot>',
    `<tr><th scope="row" class="name">${failingTitle}</th>${ifSeveral('<td class="total"></td>')}${columns.map(column => `<td class="total${edge(column)}">${failingText(rows, column)}</td>`).join('')}</tr>`,
    '</tfoot>',
    '</table>',
    '</div>',
  ].join('\n');
};

const groupHead = ([group, own]: [FaultGroup, readonly string[]]): string =>
  `<th scope="colgroup" colspan="${own.length}" class="edge">${faultGroups[group]}</th>`;

const rowHead = (row: WeatherRow, rows: readonly WeatherRow[]): string => {
  const notes = [versionOf(row) ?? '', optionsOf(row, rows)];
  return [
    '<th scope="row" class="name">',
    `<a href="${fileHref({file: `${row.folder}/report.html`})}">${escapeHtml(row.scenario)}</a>${isDoubtful(row) ? ' †' : ''}`,
    `<small class="version">${notes.filter(Boolean).map(escapeHtml).join(' · ')}</small>`,
    '</th>',
  ].join('');
};

/** All of a cell is the link. */
const cellOf = (cell: WeatherCell | undefined, {folder}: WeatherRow, edge: string): string => {
  if (cell === undefined) return `<td class="${edge.trim()}"></td>`;
  const {mark, words, figure, moreCount, says} = lookOf(cell);
  const {icon} = marks[mark];
  const first = [icon, words || figure].filter(Boolean).join(' ');
  const second = [words === '' ? '' : figure, moreCount > 0 ? `+${moreCount}` : ''].filter(Boolean);
  const href = fileHref({
    file: `${folder}/report.html`,
    ...(cell.anchor === null ? {} : {anchor: cell.anchor}),
  });
  return [
    `<td class="mark ${mark}${edge}"><a href="${href}" title="${escapeHtml(says)}">`,
    escapeHtml(first),
    second.length === 0 ? '' : ` <small>${escapeHtml(second.join(' '))}</small>`,
    '</a></td>',
  ].join('');
};
