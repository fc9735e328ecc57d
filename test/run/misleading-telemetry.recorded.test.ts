// Telemetry that lies is found out, each lie by its own symptom and through the real harness; what is honest is clear.
import test from 'ava';
import type {Finding} from '../../src/model/finding.ts';
import {telemetrySymptoms} from '../../src/model/symptoms/telemetry.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {isClear, isOfTheLibrary} from '../helpers/machine-doubt.ts';
import {recordedRun, runsMode} from '../helpers/recorded-run.ts';
import {sharedRun} from '../helpers/shared-run.ts';

const ran = sharedRun(t => recordedRun(t, 'lies'));

const fidelity = Object.keys(telemetrySymptoms) as SymptomId[];

const findings = (variant: string): readonly Finding[] =>
  ran()
    .trial(variant)
    .judgement.findings.filter(({symptom}) => fidelity.includes(symptom));

const present = (variant: string): readonly SymptomId[] =>
  findings(variant)
    .filter(({verdict}) => verdict === 'present')
    .map(({symptom}) => symptom);

test('an honest client is clear of all of them, and it is told how much was compared', t => {
  for (const finding of findings('honest')) {
    if (runsMode === 'live') isClear(t, ran().trial('honest').judgement, finding.symptom);
    else t.is(finding.verdict, 'clear', finding.symptom);
    if (finding.verdict !== 'clear') continue;
    t.true(
      finding.compared!.some(({count}) => count > 0),
      `${finding.symptom}: ${JSON.stringify(finding.compared)}`,
    );
  }
  const report = ran().reportOf('honest');
  t.regex(report, /### Telemetry accuracy/);
  t.regex(report, /\*\*hidden-attempts\*\* *\| clear *\| attempts and their spans *\| \d+ *\| 0 *\|/);
});

const found = test.macro({
  title: (_title, variant: string, symptoms: readonly SymptomId[]) => `${variant}: ${symptoms.join(', ')}`,
  exec(t, variant: string, symptoms: readonly SymptomId[]) {
    const shown = present(variant);
    t.deepEqual(
      shown.filter(symptom => !symptoms.includes(symptom)),
      [],
      'and nothing else',
    );
    // A trial that a busy machine keeps from being judged may show less: that all is found is proven on the recording.
    if (runsMode !== 'live' || isOfTheLibrary(t, ran().trial(variant).judgement)) {
      t.deepEqual(
        symptoms.filter(symptom => !shown.includes(symptom)),
        [],
        'is not found',
      );
    }
    for (const finding of findings(variant)) {
      if (finding.verdict !== 'present') continue;
      for (const {statement, value, threshold, count, operations, traces = []} of finding.evidence) {
        t.regex(statement, /\.$/);
        t.true(value > threshold && count > 0, statement);
        // Where spans were lost there is nothing to look at.
        if (variant !== 'losing') t.true(operations.length + traces.length > 0, `no example: ${statement}`);
      }
      t.true(finding.compared!.some(({differingCount}) => differingCount > 0));
    }
  },
});

test(found, 'one-span', ['hidden-attempts']);
test(found, 'forgetful', ['hidden-attempts', 'span-leak', 'telemetry-contradicts']);
test(found, 'twofold', ['span-leak']);
test(found, 'smooth', ['telemetry-contradicts']);
test(found, 'gloomy', ['telemetry-contradicts']);
test(found, 'numeric', ['error-type-malformed']);
test(found, 'typeless', ['error-type-malformed']);
test(found, 'overtyped', ['error-type-malformed', 'telemetry-contradicts']);
test(found, 'verbose', ['error-type-malformed']);
test(found, 'hasty', ['duration-misreported']);
test(found, 'miscounting', ['pool-gauge-wrong']);
test(found, 'identifying', ['cardinality-growth']);
test(found, 'naming', ['cardinality-growth']);
test(found, 'doubling', ['telemetry-contradicts']);
test(found, 'losing', ['telemetry-lost']);

test('where spans were lost nothing is clear but what needs none of them', t => {
  const clear = findings('losing').filter(({verdict}) => verdict === 'clear');
  t.deepEqual(clear, []);
});

test('an example leads to the operation and to its trace', t => {
  const finding = findings('one-span').find(({symptom}) => symptom === 'hidden-attempts');
  if (finding?.verdict !== 'present') return t.fail();
  const {trial} = ran().trial('one-span');
  const [{operations, traces}] = finding.evidence;
  const index = Number(operations[0]!.split('-').at(-1));
  t.is(traces![0], trial.tracePrefix + (index + 1).toString(16).padStart(16, '0'));
  t.true(trial.ledger!.attempts[index]! > 1);
  t.true(ran().reportOf('one-span').includes(traces![0]!));
  return undefined;
});
