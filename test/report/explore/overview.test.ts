// The overview of several searches: the worst library first, fair words, and links that lead to each report.
import test from 'ava';
import type {Exploration, ExploredFinding} from '../../../src/explore/exploration.ts';
import {
  type Overview,
  overviewMarkdown,
  overviewPage,
  overviewText,
} from '../../../src/report/explore/overview.ts';

const finding = {
  number: 1,
  symptom: 'wedged-client',
  others: [],
  id: 'close all live connections',
  strikes: [{kind: 'live', action: 'close'}],
  shownCount: 3,
  triedCount: 3,
  statement: 'Nothing succeeded.',
  error: null,
  elsewhere: [],
  caseStudy: 'findings/1-wedged-client/report.md',
} as unknown as ExploredFinding;

const searched = (scenario: string, findings: readonly ExploredFinding[]): Overview['searched'][number] => ({
  exploration: {
    scenario,
    versions: {other: '9.9.9', [scenario]: '1.2.3'},
    budgetMs: 180_000,
    cells: [{mark: 'passed'}, {mark: 'unreached'}],
    groups: [],
    findings,
  } as unknown as Exploration,
  library: scenario,
  folder: scenario,
});

const overview: Overview = {
  searched: [searched('calm', []), searched('loud', [finding, finding])],
  leftOut: [{scenario: 'absent', reason: 'It is not installed.'}],
  command: 'npx foulweather explore --all',
};

test('the library with the most findings comes first, with its version and what was tried', t => {
  const rows = overviewMarkdown(overview)
    .split('\n')
    .filter(line => line.startsWith('| ['));
  t.deepEqual(rows, [
    '| [loud](loud/explore.md) | 1.2.3 | 1 | `wedged-client` × 2 |',
    '| [calm](calm/explore.md) | 1.2.3 | 1 | none |',
  ]);
});

test('each finding is a sentence with its case study, and what was not searched is named', t => {
  const text = overviewMarkdown(overview);
  t.true(
    text.includes(
      '- When all open connections are closed (FIN), the client never recovers, although a fresh one gets through: 3 of 3 tries. [Case study](loud/findings/1-wedged-client/report.md)',
    ),
  );
  t.true(text.includes('- `absent`: It is not installed.'));
  t.regex(text, /silenced at each step for 3 minutes\./);
});

test('the page has the same, and the terminal the counts', t => {
  t.true(overviewPage(overview).includes('<a href="loud/explore.md">loud</a>'));
  t.is(
    overviewText(overview),
    '2 libraries searched: 2 findings.\nNot searched: absent. It is not installed.\n',
  );
});
