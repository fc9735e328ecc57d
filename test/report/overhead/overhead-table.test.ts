// What telemetry costs, from a run that never took place.
import test from 'ava';
import {telemetryModes} from '../../../src/model/choices.ts';
import type {JudgedRun, PhaseSummary, TrialJudgement} from '../../../src/model/run.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {overheadReport} from '../../../src/report/overhead/overhead-report.ts';
import {isSilent, overheadOf, overheadTable} from '../../../src/report/overhead/overhead-table.ts';

const cpuUs = {off: 100, 'api-only': 110, unsampled: 150, 'metrics-only': 180, full: 250} as const;

const runOf = (trialCount: number): JudgedRun => {
  const planned = telemetryModes.flatMap(mode =>
    Array.from({length: trialCount}, (_, index) => ({mode, number: index + 1, id: `${mode}-${index + 1}`})),
  );
  const phase = (mode: (typeof telemetryModes)[number], number: number) =>
    ({
      phase: 'measured',
      cpuUsPerOperation: cpuUs[mode] + number,
      goodputPerSecond: 1_000_000 / cpuUs[mode],
      rssMaxBytes: 100 * 2 ** 20,
    }) as PhaseSummary;
  return {
    record: {seed: 1},
    trials: planned.map(
      ({mode, number, id}) => ({id, number, variant: mode, telemetry: null}) as unknown as Trial,
    ),
    judgement: {
      trials: planned.map(
        ({mode, number, id}) =>
          ({trialId: id, variant: mode, phases: [phase(mode, number)]}) as unknown as TrialJudgement,
      ),
    },
  } as unknown as JudgedRun;
};

test('each mode has its medians, and its ratio to off where there are pairs enough', t => {
  const rows = overheadOf(runOf(5), 'measured');
  t.deepEqual(
    rows.map(({mode, trialCount, cpuUsPerOperation}) => [mode, trialCount, cpuUsPerOperation.value]),
    [
      ['off', 5, 103],
      ['api-only', 5, 113],
      ['unsampled', 5, 153],
      ['metrics-only', 5, 183],
      ['full', 5, 253],
    ],
  );
  t.is(rows[0]!.cpuUsPerOperation.ratio, null);
  const {ratio, low, high, pairCount} = rows[4]!.cpuUsPerOperation.ratio!;
  t.is(ratio.toFixed(3), (253 / 103).toFixed(3));
  t.true(low <= ratio && ratio <= high);
  t.is(pairCount, 5);
  t.is(rows[4]!.operationsPerSecond.ratio!.ratio.toFixed(1), '0.4');
});

test('with fewer trials there are figures and no ratios', t => {
  const rows = overheadOf(runOf(2), 'measured');
  t.true(
    rows.every(({cpuUsPerOperation}) => cpuUsPerOperation.ratio === null && cpuUsPerOperation.value !== null),
  );
});

const spans = (spanCount: number, ...metrics: readonly string[]): Trial['telemetry'] =>
  ({spanCount, metrics: metrics.map(name => ({name}))}) as unknown as Trial['telemetry'];

const silent: {readonly [title: string]: readonly [full: Trial['telemetry'], isSilent: boolean]} = {
  'neither spans nor metrics': [spans(0), true],
  'what the runtime says is not of the library': [spans(0, 'go.memory.used', 'otel.sdk.span.live'), true],
  'a span': [spans(1), false],
  'a metric': [spans(0, 'db.client.operation.duration'), false],
  'what is not known': [null, false],
};

for (const [title, [full, expected]] of Object.entries(silent)) {
  test(`a library that says nothing costs nothing: ${title}`, t => {
    const run = runOf(2);
    const trials = run.trials.map(trial => (trial.variant === 'full' ? {...trial, telemetry: full} : trial));
    t.is(isSilent({trials}), expected);
  });
}

test('the table says what the modes are', t => {
  const lines = overheadTable(overheadOf(runOf(5), 'measured'))
    .trimEnd()
    .split('\n');
  t.is(lines.length, 6);
  t.regex(lines[0]!, /^telemetry +CPU per operation +operations +memory$/);
  t.regex(lines[1]!, /^off +103 µs .*no SDK, no instrumentation$/);
  t.regex(lines[5]!, /^full +253 µs = 2\.46× \(.+–.+\) .*spans and metrics, exported$/);
});

test('the report begins with the answer, and says how it was measured', t => {
  const run = runOf(5);
  const record = {
    ...run.record,
    id: 'run-1',
    plan: {name: 'calm'},
    trialsPerVariant: 5,
    command: 'npx foulweather overhead calm',
    startedAt: '2026-11-02T14:03:12.480Z',
    environment: {cpu: 'a CPU', cpuCount: 2, platform: 'linux x64'},
  } as unknown as JudgedRun['record'];
  const trials = run.trials.map(trial => ({
    ...trial,
    runtime: 'Node.js v24.0.0',
    versions: {undici: '8.0.0'},
  }));
  const text = overheadReport({...run, record, trials}, overheadOf(run, 'measured')).replaceAll(
    '\u00A0',
    ' ',
  );
  t.regex(
    text,
    /^# What telemetry costs calm: 103 µs of CPU per operation without it, 253 µs with all of it, 2\.46× \(.+–.+\)\n/,
  );
  t.is(text.match(/^\| `[a-z-]+` /gm)?.length, 5);
  t.regex(text, /5 trials each/);
  t.regex(text, /Node\.js v24\.0\.0, undici 8\.0\.0/);
});
