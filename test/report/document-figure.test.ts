import test from 'ava';
import {figure} from '../../src/report/document.ts';
import {toMarkdown} from '../../src/report/formats/markdown.ts';

test('a chart that cannot be drawn is told in its place, and nothing else is lost', t => {
  const blocks = figure('latency', () => {
    throw new RangeError('no <bin>');
  });
  const text = toMarkdown({headline: 'h', lead: blocks, sections: [], details: []});
  t.is(text, '# h\n\nThe chart `latency` could not be drawn (the figures are unaffected): `no <bin>`\n');
});

test('nothing to draw is no block', t => {
  t.deepEqual(
    figure('latency', () => null),
    [],
  );
});
