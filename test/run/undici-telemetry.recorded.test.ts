// What is known of undici's instrumentation is found by itself, through the real harness.
import test from 'ava';
import type {Evidence} from '../../src/model/finding.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {recordedRun} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t =>
  recordedRun(t, 'undici-says', {
    limits: {lingerMs: 500, idleMs: 500},
  }),
);

const evidenceOf = (variant: string, symptom: SymptomId): readonly Evidence[] => {
  const finding = ran()
    .trial(variant)
    .judgement.findings.find(candidate => candidate.symptom === symptom);
  return finding?.verdict === 'present' ? finding.evidence : [];
};

test('a body that nobody reads leaves its request without a span and without a metric', t => {
  const {trial, judgement} = ran().trial('unread');
  const [baseline] = judgement.phases;
  t.is(baseline!.outcomes.ok, baseline!.started);
  const [hidden] = evidenceOf('unread', 'hidden-attempts');
  t.is(hidden?.value, 1, hidden?.statement);
  t.true(evidenceOf('unread', 'span-leak')[0]!.value >= baseline!.started);
  t.deepEqual(
    trial.telemetry!.metrics.filter(
      ({name, attributes}) =>
        name === 'http.client.request.duration' && attributes['http.response.status_code'] === 200,
    ),
    [],
  );
});

test("a caller's time-out gives the number 23 as error.type", t => {
  const evidence = evidenceOf('time-out', 'error-type-malformed');
  t.true(
    evidence.some(({statement}) => statement.includes('not a string (23)')),
    JSON.stringify(evidence),
  );
  const violations = ran()
    .trial('time-out')
    .judgement.conventions!.filter(({level}) => level === 'violation');
  t.true(
    violations.some(
      ({signal, rule, subject}) => signal === 'span' && rule === 'type' && subject === 'error.type',
    ),
  );
});

test('a request that is sent again never has http.request.resend_count', t => {
  const {judgement} = ran().trial('retry');
  const [, cut] = judgement.phases;
  t.true(cut!.attempts! > cut!.started, `${cut!.attempts} attempts of ${cut!.started}`);
  const finding = judgement.conventions!.find(({rule}) => rule === 'resend');
  t.like(finding, {level: 'improvement', area: 'http', subject: 'http.request.resend_count'});
  t.is(finding!.count, finding!.ofCount);
});
