// The weather report: what a cell says, and its renderings against literal output.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {Fault} from '../../../src/model/fault.ts';
import type {Finding, PresentFinding} from '../../../src/model/finding.ts';
import {postgresError, redisError} from '../../../src/model/reply-fault.ts';
import type {JudgedRun} from '../../../src/model/run.ts';
import {runStory} from '../../../src/report/case-study/run-story.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {renderReport} from '../../../src/report/report.ts';
import {weatherTitle} from '../../../src/report/weather/document.ts';
import {renderWeather} from '../../../src/report/weather/render.ts';
import {columnsOf, gatherColumns, weatherRows} from '../../../src/report/weather/rows.ts';
import {
  byWhatMatters,
  failingCount,
  lookOf,
  marks,
  tablesOf,
  type Weather,
  type WeatherCell,
  type WeatherRow,
  weatherSchemaVersion,
} from '../../../src/report/weather/weather.ts';
import {judgedRun} from '../../helpers/judged-run.ts';

const rowsOf = (run: JudgedRun): WeatherRow[] => weatherRows(runStory(redactRun(run)), run.record.plan.name);

const present = (
  symptom: PresentFinding['symptom'],
  severity: PresentFinding['severity'],
  ...phases: readonly string[]
): Finding => {
  const [first, ...rest] = phases.map(phase => ({
    phase,
    witness: 'driver' as const,
    statement: 'It was seen.',
    value: 1,
    threshold: 0,
    unit: 'count' as const,
    count: 10,
    operations: [],
  }));
  return {symptom, verdict: 'present', severity, phase: phases[0]!, evidence: [first!, ...rest]};
};

/** Of the baseline's trial, with other findings than those it has. */
const cellsWith = (...findings: readonly Finding[]): {readonly [column: string]: WeatherCell} => {
  const run = judgedRun({oneVariant: true});
  const trials = run.judgement.trials.map(trial => ({...trial, findings}));
  return rowsOf({...run, judgement: {...run.judgement, trials}})[0]!.cells;
};

test('of several symptoms of a fault the worst is named, and how many others there are', t => {
  const cells = cellsWith(
    present('retry-amplification', 'warn', 'stall'),
    present('slow-recovery', 'fail', 'stall'),
    present('lost-acknowledged', 'fail', 'stall'),
    present('connection-leak', 'fail', 'drain'),
  );
  t.like(cells['stall'], {
    kind: 'symptom',
    symptom: 'lost-acknowledged',
    severity: 'fail',
    others: ['slow-recovery', 'retry-amplification'],
  });
  t.like(cells['rest of the run'], {kind: 'symptom', symptom: 'connection-leak', others: []});
});

test('a failure comes before a warning, however grave its kind', t => {
  const cells = cellsWith(
    present('lost-acknowledged', 'warn', 'stall'),
    present('retry-amplification', 'fail', 'stall'),
  );
  t.like(cells['stall'], {symptom: 'retry-amplification', others: ['lost-acknowledged']});
});

test('a finding counts in each phase that its evidence is of', t => {
  const [first, second, third] = judgedRun().record.plan.phases.filter(({role}) => role === 'fault');
  const cells = cellsWith(present('hung-operation', 'fail', first!.name, second!.name));
  t.is(cells[first!.name]!.kind, 'symptom');
  t.is(cells[second!.name]!.kind, 'symptom');
  t.is(cells[third!.name]!.kind, 'clear');
});

test('a phase that no trial came to is not reached', t => {
  const run = judgedRun({oneVariant: true, outOfMemory: true});
  const last = run.record.plan.phases.findLast(({role}) => role === 'fault')!;
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    findings: [],
    phases: trial.phases.filter(({phase}) => phase !== last.name),
  }));
  const [row] = rowsOf({...run, judgement: {...run.judgement, trials}});
  t.deepEqual(row!.cells[last.name], {kind: 'not-reached', anchor: null});
});

test('a phase in which no operation began tells nothing', t => {
  const run = judgedRun({oneVariant: true});
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    findings: [],
    phases: trial.phases.map(phase => ({...phase, successRatio: null})),
  }));
  const [row] = rowsOf({...run, judgement: {...run.judgement, trials}});
  t.like(row!.cells['stall'], {kind: 'not-hit'});
  t.like(row!.cells['rest of the run'], {kind: 'clear', successRatio: null});
});

test('a fault that hit nothing tells nothing', t => {
  const run = judgedRun({oneVariant: true});
  const trials = run.judgement.trials.map(trial => ({
    ...trial,
    findings: [],
    phases: trial.phases.map(phase => ({
      ...phase,
      faults: phase.faults.map(fault => ({...fault, connectionsHit: 0, actions: 0})),
    })),
  }));
  const [row] = rowsOf({...run, judgement: {...run.judgement, trials}});
  const fault = run.record.plan.phases.find(({role}) => role === 'fault')!;
  t.like(row!.cells[fault.name], {kind: 'not-hit'});
});

test('each cell leads to a heading that the case study has, of the phase of its worst symptom', t => {
  const run = judgedRun();
  const {files} = renderReport(run);
  const anchors = rowsOf(run).flatMap(({cells}) => Object.values(cells).flatMap(({anchor}) => anchor ?? []));
  t.true(new Set(anchors).size > 3);
  for (const anchor of anchors) {
    t.true(files['report.html']!.includes(` id="${anchor}"`), anchor);
    t.true(files['details.md']!.includes(`<a id="${anchor}">`), anchor);
  }
  // A symptom of its recovery is a fault's, too, and what is of no phase is among the symptoms.
  const own = judgedRun({oneVariant: true});
  const [stall, recovery] = ['stall', 'recovery'].map(
    wanted => own.record.plan.phases.find(({name}) => name === wanted)!,
  );
  const phases = [stall!, recovery!] as const;
  const findings = [
    present('slow-recovery', 'fail', 'recovery'),
    present('connection-leak', 'fail', 'drain'),
  ];
  const trials = own.judgement.trials.map(trial => ({...trial, findings}));
  const [row] = rowsOf({
    ...own,
    record: {...own.record, plan: {...own.record.plan, phases}},
    judgement: {...own.judgement, trials},
  });
  t.like(row!.cells['stall'], {symptom: 'slow-recovery', anchor: 'phase-2'});
  t.like(row!.cells['rest of the run'], {symptom: 'connection-leak', anchor: 'symptoms-in-detail'});
});

const clear = (successRatio: number | null): WeatherCell => ({kind: 'clear', successRatio, anchor: null});

const shows = (
  symptom: PresentFinding['symptom'],
  severity: PresentFinding['severity'],
  ...others: readonly PresentFinding['symptom'][]
): WeatherCell => ({kind: 'symptom', symptom, severity, others, successRatio: 0.5, anchor: null});

const looks = test.macro<[WeatherCell, string]>({
  title: (_, cell, look) => `"${look}": ${JSON.stringify(cell)}`,
  exec(t, cell, look) {
    const {mark, words, figure, moreCount} = lookOf(cell);
    const parts = [marks[mark].icon, words, figure, moreCount > 0 ? `+${moreCount}` : ''];
    t.is(parts.filter(Boolean).join(' '), look);
  },
});

test(looks, clear(1), '✔ 100%');
test(looks, clear(0.99), '✔ 99.0%');
test(looks, clear(0.989), '◐ 98.9%');
test(looks, clear(0.01), '◐ 1.0%');
test(looks, clear(0.009), '⊘ 0.9%');
test(looks, clear(0), '⊘ 0%');
test(looks, clear(null), '✔');
test(looks, {kind: 'not-hit', anchor: null}, '○');
test(looks, {kind: 'not-reached', anchor: null}, '–');
test(looks, shows('hung-operation', 'fail'), '✖ hung 50.0%');
test(looks, shows('slow-recovery', 'fail', 'retry-amplification'), '✖ slow recovery 50.0% +1');
test(looks, shows('duplicate-effect', 'fail', 'hung-operation'), '‼ duplicated 50.0% +1');
test(looks, shows('process-crash', 'fail'), '‼ crashes 50.0%');
test(looks, shows('deadline-overrun', 'warn'), '▲ late 50.0%');
test(looks, shows('error-type-malformed', 'warn'), '◆ error types 50.0%');

test('in words a cell says all of its symptoms, and how many operations succeeded', t => {
  t.is(
    lookOf(shows('hung-operation', 'fail', 'deadline-overrun')).says,
    'hung operations, late operations; 50.0% succeeded',
  );
  t.is(lookOf(clear(0)).says, 'nothing got through; 0% succeeded');
  t.is(lookOf({kind: 'not-hit', anchor: null}).says, 'not hit');
});

const rowWith = (scenario: string, ...cells: readonly WeatherCell[]): WeatherRow => ({
  ...rowsOf(judgedRun())[0]!,
  scenario,
  cells: Object.fromEntries(cells.map((cell, index) => [`fault-${index}`, cell])),
});

test('what shows the worst under most faults comes first, and variants follow their defaults', t => {
  const [hung, late, odd] = [
    shows('hung-operation', 'fail'),
    shows('deadline-overrun', 'warn'),
    shows('error-type-malformed', 'warn'),
  ];
  const rows = [
    rowWith('fine', clear(1), clear(1)),
    rowWith('telemetry', odd, odd),
    rowWith('late', late, clear(1)),
    rowWith('hung once', hung, late),
    {...rowWith('hung once', clear(1), clear(1)), variant: 'bounded', role: 'changed' as const},
    rowWith('hung twice', hung, hung),
    rowWith('unsafe once', shows('lost-acknowledged', 'fail'), clear(1)),
    rowWith('as fine', clear(1), clear(1)),
  ];
  t.deepEqual(
    byWhatMatters(rows).map(({scenario, variant}) => (variant === 'bounded' ? variant : scenario)),
    ['unsafe once', 'hung twice', 'hung once', 'bounded', 'late', 'telemetry', 'fine', 'as fine'],
  );
  t.is(failingCount(rows, 'fault-0'), 3);
});

const weather = (): Weather => {
  const run = judgedRun();
  return {
    schemaVersion: weatherSchemaVersion,
    status: 'complete',
    storm: 'quick',
    startedAt: '2026-11-02T14:03:12.480Z',
    endedAt: '2026-11-02T14:23:08.020Z',
    seed: 42,
    command: 'npx foulweather run --all --every-variant --storm quick --seed 42',
    environment: run.record.environment,
    ...gatherColumns([columnsOf(run.record.plan.phases)]),
    rows: rowsOf(run),
    leftOut: [
      {
        scenario: 'redis',
        code: 'FW_SERVICE_NEEDED',
        reason: 'Scenario "redis" needs a running Redis.',
        hint: 'Add --start-services to start one (`apt-get install redis-server` installs it), or use your own: --target redis://127.0.0.1:6379',
      },
    ],
  };
};

const spoken = (
  language: string,
  speaks: string | null,
  scenario: string,
  ...cells: readonly WeatherCell[]
): WeatherRow => ({...rowWith(scenario, ...cells), language, speaks});

const inLanguages = (): Weather => ({
  ...weather(),
  columns: ['fault-0', 'fault-1'],
  about: {'fault-0': {group: 'slow', fault: null}, 'fault-1': {group: 'cut', fault: null}},
  rows: [
    spoken('Go', 'Redis', 'go-redis', clear(1)),
    spoken('JavaScript', 'HTTP', 'fetch', clear(1), clear(1)),
    spoken('JavaScript', 'Redis', 'redis', clear(1)),
    spoken('JavaScript', 'MQTT', 'mqtt', clear(1)),
    spoken('Python', 'HTTP', 'python-httpx', clear(1), clear(1)),
    spoken('JavaScript', null, 'ws', clear(1)),
  ],
});

test('libraries in several languages that speak one protocol share a table, with the faults that they met', t => {
  const tables = tablesOf(inLanguages()).map(({title, columns, rows}) => [
    title,
    columns.join(' '),
    rows.map(({scenario}) => scenario).join(' '),
  ]);
  t.deepEqual(tables, [
    ['HTTP', 'fault-0 fault-1', 'fetch python-httpx'],
    ['Redis', 'fault-0', 'go-redis redis'],
    ['Other protocols', 'fault-0', 'mqtt ws'],
  ]);
});

test('libraries in one language have one table', t => {
  const rows = inLanguages().rows.filter(({language}) => language === 'JavaScript');
  const tables = tablesOf({...inLanguages(), rows});
  t.deepEqual(
    tables.map(table => [table.title, table.rows.length]),
    [[null, 4]],
  );
});

test('in a table of several languages each library has its own beside it', t => {
  const {'weather.md': markdown = '', 'weather.html': page = ''} = renderWeather(inLanguages());
  t.true(markdown.includes('### Redis\n\n| Library | Language | Slow: fault-0 |'));
  t.regex(markdown, /\n\| \[go-redis\]\(\S+\) [\d.]+ \| Go \| \[✔ 100%\]/);
  t.regex(markdown, /\n\| \*\*‼ or ✖\*\* \| +\| 0 of 2 \|/);
  t.is(page.match(/<h2>(?:HTTP|Redis|Other protocols)<\/h2>/g)?.length, 3);
  t.is(page.match(/<th scope="col" rowspan="2">Language<\/th>/g)?.length, 3);
  t.true(page.includes('<td>Python</td>'));
});

test("a server's errors are grouped by what they do to the connection", t => {
  const groupOf = (fault: Fault) =>
    columnsOf([{name: 'a', role: 'fault', durationMs: 1, faults: [fault]}])[0]!.group;
  t.is(groupOf(redisError({error: 'READONLY'})), 'wrong');
  t.is(groupOf(redisError({error: 'READONLY', ending: 'close'})), 'cut');
  t.is(groupOf(redisError({error: 'MAXCLIENTS'})), 'unreachable');
  t.is(groupOf(postgresError({error: '57P01'})), 'cut');
});

test('the title names the storm', t => {
  const titleOf = (storm: string | null) => weatherTitle({...weather(), storm});
  t.deepEqual(['quick', 'auto', null].map(titleOf), [
    'Weather report: "quick" storm',
    'Weather report: a storm for each protocol',
    'Weather report',
  ]);
});

const golden = new URL('../golden/', import.meta.url);

for (const file of ['weather.md', 'weather.html', 'weather.json']) {
  test(`${file} is as it was`, t => {
    const text = renderWeather(weather())[file]!.replace(/<style>[\s\S]*?<\/style>/, '<style>…</style>');
    const url = new URL(file, golden);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(golden, {recursive: true});
      writeFileSync(url, text);
    }
    t.is(text, readFileSync(url, 'utf8'));
  });
}
