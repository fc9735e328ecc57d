// All saved runs on one page, the newest first: to be filtered, opened, and two of them compared.
import type {Verdict} from '../../model/goal.ts';
import type {RunRecord} from '../../model/run.ts';
import {verdictWords} from '../blocks/goals.ts';
import type {Tone} from '../document.ts';
import {plural} from '../format.ts';
import {marks} from '../weather/weather.ts';
import {escapeHtml} from './html.ts';
import {plainPage} from './shell.ts';

export type RunRow = {
  readonly id: string;
  readonly scenario: string;
  /** Null where the scenario had its own phases. */
  readonly storm: string | null;
  readonly startedAt: string;
  readonly status: RunRecord['status'];
  /** Null where the run has not been judged, or its result cannot be read. */
  readonly verdict: Verdict | null;
  readonly headline: string | null;
};

/** Which runs are shown; an empty text is all. */
export type RunFilter = {readonly scenario: string; readonly verdict: string; readonly text: string};

/** @param unreadable ids of runs whose record cannot be read */
export const runsPage = (
  rows: readonly RunRow[],
  unreadable: readonly string[],
  filter: RunFilter = {scenario: '', verdict: '', text: ''},
): string => {
  const shown = rows.filter(row => fits(row, filter));
  return plainPage(
    'foulweather: saved runs',
    [
      '<h1>Saved runs</h1>',
      ...(rows.length === 0
        ? ['<p>No saved runs. Run <code>npx foulweather run</code> first.</p>']
        : [filterForm(rows, filter, shown.length), listOf(shown)]),
      ...(unreadable.length === 0
        ? []
        : [`<p>Cannot be read: ${unreadable.map(id => `<code>${escapeHtml(id)}</code>`).join(', ')}.</p>`]),
    ].join('\n'),
    {layout: 'overview'},
  );
};

type State = Verdict | Exclude<RunRecord['status'], 'complete'> | 'unknown';

/** What a run that is not whole says of itself comes before its verdict. */
const stateOf = ({status, verdict}: RunRow): State =>
  status === 'complete' ? (verdict ?? 'unknown') : status;

const states: {
  readonly [state in State]: {
    readonly words: string;
    readonly tone: Tone | 'none';
    readonly icon: string;
  };
} = {
  met: {words: verdictWords.met, tone: 'good', icon: marks.fine.icon},
  missed: {words: verdictWords.missed, tone: 'bad', icon: marks.fail.icon},
  inconclusive: {words: verdictWords.inconclusive, tone: 'open', icon: '?'},
  running: {words: 'Running', tone: 'none', icon: '…'},
  interrupted: {words: 'Interrupted', tone: 'none', icon: marks['not-reached'].icon},
  failed: {words: 'Failed', tone: 'none', icon: '!'},
  unknown: {words: 'Not judged', tone: 'none', icon: '?'},
};

/** Each word of the text may stand anywhere in what the page says of a run. */
const fits = (row: RunRow, {scenario, verdict, text}: RunFilter): boolean => {
  const said = [row.id, row.scenario, row.storm, states[stateOf(row)].words, row.headline]
    .join(' ')
    .toLowerCase();
  return (
    (scenario === '' || row.scenario === scenario) &&
    (verdict === '' || stateOf(row) === verdict) &&
    text
      .toLowerCase()
      .split(/\s+/)
      .every(word => said.includes(word))
  );
};

const filterForm = (rows: readonly RunRow[], filter: RunFilter, shown: number): string => {
  const scenarios = [...new Set(rows.map(({scenario}) => scenario))].sort();
  const verdicts = (Object.keys(states) as State[]).filter(state => rows.some(row => stateOf(row) === state));
  const isFiltered = Object.values(filter).some(value => value !== '');
  return [
    '<form class="filters" action="/" method="get" role="search">',
    select(
      'scenario',
      'Scenario',
      scenarios.map(name => [name, name]),
      filter.scenario,
    ),
    select(
      'verdict',
      'Verdict',
      verdicts.map(state => [state, states[state].words]),
      filter.verdict,
    ),
    `<label>Text <input type="search" name="text" value="${escapeHtml(filter.text)}" placeholder="symptom, storm, date"></label>`,
    '<button type="submit">Filter</button>',
    ...(isFiltered ? ['<a href="/">Show all</a>'] : []),
    `<output>${shown === rows.length ? plural(rows.length, 'run') : `${shown} of ${plural(rows.length, 'run')}`}</output>`,
    '</form>',
  ].join('\n');
};

const select = (
  name: string,
  title: string,
  options: readonly (readonly [value: string, words: string])[],
  chosen: string,
): string =>
  [
    `<label>${title} <select name="${name}">`,
    '<option value="">all</option>',
    ...options.map(
      ([value, words]) =>
        `<option value="${escapeHtml(value)}"${value === chosen ? ' selected' : ''}>${escapeHtml(words)}</option>`,
    ),
    '</select></label>',
  ].join('');

const listOf = (rows: readonly RunRow[]): string => {
  if (rows.length === 0) return '<p>No matching runs. <a href="/">Show all</a></p>';
  const chosen = likeliest(rows);
  return [
    '<form action="/compare" method="get">',
    '<table class="runs">',
    `<thead><tr>${titles.map(title => `<th scope="col">${title}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...rows.map(row => rowOf(row, chosen)),
    '</tbody>',
    '</table>',
    ...(rows.length < 2
      ? []
      : [
          '<p class="compare"><button type="submit">Compare selected</button> two runs of one scenario, before and after a change</p>',
        ]),
    '</form>',
  ].join('\n');
};

type Pair = {readonly before: string; readonly after: string};

/** The newest two of the same scenario in the same storm, as far as they have been judged; null where there are none. */
const likeliest = (rows: readonly RunRow[]): Pair | null => {
  const judged = rows.filter(({status, verdict}) => status === 'complete' && verdict !== null);
  for (const [index, after] of judged.entries()) {
    const before = judged
      .slice(index + 1)
      .find(({scenario, storm}) => scenario === after.scenario && storm === after.storm);
    if (before) return {before: before.id, after: after.id};
  }
  return null;
};

const titles = ['Verdict', 'Scenario', 'Outcome', 'Started', 'Before', 'After'];

const rowOf = (row: RunRow, chosen: Pair | null): string => {
  const {words, tone, icon} = states[stateOf(row)];
  const {id, scenario, storm, startedAt, headline} = row;
  const cells = [
    `<strong class="tone ${tone}">${icon} ${words}</strong>`,
    `${escapeHtml(scenario)}${storm === null ? '' : `<small>${escapeHtml(storm)} storm</small>`}`,
    `${outcomeOf(id, headline?.replace(`${scenario}: `, '') ?? 'Open the report')}`,
    `<time datetime="${escapeHtml(startedAt)}">${escapeHtml(startedAt.slice(0, 16).replace('T', ' '))}</time>`,
    choice('before', row, chosen?.before === id),
    choice('after', row, chosen?.after === id),
  ];
  return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
};

const choice = (name: keyof Pair, {id}: RunRow, checked: boolean): string =>
  `<label><input type="radio" name="${name}" value="${escapeHtml(id)}" aria-label="${name}: ${escapeHtml(id)}" required${checked ? ' checked' : ''}> <span>${name}</span></label>`;

const outcomeOf = (id: string, words: string): string => {
  const folder = `/runs/${encodeURIComponent(id)}`;
  return [
    `<a href="${folder}/report.html">${escapeHtml(words)}</a>`,
    `<small><a href="${folder}/report.html#operations">traces</a> · <a href="${folder}/report.md">markdown</a> · <a href="${folder}/result.json">JSON</a></small>`,
  ].join('');
};
