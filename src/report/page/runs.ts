// All saved runs on one page, the newest first, with two to choose for a comparison.
import type {Verdict} from '../../model/goal.ts';
import type {RunRecord} from '../../model/run.ts';
import {verdictWords} from '../blocks/goals.ts';
import {escapeHtml, scrolling} from './html.ts';
import {plainPage} from './shell.ts';

export type RunRow = {
  readonly id: string;
  readonly scenario: string;
  readonly startedAt: string;
  readonly status: RunRecord['status'];
  /** Null where the run has not been judged, or its result cannot be read. */
  readonly verdict: Verdict | null;
  readonly headline: string | null;
  readonly trialsPerVariant: number;
};

/** @param unreadable ids of runs whose record cannot be read */
export const runsPage = (rows: readonly RunRow[], unreadable: readonly string[]): string =>
  plainPage(
    'foulweather: saved runs',
    [
      '<h1>Saved runs</h1>',
      rows.length === 0
        ? '<p>None yet. <code>npx foulweather run</code> makes one.</p>'
        : [
            '<form action="/compare" method="get">',
            scrolling('table', tableOf(rows)),
            '<p><button type="submit">Compare the two that are chosen</button></p>',
            '</form>',
          ].join('\n'),
      ...(unreadable.length === 0
        ? []
        : [`<p>Not readable: ${unreadable.map(id => `<code>${escapeHtml(id)}</code>`).join(', ')}.</p>`]),
    ].join('\n'),
  );

const titles = ['Started', 'Scenario', 'Verdict', 'Outcome', 'Files', 'Before', 'After'];

const tableOf = (rows: readonly RunRow[]): string =>
  [
    '<table class="wide">',
    `<thead><tr>${titles.map(title => `<th scope="col">${title}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...rows.map(rowOf),
    '</tbody>',
    '</table>',
  ].join('\n');

/** The newest run, and the one before it of the same scenario, are the likeliest to be compared. */
const rowOf = (row: RunRow, index: number, rows: readonly RunRow[]): string => {
  const earlier = rows.findIndex((other, at) => at > 0 && other.scenario === rows[0]?.scenario);
  const cells = [
    `<time datetime="${escapeHtml(row.startedAt)}">${escapeHtml(row.startedAt.slice(0, 16).replace('T', ' '))}</time>`,
    escapeHtml(row.scenario),
    `<strong>${verdictOf(row)}</strong>`,
    escapeHtml(row.headline?.replace(`${row.scenario}: `, '') ?? 'not judged yet'),
    filesOf(row),
    choice('before', row, index === (earlier < 0 ? 0 : earlier)),
    choice('after', row, index === 0),
  ];
  return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
};

const choice = (name: 'before' | 'after', {id}: RunRow, checked: boolean): string =>
  `<input type="radio" name="${name}" value="${escapeHtml(id)}" aria-label="${name}: ${escapeHtml(id)}"${checked ? ' checked' : ''}>`;

const verdictOf = ({status, verdict}: RunRow): string =>
  status !== 'complete' ? status : verdict === null ? 'unknown' : verdictWords[verdict];

const filesOf = ({id}: RunRow): string => {
  const folder = `/runs/${encodeURIComponent(id)}`;
  return [
    `<a href="${folder}/report.html">report</a>`,
    `<a href="${folder}/report.md">markdown</a>`,
    `<a href="${folder}/result.json">JSON</a>`,
  ].join(' · ');
};
