import test from 'ava';
import {counted} from '../../src/measures/evidence.ts';
import {type SymptomId, symptomIds, type ThresholdChanges} from '../../src/model/symptoms.ts';
import type {TelemetryObservation} from '../../src/model/telemetry.ts';
import {detect, detectOne} from '../../src/symptoms/detect.ts';
import {booksOf, figuresOf, telemetryOf, trialWith} from '../helpers/trial-believable.ts';

test('each symptom is answered for, once', t => {
  t.deepEqual(
    detect(trialWith()).map(({symptom}) => symptom),
    [...symptomIds],
  );
});

test('a trial that says little is clear or inconclusive, never present', t => {
  const empty = trialWith({
    edges: [],
    loadEndedMs: null,
    closing: null,
    exit: null,
    end: {kind: 'interrupted'},
    driver: {phases: [], drained: null},
  });
  t.true(detect(empty).every(({verdict}) => verdict !== 'present'));
});

test('a detector that throws is inconclusive, and the others answer', t => {
  const damaged = trialWith({
    ...booksOf([{phase: 2, effects: 2}]),
    driver: {
      ...booksOf([{phase: 2, effects: 2}]).driver,
      phases: [figuresOf(1, 10, {responseOkUs: 'damaged'}), figuresOf(2, 1), figuresOf(3, 10)],
    },
  });
  const findings = detect(damaged);
  const recovery = findings.find(({symptom}) => symptom === 'slow-recovery');
  t.is(recovery?.verdict, 'inconclusive');
  t.regex(recovery?.verdict === 'inconclusive' ? recovery.reason : '', /^its detector failed: /);
  t.is(findings.find(({symptom}) => symptom === 'duplicate-effect')?.verdict, 'present');
});

test('nouns are counted', t => {
  t.deepEqual(
    [0, 1, 2].map(count => counted(count, 'operation')),
    ['0 operations', '1 operation', '2 operations'],
  );
});

test('a threshold that the scenario changes is the one that counts', t => {
  const books = booksOf(Array.from({length: 10}, () => ({phase: 2, attempts: 4})));
  const storm = {...books, driver: {...books.driver, phases: [figuresOf(2, 10)]}};
  const severityBy = (thresholds: ThresholdChanges): string => {
    const finding = detectOne('retry-amplification', trialWith({...storm, plan: {thresholds}}));
    return finding.verdict === 'present' ? finding.severity : finding.verdict;
  };
  t.is(severityBy({}), 'fail');
  t.is(severityBy({'retry-amplification': {failRatio: 5}}), 'warn');
  t.is(severityBy({'retry-amplification': {failRatio: 5, warnRatio: 4}}), 'clear');
  t.is(severityBy({'slow-recovery': {recoverMs: 1}}), 'fail');
});

test('what the library logged in its phase stands with a finding, unless that is about telemetry', t => {
  const books = booksOf([{phase: 2, attempts: 9, status: 'failed'}]);
  const telemetry: TelemetryObservation = {
    ...telemetryOf([1]),
    operations: {httpSpans: Buffer.from([1]).toString('base64'), callSpans: '', marks: ''},
    metrics: [
      {
        kind: 'sum',
        isMonotonic: true,
        phase: 3,
        scope: 'sdk',
        name: 'otel.sdk.span.started',
        unit: '',
        attributes: {},
        increase: 1,
        last: 1,
      },
    ],
    logs: {
      counts: [{phase: 2, scope: 'pg', severity: 'error', eventName: null, count: 7}],
      entries: [],
    },
  };
  const trial = trialWith({...books, telemetry});
  const saidOf = (symptom: SymptomId): readonly boolean[] | string => {
    const finding = detectOne(symptom, trial);
    return finding.verdict === 'present'
      ? finding.evidence.map(({statement}) => /^pg logged "error" 7 times/.test(statement))
      : JSON.stringify(finding);
  };
  t.deepEqual(saidOf('unbounded-retries'), [false, true]);
  t.deepEqual(saidOf('hidden-attempts'), [false]);
});
