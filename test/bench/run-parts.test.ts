// What `npm run bench` does with its parts: which are measured, and which tables are written.
import test from 'ava';
import {markersOf} from '../../bench/page.ts';
import {type Effort, figureOf, type Part} from '../../bench/part.ts';
import {type Choice, type Outcome, runParts} from '../../bench/run-parts.ts';

const whole: Choice = {isQuick: false, rounds: null, only: []};

type Fake = Part & {readonly efforts: Effort[]};

/** Its rows have as their figure how many rounds were asked for. */
const fakePart = (more: Partial<Part> = {}): Fake => {
  const efforts: Effort[] = [];
  return {
    efforts,
    title: 'A fake',
    rounds: {full: 5, quick: 2},
    missing: () => null,
    async measure(effort) {
      efforts.push(effort);
      const rows = ['engine: CPU', 'starts: lag'].filter(effort.takes).map(title => ({
        title,
        unit: '',
        digits: 0,
        figure: figureOf(title, [effort.rounds]),
        beside: {},
        ratio: null,
        wanted: null,
      }));
      return {rows, notes: []};
    },
    ...more,
  };
};

const pageFor = (names: readonly string[]): string =>
  names
    .map(name => `${markersOf(name)[0]}\n\nthe old table of ${name}\n\n${markersOf(name)[1]}\n`)
    .join('\n');

type Ran = {readonly outcomes: readonly Outcome[]; readonly page: string; readonly said: string};

const run = async (
  parts: Readonly<Record<string, Part>>,
  choice: Choice,
  page = pageFor(Object.keys(parts)),
): Promise<Ran> => {
  let text = page;
  const said: string[] = [];
  const outcomes = await runParts(new Map(Object.entries(parts)), choice, {
    page: {
      read: () => text,
      write: changed => {
        text = changed;
      },
    },
    setting: () => ({
      date: '2026-11-30',
      coreCount: 2,
      cpuModel: 'AMD EPYC',
      system: 'Linux 6.18',
      nodeVersion: '24.21.0',
      loadAverage: 0,
    }),
    say: line => said.push(line),
  });
  return {outcomes, page: text, said: said.join('\n')};
};

test('the table of each part is written', async t => {
  const {outcomes, page} = await run({a: fakePart(), b: fakePart()}, whole);
  t.deepEqual(
    outcomes.map(outcome => outcome.kind === 'measured' && outcome.isWritten),
    [true, true],
  );
  t.is(page.match(/2026-11-30 · 2 cores \(AMD EPYC\) .* 5 rounds/g)?.length, 2);
  t.notRegex(page, /old table/);
});

test('a part that cannot run here leaves its table and says why; the others are measured', async t => {
  const absent = fakePart({missing: () => 'there is no Toxiproxy'});
  const {outcomes, page, said} = await run({a: absent, b: fakePart()}, whole);
  t.deepEqual(absent.efforts, []);
  t.like(outcomes, [{part: 'a', kind: 'skipped', reason: 'there is no Toxiproxy'}, {kind: 'measured'}]);
  t.regex(said, /^a skipped: there is no Toxiproxy$/m);
  t.regex(page, /the old table of a/);
  t.notRegex(page, /the old table of b/);
});

test('a part that fails leaves its table and says why; the others are measured', async t => {
  const failing = fakePart({measure: () => Promise.reject(new Error('the target ended'))});
  const {outcomes, page, said} = await run({a: failing, b: fakePart()}, whole);
  t.like(outcomes, [{part: 'a', kind: 'failed', reason: 'the target ended'}, {kind: 'measured'}]);
  t.regex(said, /^a failed: the target ended$/m);
  t.regex(page, /the old table of a/);
  t.notRegex(page, /the old table of b/);
});

for (const [title, choice, rounds] of [
  ['--quick', {...whole, isQuick: true}, 2],
  ['--rounds 1', {...whole, rounds: 1}, 1],
  ['--only', {...whole, only: ['engine']}, 5],
] as const) {
  test(`with ${title} nothing is written, and ${rounds} rounds are measured`, async t => {
    const part = fakePart();
    const {outcomes, page} = await run({a: part}, choice);
    t.regex(page, /the old table of a/);
    t.is(part.efforts[0]?.rounds, rounds);
    t.like(outcomes[0], {kind: 'measured', isWritten: false});
  });
}

test('--only takes the rows that have one of its texts in their titles', async t => {
  const [both, one, none] = await Promise.all(
    [['engine', 'lag'], ['lag'], ['memory']].map(only => run({a: fakePart()}, {...whole, only})),
  );
  const titles = (ran: Ran | undefined): string[] =>
    ran?.outcomes[0]?.kind === 'measured' ? ran.outcomes[0].measurement.rows.map(({title}) => title) : [];
  t.deepEqual(titles(both), ['engine: CPU', 'starts: lag']);
  t.deepEqual(titles(one), ['starts: lag']);
  t.like(none?.outcomes[0], {kind: 'skipped', reason: 'none of its rows has "memory" in its title'});
});

test('a page without the markers of a part stops the benchmark before anything is measured', async t => {
  const [first, second] = [fakePart(), fakePart()];
  await t.throwsAsync(run({a: first, b: second}, whole, pageFor(['a'])), {
    message: /the marker <!-- bench:b --> is missing/,
  });
  t.deepEqual(first.efforts, []);
  await t.notThrowsAsync(run({a: first}, {...whole, isQuick: true}, ''));
});
