// The weather report: what a cell says, and its renderings against literal output.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import test from 'ava';
import type {Finding, PresentFinding} from '../../../src/model/finding.ts';
import type {JudgedRun} from '../../../src/model/run.ts';
import {runStory} from '../../../src/report/case-study/run-story.ts';
import {redactRun} from '../../../src/report/redact.ts';
import {renderWeather} from '../../../src/report/weather/render.ts';
import {columnsOf, weatherRows} from '../../../src/report/weather/rows.ts';
import {
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

test('of several symptoms of a fault the gravest is named, and how many others there are', t => {
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
  t.deepEqual(row!.cells[last.name], {kind: 'not-reached'});
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
  t.deepEqual(row!.cells[fault.name], {kind: 'not-hit'});
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
    columns: columnsOf(run.record.plan.phases).map(({column}) => column),
    rows: rowsOf(run),
    leftOut: [
      {
        scenario: 'redis',
        code: 'FW_SERVICE_NEEDED',
        reason: 'The scenario redis needs a real server: Redis.',
        hint: 'Give --start-services to have it started (apt-get install redis-server).',
      },
    ],
  };
};

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
