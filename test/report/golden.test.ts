// Whole reports against literal output. `UPDATE_GOLDEN=1 npx ava test/report/golden.test.ts` writes it anew.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {renderTerminalSummary} from '../../src/report/formats/terminal-summary.ts';
import {renderReport} from '../../src/report/report.ts';
import {judgedRun, type Options} from '../helpers/judged-run.ts';

const folder = new URL('golden/', import.meta.url);

/** Of the other runs the timeline stands for all. */
const allCharts = ['two-variants', 'five-pairs', 'swept'];

/** The page's own words: charts have files of their own, and style and script are sources. */
const withoutAssets = (page: string): string =>
  page
    .replace(/<svg[^>]*>[\s\S]*?<\/svg>/g, '<svg>…</svg>')
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1>…</$1>')
    .replace(
      /<script type="application\/json"[\s\S]*?<\/script>/,
      '<script type="application/json">…</script>',
    )
    .replace(/'sha256-[^']*'/g, "'sha256-…'");

const matchesGolden = test.macro({
  title: (_, name: string) => `the report of ${name} is as it was`,
  exec(t, name: string, options: Options) {
    const run = judgedRun(options);
    const {files} = renderReport(run);
    const actual: {[file: string]: string} = {
      [`${name}.md`]: files['report.md'] ?? '',
      [`${name}.details.md`]: files['details.md'] ?? '',
      ...Object.fromEntries(
        Object.entries(files)
          .filter(([file]) => (allCharts.includes(name) ? file.endsWith('.svg') : file === 'timeline.svg'))
          .map(([file, text]) => [`${name}.${file}`, text]),
      ),
      ...(allCharts.includes(name) ? {[`${name}.html`]: withoutAssets(files['report.html'] ?? '')} : {}),
      [`${name}.txt`]: renderTerminalSummary(run, 'reports/undici-stall/report.md'),
    };
    for (const [file, text] of Object.entries(actual)) {
      const url = new URL(file, folder);
      if (process.env['UPDATE_GOLDEN'] === '1') {
        mkdirSync(folder, {recursive: true});
        writeFileSync(url, text);
      }
      t.is(text, readFileSync(url, 'utf8'), file);
    }
  },
});

/** What a reader takes in at one sitting. */
const isOnePage = test.macro({
  title: (_, name: string) => `the report of ${name} is one page`,
  exec(t, _name: string, options: Options) {
    const text = renderReport(judgedRun(options)).files['report.md']!;
    t.true(text.split('\n').length <= 150, `${text.split('\n').length} lines`);
    t.true(text.split(/\s+/).length <= 1200, `${text.split(/\s+/).length} words`);
  },
});

test(matchesGolden, 'two-variants', {});
test(isOnePage, 'two-variants', {});
test(matchesGolden, 'one-variant', {oneVariant: true});
test(isOnePage, 'one-variant', {oneVariant: true});
test(matchesGolden, 'five-pairs', {trialsPerVariant: 5});
test(isOnePage, 'five-pairs', {trialsPerVariant: 5});
test(matchesGolden, 'swept', {swept: true, outOfMemory: true});
test(isOnePage, 'swept', {swept: true, outOfMemory: true});
test(matchesGolden, 'out-of-memory', {outOfMemory: true});
test(isOnePage, 'out-of-memory', {outOfMemory: true});
test(matchesGolden, 'interrupted', {interrupted: true});
test(isOnePage, 'interrupted', {interrupted: true});
test(matchesGolden, 'uncounted', {uncounted: true, inconclusive: true});
test(isOnePage, 'uncounted', {uncounted: true, inconclusive: true});
