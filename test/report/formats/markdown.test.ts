import test from 'ava';
import type {Block} from '../../../src/report/document.ts';
import {code, heading, list, paragraph, table} from '../../../src/report/document.ts';
import {codeSpan, escapeText, toMarkdown} from '../../../src/report/formats/markdown.ts';

const escapes = test.macro({
  title: (_, before: string) => `plain text stays plain: ${JSON.stringify(before)}`,
  exec(t, before: string, after: string) {
    t.is(escapeText(before), after);
  },
});

test(escapes, 'a | b', 'a \\| b');
test(escapes, '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)\\>');
test(escapes, '&amp; [x](javascript:1)', '&amp;amp; \\[x\\](javascript:1)');
test(
  escapes,
  '**bold** _it_ `code` ~~s~~ $x$ # h',
  '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~s\\~\\~ \\$x\\$ \\# h',
);
test(escapes, 'two\r\n  lines', 'two lines');
test(escapes, '\u001B[31mred\u001B[0m\u0007', 'red');
test(escapes, '12.3 ms and 5 % of 3 spans', '12.3\u00A0ms and 5\u00A0% of 3 spans');

const spans = test.macro({
  title: (_, before: string, inTable: boolean) =>
    `code ${inTable ? 'in a table ' : ''}ends where it should: ${JSON.stringify(before)}`,
  exec(t, before: string, inTable: boolean, after: string) {
    t.is(codeSpan(before, inTable), after);
  },
});

test(spans, 'plain', false, '`plain`');
test(spans, 'a`b', false, '``a`b``');
test(spans, '`a``b', false, '``` `a``b ```');
test(spans, 'a|b', true, '`a\\|b`');
test(spans, 'a|b', false, '`a|b`');
test(spans, 'two\nlines', true, '`two lines`');
test(spans, '', true, '–');

const rendered = (...blocks: readonly Block[]): string =>
  toMarkdown({headline: 'h', lead: [], sections: [{id: 's', title: 's', blocks}], details: []})
    .split('## s\n\n')[1]
    ?.trimEnd() ?? '';

test('a line does not begin like a list, a rule or a number', t => {
  t.is(rendered(paragraph('- x')), '\\- x');
  t.is(rendered(paragraph('1. x')), '1\\. x');
  t.is(rendered(paragraph('=== x')), '\\=== x');
  t.is(rendered(list([['+ x'], ['y']])), '- \\+ x\n- y');
});

test('a link leads to the heading with its id, whatever its words', t => {
  t.is(
    rendered(paragraph({link: 'a](x)', to: 'phase-4'}), heading('stall: | x', 'phase-4')),
    '[a\\](x)](#phase-4)\n\n<a id="phase-4"></a>\n\n### stall: \\| x',
  );
});

test('a link to the web keeps its address', t => {
  t.is(
    rendered(paragraph({link: 'a_b', url: 'https://example.org/a_(b)'})),
    '[a\\_b](<https://example.org/a_(b)>)',
  );
});

test('a fence is longer than any run of backticks in it', t => {
  t.is(rendered({kind: 'code', language: 'text', text: 'a\n````\nb\n'}), '`````text\na\n````\nb\n`````');
});

test('a table keeps its cells', t => {
  const cells = table(
    ['A', '>B'],
    [
      [code('x|y'), 'p | q'],
      [['one', {break: true}, 'two'], '3'],
    ],
  );
  t.is(rendered(cells), '| A | B |\n| :- | -: |\n| `x\\|y` | p \\| q |\n| one<br>two | 3 |');
});
