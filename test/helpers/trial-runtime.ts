// A program whose runtime reports on itself, once a second, and what is judged of it.
import test from 'ava';
import type {Finding} from '../../src/model/finding.ts';
import type {RuntimeSample} from '../../src/model/runtime-sample.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {detect} from '../../src/symptoms/detect.ts';
import type {Answered} from './symptom-macro.ts';
import {presentOf, type TrialChanges, telemetryOf, trialWith} from './trial-believable.ts';

const mib = 1024 ** 2;

const nothing: Omit<RuntimeSample, 'atMs'> = {
  heapUsedBytes: null,
  heapReservedBytes: null,
  heapLimitBytes: null,
  heapAfterGcBytes: null,
  externalBytes: null,
  gcPauseMs: null,
  gcCount: null,
  fullGcCount: null,
  cpuMs: null,
  threadCount: null,
  taskCount: null,
};

/** A runtime that reports nothing but what is given. */
export const reading = (atMs: number, changes: Partial<RuntimeSample> = {}): RuntimeSample => ({
  ...nothing,
  atMs,
  ...changes,
});

/** A JVM that had nothing to collect, but for what is changed. */
export const jvmReading = (atMs: number, changes: Partial<RuntimeSample> = {}): RuntimeSample =>
  reading(atMs, {
    heapUsedBytes: 20 * mib,
    gcPauseMs: 0,
    gcCount: 0,
    fullGcCount: 0,
    ...changes,
  });

/** Of all seconds from the first to the last one, with what is changed in some of them. */
export const jvmReadings = (
  fromMs: number,
  toMs: number,
  changesAt: {readonly [atMs: number]: Partial<RuntimeSample>} = {},
): RuntimeSample[] =>
  Array.from({length: (toMs - fromMs) / 1000 + 1}, (_, index) => {
    const atMs = fromMs + 1000 * index;
    return jvmReading(atMs, changesAt[atMs]);
  });

/** CPU time by the operating system, at 80% of a core. */
const system: TrialChanges['system'] = Array.from({length: 39}, (_, index) => ({
  atMs: 500 * index,
  cpuMs: 400 * index,
  rssBytes: 300 * mib,
  threadCount: 30,
  fileDescriptorCount: null,
  socketCount: null,
}));

export const programWith = (runtime: readonly RuntimeSample[], changes: TrialChanges = {}): TrialChanges => ({
  runtime: 'OpenJDK 64-Bit Server VM 17.0.15',
  system,
  telemetry: {...telemetryOf([]), runtime},
  ...changes,
});

/** With what is needed to call a trial clear. */
export const judgedFinding = (symptom: SymptomId, changes: TrialChanges): Finding =>
  detect(trialWith(changes)).find(finding => finding.symptom === symptom)!;

/** One row: a trial, and what is judged of it in the end, with its value or, by a pattern, its reason. */
export const isJudged = test.macro({
  title: (title, symptom: SymptomId) => `${symptom} of a program: ${title}`,
  exec(t, symptom: SymptomId, changes: TrialChanges, expected: Answered) {
    const finding = judgedFinding(symptom, changes);
    if (typeof expected === 'string') t.is(finding.verdict, expected, JSON.stringify(finding));
    else if (expected instanceof RegExp) {
      t.regex(finding.verdict === 'inconclusive' ? finding.reason : JSON.stringify(finding), expected);
      t.is(finding.verdict, 'inconclusive');
    } else {
      const {evidence, phase} = presentOf(finding);
      t.true(Math.abs(evidence[0].value - expected.value) < 1e-6, `${evidence[0].value}`);
      if (expected.phase !== undefined) t.is(phase, expected.phase);
    }
  },
});
