// What a platform tells of a process from outside, and that the report says what it does not tell.

import test from 'ava';
import type {SystemSample} from '../../../src/model/process-witness.ts';
import type {Trial} from '../../../src/model/trial.ts';
import {renderReport} from '../../../src/report/report.ts';
import {judgedRun} from '../../helpers/judged-run.ts';
import {reportText} from '../../helpers/report-text.ts';
import {jvmReading} from '../../helpers/trial-runtime.ts';

const missing = /This platform reports .* were not observed\./;

/** As if the operating system had said this every half second; the process itself said what it always says. */
const reportWith = (sampleOf: ((atMs: number, trial: Trial) => SystemSample) | null): string => {
  const run = judgedRun();
  const trials = run.trials.map(trial => ({
    ...trial,
    system: sampleOf === null ? [] : trial.resources.map(({atMs}): SystemSample => sampleOf(atMs, trial)),
  }));
  return reportText(renderReport({...run, trials}));
};

const sample = (atMs: number): SystemSample => ({
  atMs,
  cpuMs: atMs / 10,
  rssBytes: 123_000_000,
  threadCount: 11,
  fileDescriptorCount: 23,
  socketCount: 7,
});

const rowsOf = (report: string): string[] =>
  report
    .split('\n')
    .filter(line => /^\| Peak (?:RSS|file descriptors|sockets)/.test(line))
    .map(line => line.split('|')[1]!.trim());

test('where the platform tells all, nothing is said to be missing', t => {
  const report = reportWith(sample);
  t.notRegex(report, missing);
  t.deepEqual(rowsOf(report), ['Peak RSS', 'Peak file descriptors', 'Peak sockets']);
  t.regex(report, /\| Peak file descriptors \| 23 \| 23 \|/);
});

test('where it tells only CPU time and memory, the report says so, and shows no row for the rest', t => {
  const report = reportWith(atMs => ({
    ...sample(atMs),
    threadCount: null,
    fileDescriptorCount: null,
    socketCount: null,
  }));
  t.is(
    missing.exec(report)?.[0],
    'This platform reports only the CPU time and memory of other processes: threads, descriptors and sockets were not observed.',
  );
  t.deepEqual(rowsOf(report), ['Peak RSS']);
  t.regex(report, /\| Peak RSS \| 117\sMiB \| 117\sMiB \|/);
});

test('where it tells nothing, the report says so, and the memory is what the process itself says', t => {
  const report = reportWith(null);
  t.is(
    missing.exec(report)?.[0],
    'This platform reports nothing about other processes: threads, descriptors and sockets were not observed.',
  );
  t.deepEqual(rowsOf(report), ['Peak RSS']);
});

test('too many descriptors to look at each are counted, and their sockets are not said to be missing', t => {
  const report = reportWith(atMs => ({...sample(atMs), fileDescriptorCount: 5000, socketCount: null}));
  t.notRegex(report, missing);
  t.regex(report, /\| Peak file descriptors \| 5,000 \| 5,000 \|/);
});

test('of a program in another language, heap, collections and threads are what its runtime reports', t => {
  const run = judgedRun();
  const runtimeOf = ({resources}: Trial) =>
    resources.map(({atMs}) =>
      jvmReading(atMs, {
        heapUsedBytes: 40 * 1024 ** 2,
        heapReservedBytes: 64 * 1024 ** 2,
        heapLimitBytes: 128 * 1024 ** 2,
        heapAfterGcBytes: 12 * 1024 ** 2,
        gcPauseMs: 50,
        gcCount: 2,
        fullGcCount: 1,
        threadCount: 30,
        threadStates: {runnable: 6, timed_waiting: 24},
      }),
    );
  const trials = run.trials.map(trial => ({
    ...trial,
    resources: [],
    telemetry: trial.telemetry && {...trial.telemetry, runtime: runtimeOf(trial)},
  }));
  const rendered = renderReport({...run, trials});
  const report = reportText(rendered);
  t.regex(report, /\| Peak heap used, of the heap reserved \| 40\.0\sMiB of 64\.0\sMiB \|/);
  t.regex(report, /\| Heap limit \(runtime metrics\) \| 128\sMiB \|/);
  t.regex(report, /\| Long-lived heap after its last collection \| 12\.0\sMiB \|/);
  t.regex(report, /\| GC time \(runtime metrics\) \| [\d.]+% in \d+ pauses, \d+ of them full collections \|/);
  t.regex(report, /\| Peak threads \(runtime metrics\) \| 30: 24 timed waiting, 6 runnable \|/);
  t.notRegex(report, /perf_hooks|goroutines/);
  t.regex(rendered.files['resources.svg'] ?? '', /heap and buffers in use/);
});
