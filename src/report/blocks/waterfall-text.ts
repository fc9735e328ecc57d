// A waterfall in plain text: a line for each span and for what other witnesses saw, with bars of one width.
import type {Mark, Waterfall} from '../charts/waterfall.ts';
import {type Row, rowsOf} from '../charts/waterfall-rows.ts';
import {duration} from '../format.ts';

const barWidth = 40;
const nameWidth = 30;
const rowsShown = 20;

const witnesses: {readonly [kind in Mark['kind']]: {readonly name: string; readonly sign: string}} = {
  edge: {name: 'fault', sign: '#'},
  fault: {name: 'injector', sign: '!'},
  attempt: {name: 'target', sign: '^'},
  event: {name: 'event', sign: '*'},
};

type Line = {readonly atMs: number; readonly name: string; readonly bar: string; readonly note: string};

/** Empty without a span, an operation or a mark. Times are since the first moment. */
export const waterfallText = ({
  operation,
  spans,
  marks,
}: Pick<Waterfall, 'operation' | 'spans' | 'marks'>): string => {
  const rows = rowsOf({operation, spans});
  const moments = [
    ...rows.flatMap(({startMs, endMs}) => [startMs, endMs ?? startMs]),
    ...marks.map(({atMs}) => atMs),
  ];
  if (moments.length === 0) return '';
  const originMs = Math.min(...moments);
  const lengthMs = Math.max(Math.max(...moments) - originMs, 0.001);
  const column = (atMs: number): number =>
    Math.min(barWidth - 1, Math.max(0, Math.floor(((atMs - originMs) / lengthMs) * barWidth)));
  const shown = rows.slice(0, rowsShown);
  const lines = [
    ...shown.map(row => lineOfRow(row, column)),
    ...marks.toSorted((a, b) => a.atMs - b.atMs).map(mark => lineOfMark(mark, column)),
  ];
  const left = rows.length - shown.length;
  return [
    ...lines.map(({atMs, name, bar, note}) =>
      `${fitted(name)} ${`+${duration(atMs - originMs)}`.padStart(9)} |${bar}| ${note}`.trimEnd(),
    ),
    ...(left > 0 ? [`${left} later spans not shown`] : []),
  ].join('\n');
};

const lineOfRow = (row: Row, column: (atMs: number) => number): Line => {
  const from = column(row.startMs);
  const to = row.endMs === null ? barWidth - 1 : column(row.endMs);
  const sign = {operation: '=', span: '-', error: 'x'}[row.kind];
  const took = row.endMs === null ? 'never settled' : duration(row.endMs - row.startMs);
  return {
    atMs: row.startMs,
    name: `${'  '.repeat(Math.min(row.depth, 6))}${row.name}`,
    bar: barOf(from, sign.repeat(to - from + 1)),
    note: [took, row.note].filter(Boolean).join(', '),
  };
};

const lineOfMark = ({kind, atMs, text}: Mark, column: (atMs: number) => number): Line => ({
  atMs,
  name: `  ${witnesses[kind].name}`,
  bar: barOf(column(atMs), witnesses[kind].sign),
  note: text,
});

const barOf = (from: number, signs: string): string => `${' '.repeat(from)}${signs}`.padEnd(barWidth);

const fitted = (name: string): string =>
  name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name.padEnd(nameWidth);
