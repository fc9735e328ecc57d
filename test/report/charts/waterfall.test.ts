// A trace as a picture, against literal output.
import {readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {Span} from '../../../src/model/telemetry.ts';
import {waterfallText} from '../../../src/report/blocks/waterfall-text.ts';
import {toSvgFile} from '../../../src/report/charts/chart.ts';
import {type Waterfall, waterfall} from '../../../src/report/charts/waterfall.ts';

const span = (spanId: string, startMs: number, endMs: number, more: Partial<Span> = {}): Span => ({
  traceId: '5eed0000000000a10000000000000001',
  spanId,
  parentSpanId: null,
  scope: '@opentelemetry/instrumentation-undici',
  name: 'GET',
  kind: 'client',
  startMs,
  endMs,
  status: 'unset',
  statusMessage: null,
  attributes: {},
  events: [],
  ...more,
});

const failed = {status: 'error', attributes: {'error.type': 'UND_ERR_HEADERS_TIMEOUT'}} as const;

const retried: Waterfall = {
  name: 'trace-bounded-1-1706',
  title: 'bounded-1-1706: two attempts that time out, and one that succeeds',
  operation: {id: 'bounded-1-1706', startMs: 9000, endMs: 10_912, status: 'ok'},
  deadlineMs: 2000,
  spans: [
    span('c', 10_803, 10_910, {attributes: {'http.response.status_code': 200}}),
    span('a', 9001, 9752, failed),
    span('b', 9855, 10_604, failed),
    span('a1', 9002, 9003, {parentSpanId: 'a', name: 'tcp.connect'}),
  ],
  marks: [
    {atMs: 9004, kind: 'fault', text: 'stall hit'},
    {atMs: 9856, kind: 'fault', text: 'stall hit'},
    {atMs: 9003, kind: 'attempt', text: 'attempt 1'},
    {atMs: 9857, kind: 'attempt', text: 'attempt 2'},
    {atMs: 10_805, kind: 'attempt', text: 'attempt 3'},
    {atMs: 10_700, kind: 'edge', text: 'stall ends'},
    {atMs: 9752, kind: 'event', text: 'exception'},
  ],
};

const golden = new URL('../golden/waterfall.svg', import.meta.url);

test('a retried operation: its spans, the faults that hit and the attempts that arrived', t => {
  const chart = waterfall(retried);
  const svg = chart === null ? '' : toSvgFile(chart);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, svg);
  t.is(svg, readFileSync(golden, 'utf8'));
});

test('in text each witness has its line, in the order of time, with offsets and bars', t => {
  t.is(
    waterfallText({...retried, spans: retried.spans.slice(1, 3), marks: retried.marks.slice(0, 6)}),
    [
      'operation bounded-1-1706           +0 ms |========================================| 1.91 s, ok',
      '  GET                           +1.00 ms |xxxxxxxxxxxxxxxx                        | 751 ms, error UND_ERR_HEADERS_TIMEOUT',
      '  GET                            +855 ms |                 xxxxxxxxxxxxxxxxx      | 749 ms, error UND_ERR_HEADERS_TIMEOUT',
      '  target                        +3.00 ms |^                                       | attempt 1',
      '  injector                      +4.00 ms |!                                       | stall hit',
      '  injector                       +856 ms |                 !                      | stall hit',
      '  target                         +857 ms |                 ^                      | attempt 2',
      '  fault                          +1.70 s |                                   #    | stall ends',
      '  target                         +1.80 s |                                     ^  | attempt 3',
    ].join('\n'),
  );
});

test('what is seen is also said', t => {
  t.is(
    waterfall(retried)?.description,
    'Operation bounded-1-1706 took 1.91 s: ok. 4 spans, 2 with an error, 2 hits by a fault, 3 attempts at the target.',
  );
});

test('an operation without a span, that never settled, is still shown', t => {
  const chart = waterfall({
    ...retried,
    operation: {id: 'x', startMs: 0, endMs: null, status: 'hung'},
    spans: [],
    marks: [],
  });
  t.regex(chart?.body.join('') ?? '', />never settled, hung</);
});

test('with nothing to show there is no chart', t => {
  t.is(waterfall({...retried, operation: null, spans: [], marks: []}), null);
});

test('spans whose parents go in a circle do not hang the report, and many spans are cut', t => {
  const circle = waterfall({
    ...retried,
    spans: [span('a', 1, 2, {parentSpanId: 'b'}), span('b', 1, 2, {parentSpanId: 'a'})],
  });
  t.truthy(circle);
  const many = Array.from({length: 200}, (_, index) => span(`s${index}`, 9000 + index, 9001 + index));
  const chart = waterfall({...retried, spans: many, marks: []});
  t.regex(chart?.body.join('') ?? '', /171 later spans not shown/);
  t.true((chart?.height ?? 0) < 900);
});

test('what the library names its spans is text, and stays so', t => {
  const chart = waterfall({...retried, spans: [span('a', 1, 2, {name: '<script>alert(1)</script>'})]});
  const svg = chart === null ? '' : toSvgFile(chart);
  t.false(svg.includes('<script'));
});
