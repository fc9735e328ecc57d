// The report of a search, to the letter where a reader looks first.
import test from 'ava';
import {groupsOf} from '../../../src/explore/conversations.ts';
import {type Episode, episodeOf, type MomentStrike} from '../../../src/explore/episodes.ts';
import type {Cell, Exploration, ExploredFinding, Mark} from '../../../src/explore/exploration.ts';
import {summaryOf} from '../../../src/report/explore/document.ts';
import {mapLines} from '../../../src/report/explore/map.ts';
import {exploreJunit, exploreMarkdown, explorePage} from '../../../src/report/explore/render.ts';
import {conversation} from '../../helpers/conversations.ts';

const after2: MomentStrike = {
  kind: 'moment',
  action: 'close',
  cut: 'after',
  exchange: 2,
  since: 'connect',
  direction: 'downstream',
  isHandshake: false,
  connections: 'first',
  position: 1,
};

const cell = (strikes: Episode['strikes'], mark: Mark, finding: number | null = null): Cell => ({
  id: episodeOf(strikes).id,
  strikes,
  mark,
  finding,
});

const finding: ExploredFinding = {
  number: 1,
  symptom: 'wedged-client',
  others: ['hung-operation'],
  id: 'close after 2',
  strikes: [after2],
  faults: episodeOf([after2]).faults,
  shownCount: 3,
  triedCount: 3,
  statement: 'Nothing succeeded until the end.',
  error: null,
  moments: ['close after 2', 'reset after 2'],
  run: '0007-alone',
  proving: 'watched',
  elsewhere: [],
  caseStudy: 'findings/1-wedged-client/report.md',
  reproducer: 'foulweather/reproducers/x.ts',
};

const exploration: Exploration = {
  schemaVersion: 1,
  id: 'now',
  data: '.foulweather/explore/now',
  scenario: 'shop',
  variant: 'defaults',
  versions: {},
  command: 'npx foulweather explore shop.ts',
  startedAt: '2026-01-02T03:04:05.000Z',
  end: 'budget',
  elapsedMs: 61_000,
  budgetMs: 60_000,
  seed: 1,
  maxDepth: 2,
  only: [],
  groups: groupsOf([conversation(1, [30, 96, 10])]),
  episodeCount: 120,
  searchMs: 60_000,
  backMs: 30,
  cells: [
    cell([{kind: 'connect', action: 'refused'}], 'passed'),
    cell([{kind: 'live', action: 'close'}], 'passed'),
    cell([after2], 'failed', 1),
    cell([{...after2, connections: 'all'}], 'passed'),
    cell([{...after2, cut: 'before'}], 'passed'),
    cell([{...after2, action: 'reset', cut: 'within'}], 'slow'),
    cell([{...after2, exchange: 3, direction: 'upstream'}], 'unreached'),
    cell([{...after2, since: 'fault', exchange: 1}], 'undecided'),
    cell([after2, {kind: 'connect', action: 'accepted-and-silent'}], 'failed', 1),
  ],
  calm: [],
  findings: [finding],
  unconfirmed: [{id: 'half-open after 3', signal: 'pending'}],
  leftOut: [{reason: 'the budget', count: 12}],
};

test('the summary has the counts', t => {
  t.is(
    summaryOf(exploration),
    '1 finding. 120 episodes in 61.0 s (120 a minute); 8 of 9 faults took effect; the budget was used up.',
  );
});

test('a finding is a sentence with its tries, its moments and where to look', t => {
  const report = exploreMarkdown(exploration);
  t.true(
    report.includes(
      'When a new connection is closed (FIN) after its first reply (96 bytes), the client never recovers, although a fresh one gets through: 3 of 3 tries.',
    ),
    report,
  );
  t.regex(report, /^- The same at 2 moments: `close after 2`, `reset after 2`\.$/m);
  t.regex(report, /^- \[Case study\]\(findings\/1-wedged-client\/report\.md\)$/m);
  t.regex(report, /^- Reproducer: `foulweather\/reproducers\/x\.ts`$/m);
  t.regex(report, /^- Saved run: `npx foulweather report 0007-alone --data \.foulweather\/explore\/now`$/m);
});

test('the map has a mark for each place, and the worst of several in one', t => {
  const lines = exploreMarkdown(exploration).split('\n');
  t.true(lines.includes('| new connections refused | `·` |'));
  t.true(lines.includes('| the next reply | `__?` | | | | |'), lines.join('\n'));
  t.true(lines.includes('| 2, reply (96 bytes) | `·_1` | `_~_` | | | |'));
  t.true(lines.includes('| 3, request (10 bytes) | `__-` | | | | |'));
  t.false(lines.some(line => line.startsWith('| 1, request')));
  t.true(lines.includes('Pairs of faults: 1 tried, 1 with a finding.'));
});

test('what was not decided and not searched is said', t => {
  const report = exploreMarkdown(exploration);
  t.regex(report, /- `half-open after 3` \(operations did not settle afterwards\): /);
  t.regex(report, /- 12 episodes: the budget\./);
});

test('JUnit has a failure for each finding, and a case for the search', t => {
  const xml = exploreJunit([exploration]);
  t.regex(xml, /tests="2" failures="1"/);
  t.regex(xml, /<failure message="When a new connection[^"]+: 3 of 3 tries\." type="wedged-client">/);
});

test('without a finding the report says so', t => {
  t.regex(exploreMarkdown({...exploration, findings: []}), /## Findings\n\nNone\./);
});

test('the page shows each mark as a part of the map, and a finding as a link to it', t => {
  const page = explorePage(exploration);
  t.true(page.includes('<a class="moment failed" href="#finding-1">1</a>'));
  t.true(page.includes('<h3 id="finding-1">1. wedged-client</h3>'));
  t.regex(
    page,
    /<th scope="row">2, reply \(96 bytes\)<\/th><td><span class="moment passed">·<\/span><span class="moment blank">_<\/span>/,
  );
});

test('what a library says cannot become markup', t => {
  const evil = {...exploration, findings: [{...finding, statement: '<script>alert(1)</script> `x` *y*'}]};
  t.false(explorePage(evil).includes('<script>'));
  t.true(exploreMarkdown(evil).includes('&lt;script&gt;'.replaceAll('&gt;', '\\>')));
});

test('what the library shows without any fault stands before the findings', t => {
  const calm = [{symptom: 'listener-leak' as const, statement: '11 listeners for `close`.'}];
  const report = exploreMarkdown({...exploration, calm});
  t.regex(
    report,
    /## Without any fault\n\n- `listener-leak`: 11 listeners for \\`close\\`\.\n[\s\S]+## Findings/,
  );
  t.false(exploreMarkdown(exploration).includes('Without any fault'));
});

test('in a terminal the map has the same marks', t => {
  t.deepEqual(mapLines(exploration.cells, exploration.groups), [
    '                         close  reset  silence  half open  silence then close',
    'new connections refused  ·',
    'open connections closed  ·',
    'the next reply             ?',
    '2, reply (96 bytes)      · 1     ~',
    '3, request (10 bytes)      -',
  ]);
});
