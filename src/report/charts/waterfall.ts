// One trace as a waterfall: the operation as its caller saw it, the library's spans under it, and what the injector and the
// target saw at which moment, all on one time axis.
import {type ScaleLinear, scaleLinear} from 'd3-scale';
import {max, min} from 'simple-statistics';
import type {Span} from '../../model/telemetry.ts';
import {duration, plural} from '../format.ts';
import {bodyTop, type Chart, type Reading} from './chart.ts';
import {right, width} from './frame.ts';
import {element, label, shortened, textWidth} from './svg.ts';
import {type Row, rowsOf, type TracedOperation} from './waterfall-rows.ts';

/** Something that another witness saw at one moment. */
export type Mark = {
  readonly atMs: number;
  readonly kind: 'edge' | 'fault' | 'attempt' | 'event';
  /** A few words: `stall begins`, `stall hit`, `attempt 2`. */
  readonly text: string;
};

export type Waterfall = {
  /** The stem of the file's name, and unique among the charts of a report. */
  readonly name: string;
  readonly title: string;
  readonly operation: TracedOperation | null;
  /** How long the caller was ready to wait, from the operation's start. */
  readonly deadlineMs: number | null;
  /** Of one trace; times are ms since the trial's origin, as all times here. */
  readonly spans: readonly Span[];
  readonly marks: readonly Mark[];
};

const rowHeight = 24;
const barHeight = 14;
const rowsShown = 30;
const marksShown = 60;
const nameLeft = 8;
const plotLeft = 300;

/** Null without a span, an operation or a mark. */
export const waterfall = (input: Waterfall): Chart | null => {
  const all = rowsOf(input);
  const rows = all.slice(0, rowsShown);
  const marks = input.marks.toSorted((a, b) => a.atMs - b.atMs).slice(0, marksShown);
  const ends = all.flatMap(({startMs, endMs}) => [startMs, endMs ?? startMs]);
  const moments = [...ends, ...marks.map(({atMs}) => atMs)];
  if (moments.length === 0) return null;
  const origin = input.operation?.startMs ?? min(moments);
  const deadline = input.operation && input.deadlineMs !== null ? input.deadlineMs : null;
  const last = max(moments) - origin;
  const first = Math.min(0, min(moments) - origin);
  // A deadline far behind the last moment would squeeze everything else to the left.
  const shownDeadline = deadline !== null && deadline <= last * 2 ? deadline : null;
  const time = scaleLinear()
    .domain([first, Math.max(last, shownDeadline ?? 0, 0.1)])
    .range([plotLeft, right - 60]);
  const left = all.length - rows.length;
  const lanes = lanesOf(marks);
  const top = bodyTop + 6;
  const bottom = top + (rows.length + lanes.length) * rowHeight + (left > 0 ? rowHeight : 0) + 4;
  return {
    name: input.name,
    title: input.title,
    description: describe(input, all),
    height: bottom + 42,
    layers: [],
    span: null,
    panels: [
      {
        title: input.title,
        top,
        bottom,
        readings: readingsOf(rows, marks, origin, time),
      },
    ],
    body: [
      ...axis(time, top, bottom),
      ...(shownDeadline === null ? [] : deadlineLine(time(shownDeadline), top, bottom)),
      ...rows.flatMap((row, index) => drawRow(row, top + index * rowHeight, origin, time)),
      left > 0
        ? label(`${plural(left, 'later span')} not shown`, nameLeft, top + rows.length * rowHeight + 16, {
            class: 'muted',
          })
        : '',
      ...lanes.flatMap((lane, index) =>
        drawLane(lane, bottom - (lanes.length - index) * rowHeight, origin, time),
      ),
    ],
  };
};

const drawRow = (row: Row, y: number, origin: number, time: ScaleLinear<number, number>): string[] => {
  const from = time(row.startMs - origin);
  const [, end = from] = time.range();
  const to = row.endMs === null ? end : time(row.endMs - origin);
  const indent = nameLeft + Math.min(row.depth, 6) * 12;
  const name = shortened(row.name, 12, plotLeft - indent - 10);
  const took = row.endMs === null ? 'never settled' : duration(row.endMs - row.startMs);
  const note = shortened([took, row.note].filter(Boolean).join(', '), 12, plotLeft);
  const room = textWidth(note, 12) + 6;
  // Bold letters are wider.
  const nameWidth = textWidth(name, 12) * (row.kind === 'operation' ? 1.12 : 1);
  const nameEnd = indent + nameWidth + 10;
  const noted = (x: number, end: string): string => label(note, x, y + 16, {class: `halo${end}`});
  return [
    label(name, indent, y + 16, {class: row.kind === 'operation' ? 'strong' : ''}),
    element('rect', {
      class: `bar ${row.kind}`,
      x: from,
      y: y + 5,
      width: Math.max(2, to - from),
      height: barHeight,
    }),
    // Behind the bar, before it, or with room on neither side on the bar itself.
    to + room <= width - 4
      ? noted(to + 6, '')
      : from - room >= nameEnd
        ? noted(from - 6, ' end')
        : noted(from + 6, ''),
  ];
};

type Lane = {readonly name: string; readonly kind: Mark['kind']; readonly marks: readonly Mark[]};

const lanesOf = (marks: readonly Mark[]): Lane[] =>
  [
    {name: 'start or end of a fault', kind: 'edge' as const},
    {name: 'fault hits (injector)', kind: 'fault' as const},
    {name: 'attempts (target)', kind: 'attempt' as const},
    {name: 'events (library)', kind: 'event' as const},
  ]
    .map(lane => ({...lane, marks: marks.filter(({kind}) => kind === lane.kind)}))
    .filter(lane => lane.marks.length > 0);

/** Bars are edges, triangles are faults, circles are attempts, squares are events; a mark's words stand beside it where there is room up to the next one. */
const drawLane = (lane: Lane, y: number, origin: number, time: ScaleLinear<number, number>): string[] => [
  label(lane.name, nameLeft, y + 16, {class: 'muted'}),
  ...lane.marks.flatMap((mark, index) => {
    const x = time(mark.atMs - origin);
    const next = lane.marks[index + 1];
    const until = next ? time(next.atMs - origin) - 8 : width - 4;
    const room = until - x - 10;
    return [
      shapeOf(lane.kind, x, y),
      textWidth(mark.text, 12) <= room ? label(mark.text, x + 10, y + 16, {class: 'halo'}) : '',
    ];
  }),
];

const shapeOf = (kind: Mark['kind'], x: number, y: number): string => {
  switch (kind) {
    case 'edge':
      return element('rect', {class: 'mark fault-mark', x: x - 1.5, y: y + 4, width: 3, height: 16});
    case 'fault':
      return element('path', {class: 'mark fault-mark', d: `M${x.toFixed(1)} ${y + 6}l6 11h-12z`});
    case 'attempt':
      return element('circle', {class: 'mark attempt-mark', cx: x, cy: y + 12, r: 5});
    case 'event':
      return element('rect', {class: 'mark event-mark', x: x - 4, y: y + 8, width: 8, height: 8});
  }
};

const axis = (time: ScaleLinear<number, number>, top: number, bottom: number): string[] => {
  const [from = 0, to = 0] = time.range();
  return [
    ...time.ticks(6).flatMap(tick => {
      const x = time(tick);
      return [
        element('line', {class: 'grid', x1: x, x2: x, y1: top, y2: bottom}),
        label(tickText(tick), x, bottom + 16, {class: 'muted middle'}),
      ];
    }),
    element('line', {class: 'axis', x1: from, x2: to, y1: bottom, y2: bottom}),
    label("since the operation's scheduled start", (from + to) / 2, bottom + 34, {class: 'muted middle'}),
  ];
};

const tickText = (ms: number): string =>
  Math.abs(ms) >= 1000 ? `${Number((ms / 1000).toFixed(2))} s` : `${Number(ms.toFixed(2))} ms`;

const deadlineLine = (x: number, top: number, bottom: number): string[] => [
  element('line', {class: 'deadline', x1: x, x2: x, y1: top - 4, y2: bottom}),
  label('deadline', x, top - 8, {class: 'muted middle'}),
];

const readingsOf = (
  rows: readonly Row[],
  marks: readonly Mark[],
  origin: number,
  time: ScaleLinear<number, number>,
): Reading[] =>
  [
    ...rows.map(row => ({
      x: time(row.startMs - origin),
      lines: [
        row.name,
        `from ${duration(row.startMs - origin)}, ${row.endMs === null ? 'never settled' : `for ${duration(row.endMs - row.startMs)}`}`,
        row.note,
      ].filter(text => text !== ''),
    })),
    ...marks.map(mark => ({
      x: time(mark.atMs - origin),
      lines: [mark.text, `at ${duration(mark.atMs - origin)}`],
    })),
  ].sort((a, b) => a.x - b.x);

const describe = ({operation, spans, marks}: Waterfall, rows: readonly Row[]): string => {
  const failed = rows.filter(({kind}) => kind === 'error').length;
  const caller = operation
    ? `Operation ${operation.id} ${operation.endMs === null ? 'never settled' : `took ${duration(operation.endMs - operation.startMs)}: ${operation.status}`}. `
    : '';
  const hits = marks.filter(({kind}) => kind === 'fault').length;
  const attempts = marks.filter(({kind}) => kind === 'attempt').length;
  const seen = [
    plural(spans.length, 'span'),
    ...(failed > 0 ? [`${failed} with an error`] : []),
    ...(hits > 0 ? [`${plural(hits, 'hit')} by a fault`] : []),
    ...(attempts > 0 ? [`${plural(attempts, 'attempt')} at the target`] : []),
  ];
  return `${caller}${seen.join(', ')}.`;
};
