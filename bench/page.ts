// The tables of docs/performance.md: rows as Markdown, and where they stand in the page, each between two markers.
import {markdownTable} from 'markdown-table';
import type {Figure, Measurement, Row} from './part.ts';

export type Setting = {
  /** The day, as 2026-11-26. */
  readonly date: string;
  readonly coreCount: number;
  readonly cpuModel: string;
  /** Name and release. */
  readonly system: string;
  readonly nodeVersion: string;
  /** Of one minute, before the part began. */
  readonly loadAverage: number;
  readonly rounds: number;
};

type Column = {
  readonly head: string;
  readonly align: 'l' | 'r';
  readonly cell: (row: Row) => string;
};

/** Without the columns in which no row has anything. */
export const renderTable = (rows: readonly Row[]): string => {
  const besides = new Set(rows.flatMap(({beside}) => Object.keys(beside)));
  const all: readonly Column[] = [
    {head: '', align: 'l', cell: ({title, unit}) => (unit === '' ? title : `${title} (${unit})`)},
    {head: 'foulweather', align: 'r', cell: ({figure, digits}) => shown(figure, digits)},
    ...[...besides].map(
      (head): Column => ({
        head,
        align: 'r',
        cell: ({beside, digits}) => (beside[head] ? shown(beside[head], digits) : ''),
      }),
    ),
    {head: 'Ratio', align: 'r', cell: ratioCell},
    {head: 'Wanted', align: 'r', cell: ({wanted}) => wanted?.text ?? ''},
    {head: 'Verdict', align: 'l', cell: ({wanted}) => wanted?.verdict ?? ''},
  ];
  const columns = all.filter(({cell}, index) => index < 2 || rows.some(row => cell(row) !== ''));
  return markdownTable(
    [columns.map(({head}) => head), ...rows.map(row => columns.map(({cell}) => cell(row)))],
    {align: columns.map(({align}) => align), alignDelimiters: false},
  );
};

const shown = ({median, spread}: Figure, digits: number): string => {
  const fixed = (value: number): string =>
    value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
  return spread === null ? fixed(median) : `${fixed(median)} ± ${fixed(spread)}`;
};

const ratioCell = ({ratio}: Row): string =>
  ratio === null ? '' : `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`;

/** What stands between the markers of a part. */
export const renderBlock = (setting: Setting, {rows, notes}: Measurement): string => {
  const {date, coreCount, cpuModel, system, nodeVersion, loadAverage, rounds} = setting;
  const facts = [
    date,
    `${coreCount} cores (${cpuModel})`,
    system,
    `Node ${nodeVersion}`,
    rounds === 1 ? '1 round' : `${rounds} rounds`,
    `load average before: ${loadAverage.toFixed(1)}`,
  ];
  const paragraphs = [facts.join(' · '), renderTable(rows)];
  if (notes.length > 0) paragraphs.push(notes.map(note => `- ${note}`).join('\n'));
  return paragraphs.join('\n\n');
};

export const markersOf = (part: string): readonly [start: string, end: string] => [
  `<!-- bench:${part} -->`,
  `<!-- /bench:${part} -->`,
];

/**
 * The page with another block between the markers of a part.
 *
 * @throws Error where the markers are not there, once each and in their order
 */
export const withBlock = (page: string, part: string, block: string): string => {
  const [start, end] = markersOf(part);
  for (const marker of [start, end]) {
    const count = page.split(marker).length - 1;
    if (count !== 1) {
      const found = count === 0 ? 'is missing' : `is there ${count} times`;
      throw new Error(
        `docs/performance.md: the marker ${marker} ${found}. The table of "${part}" goes between ${start} and ${end}; put each of them on a line of its own, once.`,
      );
    }
  }
  const [from, to] = [page.indexOf(start) + start.length, page.indexOf(end)];
  if (to < from) {
    throw new Error(
      `docs/performance.md: the marker ${end} comes before ${start}. Swap them: the table of "${part}" goes between.`,
    );
  }
  return `${page.slice(0, from)}\n\n${block}\n\n${page.slice(to)}`;
};
