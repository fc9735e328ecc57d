// The figures as a table in markdown, and the targets under it.
import {markdownTable} from 'markdown-table';
import type {Column, Row, Series} from './series.ts';
import type {TargetOutcome} from './targets.ts';

export const renderTable = (
  series: Series,
  columns: readonly Column[],
  outcomes: readonly TargetOutcome[],
): string => {
  const heads = {direct: 'direct', ours: 'ours', real: 'Toxiproxy'};
  const hasRatio = columns.includes('real');
  const lines = series.rows.map(row => [
    `${row.title} (${row.unit})`,
    ...columns.map(column => cell(series, row, column)),
    ...(hasRatio ? [ratioOf(series, row)] : []),
    outcomes.find(outcome => outcome.row === row.title)?.verdict ?? '',
  ]);
  const head = [
    '',
    ...columns.map(column => heads[column]),
    ...(hasRatio ? ['ours / Toxiproxy'] : []),
    'Target',
  ];
  return markdownTable([head, ...lines], {align: ['l', ...head.slice(1).map(() => 'r')]});
};

const cell = (series: Series, {title, digits}: Row, column: Column): string => {
  const summary = series.of(title, column);
  if (summary === undefined) return '';
  const show = (value: number): string =>
    value.toLocaleString('en', {minimumFractionDigits: digits, maximumFractionDigits: digits});
  return `${show(summary.median)} ± ${show(summary.mad)}`;
};

/** Deviations and growths are near zero, where a ratio says nothing. */
const ratioOf = (series: Series, {title}: Row): string => {
  const ratio = /deviation|growth|excess/.test(title) ? undefined : series.ratio(title);
  if (ratio === undefined) return '';
  return `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`;
};

export const renderTargets = (outcomes: readonly TargetOutcome[]): string =>
  markdownTable([
    ['Target', 'Verdict', 'Shown'],
    ...outcomes.map(({target, verdict, detail}) => [target, verdict, detail]),
  ]);
