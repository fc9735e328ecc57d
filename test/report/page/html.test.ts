import test from 'ava';
import type {ProfileSummary} from '../../../src/model/profile.ts';
import {code, list, paragraph, strong, table} from '../../../src/report/document.ts';
import {embeddedJson} from '../../../src/report/page/data.ts';
import {escapeHtml, renderBlock, renderSection} from '../../../src/report/page/html.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

test('text stays text, in elements and in attributes', t => {
  t.is(escapeHtml(`<a href="x" b='y'>&\u0007`), '&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;');
});

test('spans keep their meaning', t => {
  t.is(
    renderBlock(paragraph('a < b ', code('x & y'), {break: true}, strong('<b>'))),
    '<p>a &lt; b <code>x &amp; y</code><br><strong>&lt;b&gt;</strong></p>',
  );
});

test('a list, a quote and a heading', t => {
  t.is(renderBlock(list([['a'], [code('b')]])), '<ul>\n<li>a</li>\n<li><code>b</code></li>\n</ul>');
  t.is(renderBlock({kind: 'quote', text: ['q']}), '<blockquote><p>q</p></blockquote>');
  t.is(renderBlock({kind: 'heading', title: 'A & B'}), '<h3>A &amp; B</h3>');
});

test('a link leads to the heading with its id', t => {
  t.is(renderBlock(paragraph({link: '<a>', to: 'phase-4'})), '<p><a href="#phase-4">&lt;a&gt;</a></p>');
  t.is(renderBlock({kind: 'heading', title: 'stall', id: 'phase-4'}), '<h3 id="phase-4">stall</h3>');
});

test('a link to a file may lead to a heading in it', t => {
  t.is(
    renderBlock(
      paragraph({link: 'a', file: 'x y/report.html'}, {link: 'b', file: 'x/report.html', anchor: 'phase-4'}),
    ),
    '<p><a href="x%20y/report.html">a</a><a href="x/report.html#phase-4">b</a></p>',
  );
});

test('a link to the web tells that page nothing of where it was', t => {
  t.is(
    renderBlock(paragraph({link: 'a & b', url: 'https://example.org/?a&b'})),
    '<p><a href="https://example.org/?a&amp;b" rel="noreferrer">a &amp; b</a></p>',
  );
});

test('a table scrolls in a box of its own, figures to the right', t => {
  t.is(
    renderBlock(table(['A', '>B'], [['x', '1']])),
    [
      '<div class="scroll" role="region" aria-label="table, scrolls sideways" tabindex="0">',
      '<table>',
      '<thead><tr><th scope="col">A</th><th scope="col" class="figure">B</th></tr></thead>',
      '<tbody>',
      '<tr><td>x</td><td class="figure">1</td></tr>',
      '</tbody>',
      '</table>',
      '</div>',
    ].join('\n'),
  );
});

test('traces are drawn, and are text where there is no picture', t => {
  const chart = {
    name: 'trace-1',
    title: 'op-1, failed',
    description: 'It failed.',
    height: 60,
    layers: [],
    body: [],
    panels: [],
    span: null,
  };
  const traces = [
    {head: 'op-1: the slowest', text: 'GET |--|', chart},
    {head: 'op-2', text: 'GET |<>|', chart: null},
  ];
  const html = renderBlock({kind: 'traces', intro: ['Of ', code('a')], signs: '---- a span', traces});
  t.regex(html, /^<p>Of <code>a<\/code>:<\/p>\n<figure>\n<figcaption>op-1: the slowest<\/figcaption>/);
  t.is(html.match(/<svg /g)?.length, 1);
  t.true(html.includes('<pre><code>op-2\nGET |&lt;&gt;|</code></pre>'));
  t.false(html.includes('GET |--|'));
});

test('what is good, bad or open is a matter of words and of colour', t => {
  t.is(renderBlock(paragraph(strong('Met', 'good'))), '<p><strong class="tone good">Met</strong></p>');
});

test('a section is named by its heading', t => {
  t.is(
    renderSection({id: 'change', title: 'Change', blocks: [paragraph('p')]}),
    '<section aria-labelledby="change">\n<h2 id="change">Change</h2>\n<p>p</p>\n</section>',
  );
});

test('data cannot end the element that holds it', t => {
  const text = embeddedJson({name: '</script><!--'});
  t.is(text, '{"name":"\\u003c/script>\\u003c!--"}');
  t.deepEqual(JSON.parse(text), {name: '</script><!--'});
});

test('a page asks nothing of a network, and stays small however many trials there are', t => {
  const page = renderReport(judgedRun({trialsPerVariant: 30})).files['report.html'] ?? '';
  // The first trials add 20 KB each: with as much for all of them it would have 800 KB.
  t.true(page.length < 500_000, `${page.length}`);
  // What somebody has to click on is not asked for.
  const asked = page.replaceAll(/<a href="https:[^"]*" rel="noreferrer">/g, '');
  t.notRegex(asked, /(?:src|href)="(?!#|data:)|@import|url\((?!#)/);
});

test('profiles of the phase that matters are flame graphs, and without one there is no section', t => {
  const run = judgedRun();
  t.false((renderReport(run).files['report.html'] ?? '').includes('flame-graphs'));
  const profile: ProfileSummary = {
    what: 'cpu',
    phase: 3,
    atMs: 0,
    total: 10,
    sampleCount: 2,
    owners: [],
    frames: [],
    heaviestStack: [],
    flame: [
      {functionName: '<img>', owner: 'undici', ownerKind: 'package', place: 'a.js:1', depth: 0, total: 10},
    ],
    files: [],
  };
  const trials = run.trials.map(trial => ({...trial, profiles: [profile, {...profile, phase: 1}]}));
  const page = renderReport({...run, trials}).files['report.html'] ?? '';
  t.true(page.includes('<a href="#flame-graphs">Flame graphs</a>'));
  t.is(page.match(/<svg class="chart"[^>]*aria-labelledby="flame-/g)?.length, 2);
  t.true(page.includes('<title>&lt;img&gt; · undici · a.js:1: 10.0 ms, 100%</title>'));
});
