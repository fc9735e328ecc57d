import test from 'ava';
import type {MetricSummary} from '../../../src/model/telemetry.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgedRun} from '../../helpers/judged-run.ts';
import {reportText} from '../../helpers/report-text.ts';

const scope = 'some-pool';

const gauge = (name: string, phase: number, mean: number, max: number): MetricSummary => ({
  kind: 'gauge',
  phase,
  scope,
  name,
  unit: '{task}',
  attributes: {},
  mean,
  max,
  last: mean,
});

const connections = (state: string, phase: number, last: number): MetricSummary => ({
  kind: 'sum',
  phase,
  scope,
  name: 'db.client.connection.count',
  unit: '{connection}',
  attributes: {state},
  isMonotonic: false,
  increase: 0,
  last,
});

/** What the library said in the baseline, beside what it says anyway; and 128 operations under way all the time. */
const reportWith = (metricsOf: (trial: Trial) => readonly MetricSummary[], trialsPerVariant = 1): string => {
  const run = judgedRun({trialsPerVariant});
  const trials = run.trials.map(trial => ({
    ...trial,
    telemetry: trial.telemetry && {
      ...trial.telemetry,
      metrics: [...trial.telemetry.metrics, ...metricsOf(trial)],
    },
    driver: {
      ...trial.driver,
      phases: trial.driver.phases.map(figures => ({
        ...figures,
        inFlightMs: 128 * run.record.plan.phases[figures.phase]!.durationMs,
      })),
    },
  }));
  return reportText(renderReport({...run, trials}));
};

const rowsWith = (report: string, text: string): string[] =>
  report.split('\n').filter(line => line.startsWith('|') && line.includes(text));

test('a gauge of the library is told per phase and variant, as mean and greatest value', t => {
  const report = reportWith(({variant}) => [
    gauge('pool.queue.size', 1, variant === 'defaults' ? 121.5 : 2, variant === 'defaults' ? 125 : 90),
    gauge('pool.queue.size', 2, variant === 'defaults' ? 122 : 3, 125),
  ]);
  t.true(report.includes("### The library's own metrics"));
  const [first] = rowsWith(report, '`pool.queue.size`');
  t.is(first, '| `pool.queue.size` | baseline | 122, max 125 | 2, max 90 |');
  t.true(report.includes('122, max 125 | 3, max 125 |'));
});

test('the load stands beside the gauges', t => {
  const report = reportWith(() => [gauge('pool.queue.size', 1, 1, 2)]);
  const [load] = rowsWith(report, 'in flight |');
  t.regex(load ?? '', /^\| load \| baseline \| 200\/s offered, 12\d(?:\.\d)? in flight \| 200\/s/);
});

test('of several trials the medians are told', t => {
  const report = reportWith(({number}) => [gauge('pool.queue.size', 1, 10 * number, 100 * number)], 3);
  t.true(report.includes('| `pool.queue.size` | baseline | 20, max 200 | 20, max 200 |'));
});

test('a counter that goes up and down is told as it stood at the end, each of its series', t => {
  const report = reportWith(() => [connections('used', 1, 10), connections('idle', 1, 0)]);
  t.true(report.includes('| `db.client.connection.count` (state: used) | baseline | 10 at the end |'));
  t.true(report.includes('| `db.client.connection.count` (state: idle) | baseline | 0 at the end |'));
});

test('a counter that only grows, and the gauges of the runtime, are no gauges of the library', t => {
  const report = reportWith(() => [
    {...connections('used', 1, 10), kind: 'sum', isMonotonic: true} as MetricSummary,
  ]);
  t.false(report.includes('What the library measures of itself'));
});

test('metrics of a program’s runtime are no gauges of the library', t => {
  const report = reportWith(() => [
    gauge('pool.queue.size', 1, 1, 2),
    {...connections('used', 1, 10), name: 'jvm.memory.used'},
    {...connections('used', 1, 10), name: 'go.goroutine.count'},
  ]);
  t.true(report.includes('`pool.queue.size`'));
  t.notRegex(report, /`(?:jvm|go)\./);
});

test('of very many series the first are told, and that there are more', t => {
  const report = reportWith(() =>
    Array.from({length: 20}, (_, index) => gauge(`pool.${index + 10}`, 1, 1, 1)),
  );
  t.is(rowsWith(report, '`pool.').length, 12);
  t.true(report.includes('And 8 more series.'));
});
