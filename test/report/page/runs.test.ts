// The list of saved runs: which of them a filter shows, and which two stand ready to be compared.
import test from 'ava';
import {type RunFilter, type RunRow, runsPage} from '../../../src/report/page/runs.ts';

const row = (id: string, scenario: string, more: Partial<RunRow> = {}): RunRow => ({
  id,
  scenario,
  storm: null,
  startedAt: '2026-11-02T14:03:12.480Z',
  status: 'complete',
  verdict: 'met',
  headline: `${scenario}: with bounded, hung operations drop from 944 to 0`,
  ...more,
});

/** The newest first, as the server has them. */
const rows: readonly RunRow[] = [
  row('7', 'redis', {storm: 'quick', status: 'interrupted'}),
  row('6', 'redis', {storm: 'quick'}),
  row('5', 'redis', {verdict: 'missed', headline: 'redis: 3 wedged clients'}),
  row('4', 'axios', {verdict: null, headline: null}),
  row('3', 'redis', {storm: 'quick', verdict: 'inconclusive'}),
  row('2', 'axios'),
  row('1', 'axios', {verdict: 'missed'}),
];

const shownIn = (page: string): string[] =>
  [...page.matchAll(/<a href="\/runs\/([^/]+)\/report.html">/g)].map(([, id]) => id!);

const chosenIn = (page: string): string =>
  ['before', 'after']
    .map(name => new RegExp(`name="${name}" value="([^"]+)"[^>]* checked`).exec(page)?.[1] ?? 'none')
    .join(' → ');

const all: RunFilter = {scenario: '', verdict: '', text: ''};

const filtered = test.macro<[Partial<RunFilter>, string]>({
  title: (_, filter) => `filtered by ${JSON.stringify(filter)}`,
  exec(t, filter, expected) {
    const page = runsPage(rows, [], {...all, ...filter});
    t.is(shownIn(page).join(' '), expected);
    const shown = expected.split(' ').length;
    t.true(page.includes(`<output>${shown === rows.length ? '7 runs' : `${shown} of 7 runs`}</output>`));
  },
});

test(filtered, {}, '7 6 5 4 3 2 1');
test(filtered, {scenario: 'axios'}, '4 2 1');
test(filtered, {verdict: 'missed'}, '5 1');
test(filtered, {verdict: 'interrupted'}, '7');
test(filtered, {verdict: 'unknown'}, '4');
test(filtered, {scenario: 'redis', verdict: 'met'}, '6');
test(filtered, {text: 'QUICK'}, '7 6 3');
test(filtered, {text: '944  axios'}, '2 1');

const chosen = test.macro<[string, readonly RunRow[], string]>({
  title: (_, what) => `ready to be compared: ${what}`,
  exec: (t, _, list, expected) => t.is(chosenIn(runsPage(list, [], all)), expected),
});

test(chosen, 'the newest two of one scenario in one storm, which were judged', rows, '3 → 6');
test(chosen, 'of the scenario that has two', [row('3', 'a'), row('2', 'b'), row('1', 'b')], '1 → 2');
test(chosen, 'none where no two fit', [row('2', 'a'), row('1', 'b')], 'none → none');
test(chosen, 'none where there is one', [row('1', 'a')], 'none → none');

test('what was asked for stays in the form, as text', t => {
  const page = runsPage(rows, [], {scenario: 'redis', verdict: 'met', text: '"><script>'});
  t.true(page.includes('<option value="redis" selected>'));
  t.true(page.includes('<option value="met" selected>'));
  t.true(page.includes('value="&quot;&gt;&lt;script&gt;"'));
  t.true(page.includes('No matching runs.'));
});
