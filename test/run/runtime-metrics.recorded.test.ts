// The JVM's own metrics arrive, become figures of the process, and prove what a client in Java does with its memory.
import test from 'ava';
import {runtimeSamples} from '../../src/model/runtime-figures.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {readRecording, recordedRun, runsMode} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

/** Live it would take a JVM, and most of a minute; another one is run live in the test of the languages. */
const ran = sharedRun(t =>
  runsMode === 'record'
    ? recordedRun(t, 'jvm', {packagesDir: '.foulweather/test-packages'})
    : readRecording('jvm'),
);

const findingOf = (variant: string, symptom: SymptomId) =>
  ran()
    .trial(variant)
    .judgement.findings.find(finding => finding.symptom === symptom)!;

test('a client that keeps something for each failure: its heap grows', t => {
  const growth = findingOf('broken', 'memory-growth');
  t.like(growth, {verdict: 'present', severity: 'fail'});
  t.is(growth.verdict === 'present' && growth.evidence[0].witness, 'telemetry');
});

test('and makes garbage of each: it is paused for collecting it, as long as it fails', t => {
  const pressure = findingOf('broken', 'gc-pressure');
  t.is(pressure.verdict, 'present');
  const phases = pressure.verdict === 'present' ? pressure.evidence.map(({phase}) => phase) : [];
  t.true(
    phases.every(phase => phase.startsWith('fault')),
    phases.join(', '),
  );
});

test('its twin is healthy of both', t => {
  t.is(findingOf('healthy', 'gc-pressure').verdict, 'clear');
  t.is(findingOf('healthy', 'memory-growth').verdict, 'clear');
});

test('each reading has heap, collections, threads and CPU time', t => {
  const [, ...readings] = runtimeSamples(ran().trial('healthy').trial);
  t.true(readings.length > 15);
  for (const {heapUsedBytes, heapLimitBytes, threadCount, cpuMs} of readings) {
    t.true(heapUsedBytes! > 1e6 && heapUsedBytes! < heapLimitBytes!);
    t.true(threadCount! > 5 && cpuMs! > 0);
  }
  t.true(readings.some(({gcCount, fullGcCount}) => gcCount! > 0 && fullGcCount! > 0));
});

test('the figures of a phase have them', t => {
  for (const {heapMaxBytes, gcRatio} of ran().trial('healthy').judgement.phases.slice(1)) {
    t.true(heapMaxBytes! > 1e6);
    t.true(gcRatio! > 0 && gcRatio! < 0.1);
  }
});
