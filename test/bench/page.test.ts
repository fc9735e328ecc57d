// The tables of docs/performance.md: how rows become Markdown, and that they replace what is between two markers.
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import test from 'ava';
import {markersOf, renderBlock, renderTable, type Setting, withBlock} from '../../bench/page.ts';
import {figureOf, type Row, ratioOf, wantedOf} from '../../bench/part.ts';
import {partNames} from '../../bench/parts.ts';

const rowOf = (row: Partial<Row> & Pick<Row, 'title' | 'figure'>): Row => ({
  unit: 'µs',
  digits: 1,
  beside: {},
  ratio: null,
  wanted: null,
  ...row,
});

const setting: Setting = {
  date: '2026-11-30',
  coreCount: 2,
  cpuModel: 'AMD EPYC',
  system: 'Linux 6.18',
  nodeVersion: '24.21.0',
  loadAverage: 0.04,
  rounds: 3,
};

test('rows become a table, with a column for everything that one of them has', t => {
  const ours = figureOf('requests', [1000, 1200, 1500]);
  const theirs = figureOf('requests', [1000, 1000, 1000]);
  const table = renderTable([
    rowOf({
      title: 'requests',
      unit: '/s',
      digits: 0,
      figure: ours,
      beside: {'no proxy': figureOf('requests', [2000, 2100, 2200]), Toxiproxy: theirs},
      ratio: ratioOf(ours, theirs),
      wanted: {text: '≥ 1× Toxiproxy', verdict: 'met'},
    }),
    rowOf({title: 'CPU', figure: figureOf('CPU', [3, 3.26, 4]), beside: {Toxiproxy: figureOf('CPU', [9])}}),
    rowOf({
      title: 'share',
      unit: '',
      figure: figureOf('share', [2]),
      wanted: {text: '≤ 1', verdict: 'not met'},
    }),
  ]);
  t.is(
    table,
    [
      '| | foulweather | no proxy | Toxiproxy | Ratio | Wanted | Verdict |',
      '| :- | -: | -: | -: | -: | -: | :- |',
      '| requests (/s) | 1,200 ± 200 | 2,100 ± 100 | 1,000 ± 0 | 1.20 (1.10–1.35) | ≥ 1× Toxiproxy | met |',
      '| CPU (µs) | 3.3 ± 0.3 | | 9.0 | | | |',
      '| share | 2.0 | | | | ≤ 1 | not met |',
    ].join('\n'),
  );
});

test('a column that no row needs is left out', t => {
  const figure = figureOf('engine', [0.5]);
  const table = renderTable([rowOf({title: 'engine', figure, wanted: wantedOf(figure, {atMost: 1}, 'µs')})]);
  t.is(
    table,
    [
      '| | foulweather | Wanted | Verdict |',
      '| :- | -: | -: | :- |',
      '| engine (µs) | 0.5 | ≤ 1 µs | met |',
    ].join('\n'),
  );
});

test('above a table stands where and when it was measured, and below it what fits no column', t => {
  const rows = [rowOf({title: 'engine', figure: figureOf('engine', [0.5])})];
  const block = renderBlock(setting, {rows, notes: ['One thing.', 'Another.']});
  t.is(
    block,
    [
      '2026-11-30 · 2 cores (AMD EPYC) · Linux 6.18 · Node 24.21.0 · 3 rounds · load average before: 0.0',
      '',
      renderTable(rows),
      '',
      '- One thing.',
      '- Another.',
    ].join('\n'),
  );
  t.is(renderBlock(setting, {rows, notes: []}).split('\n').length, 5);
});

const [start, end] = markersOf('driver');
const page = `# Performance\n\nBefore.\n\n${start}\n\nold\n\n${end}\n\nAfter, with ${markersOf('receiver').join(' ')}.\n`;

test('a table replaces what is between its markers, and nothing else', t => {
  const changed = withBlock(page, 'driver', 'new, with $& and $1');
  t.is(
    changed,
    page.replace('old', () => 'new, with $& and $1'),
  );
  t.is(withBlock(changed, 'driver', 'old'), page);
  t.true(withBlock(page.replace('\n\nold\n\n', ''), 'driver', 'new').includes(`${start}\n\nnew\n\n${end}`));
});

for (const [title, broken, message] of [
  [
    'no start',
    page.replace(start, ''),
    /the marker <!-- bench:driver --> is missing\. The table of "driver" goes/,
  ],
  ['no end', page.replace(end, ''), /the marker <!-- \/bench:driver --> is missing\./],
  ['two starts', `${page}${start}\n`, /the marker <!-- bench:driver --> is there 2 times\./],
  [
    'its end first',
    `${end}\n${page.replace(end, '')}`,
    /<!-- \/bench:driver --> comes before <!-- bench:driver -->/,
  ],
] as const) {
  test(`a page with ${title} is an error that says what to do`, t => {
    const error = t.throws(() => withBlock(broken, 'driver', 'new'));
    t.regex(error.message, message);
    t.regex(error.message, /put each of them on a line of its own|Swap them/);
  });
}

test('docs/performance.md has a place for each part, and for nothing else', t => {
  const real = readFileSync(resolve(import.meta.dirname, '../../docs/performance.md'), 'utf8');
  for (const part of partNames) t.notThrows(() => withBlock(real, part, ''), part);
  const named = [...real.matchAll(/^<!-- bench:(\S+) -->$/gm)].map(([, part]) => part!);
  t.deepEqual(named.toSorted(), [...partNames].toSorted());
});
