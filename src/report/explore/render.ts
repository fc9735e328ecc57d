// The report of a search in its forms: Markdown, a page with the map in colours, and JUnit.
import type {Exploration} from '../../explore/exploration.ts';
import {element, escapeXml} from '../charts/svg.ts';
import {blocksToMarkdown, escapeText, sectionToMarkdown} from '../formats/markdown.ts';
import {escapeHtml, renderBlock, renderSection, scrolling} from '../page/html.ts';
import {plainPage} from '../page/shell.ts';
import {
  calmSections,
  findingId,
  findingsSection,
  leadBlocks,
  mapSection,
  mapText,
  openSections,
  pairBlocks,
  searchTitle,
} from './document.ts';
import {type MapMark, mapOf} from './map.ts';
import {findingText} from './words.ts';

export const exploreMarkdown = (exploration: Exploration): string =>
  `${[
    `# ${escapeText(searchTitle(exploration))}`,
    blocksToMarkdown(leadBlocks(exploration)),
    ...[
      ...calmSections(exploration),
      findingsSection(exploration),
      mapSection(exploration),
      ...openSections(exploration),
    ].map(section => sectionToMarkdown(section)),
  ].join('\n\n')}\n`;

export const explorePage = (exploration: Exploration): string =>
  plainPage(
    searchTitle(exploration),
    [
      `<h1>${escapeHtml(searchTitle(exploration))}</h1>`,
      ...leadBlocks(exploration).map(renderBlock),
      ...calmSections(exploration).map(renderSection),
      renderSection(findingsSection(exploration)),
      '<section aria-labelledby="map">',
      '<h2 id="map">The map</h2>',
      `<p>${escapeHtml(mapText)}</p>`,
      mapTable(exploration),
      ...pairBlocks(exploration).map(renderBlock),
      '</section>',
      ...openSections(exploration).map(renderSection),
    ].join('\n'),
    {layout: 'overview'},
  );

const mapTable = ({cells, groups}: Exploration): string => {
  const {connects, actions, rows} = mapOf(cells, groups);
  return scrolling(
    'map',
    [
      '<table class="moments">',
      `<thead><tr><th scope="col">Exchange</th>${actions.map(action => `<th scope="col">${escapeHtml(action)}</th>`).join('')}</tr></thead>`,
      '<tbody>',
      ...connects.map(({title, mark}) => rowOf(title, [[mark]], actions.length)),
      ...rows.map(({title, marks}) => rowOf(title, marks, actions.length)),
      '</tbody>',
      '</table>',
    ].join('\n'),
  );
};

const rowOf = (title: string, marks: readonly (readonly MapMark[])[], width: number): string => {
  const cells = marks.map((own, index) => {
    const span = index === marks.length - 1 && marks.length < width ? ` colspan="${width - index}"` : '';
    return `<td${span}>${own.map(markOf).join('')}</td>`;
  });
  return `<tr><th scope="row">${escapeHtml(title)}</th>${cells.join('')}</tr>`;
};

const markOf = ({look, sign, finding}: MapMark): string =>
  finding === null
    ? `<span class="moment ${look}">${escapeHtml(sign)}</span>`
    : `<a class="moment ${look}" href="#${findingId(finding)}">${escapeHtml(sign)}</a>`;

/** A suite for each search, with a case for each finding and one for the search. */
export const exploreJunit = (explorations: readonly Exploration[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', {}, ...explorations.map(suiteOf)),
    '',
  ].join('\n');

const suiteOf = ({scenario, findings, groups, elapsedMs}: Exploration): string =>
  element(
    'testsuite',
    {
      name: `explore ${scenario}`,
      tests: String(findings.length + 1),
      failures: String(findings.length),
      time: (elapsedMs / 1000).toFixed(3),
    },
    element('testcase', {classname: scenario, name: 'the search'}),
    ...findings.map(finding =>
      element(
        'testcase',
        {classname: scenario, name: finding.id},
        element(
          'failure',
          {message: findingText(finding, groups), type: finding.symptom},
          escapeXml(finding.statement),
        ),
      ),
    ),
  );
