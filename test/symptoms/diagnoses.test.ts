// Pictures: what several symptoms and figures mean together.
import test from 'ava';
import type {DiagnosisId} from '../../src/model/diagnosis.ts';
import type {Finding, Severity} from '../../src/model/finding.ts';
import type {PhaseSummary} from '../../src/model/run.ts';
import type {SymptomId} from '../../src/model/symptoms.ts';
import {picturesOf} from '../../src/symptoms/diagnoses.ts';

const present = (symptom: SymptomId, severity: Severity = 'fail', phase = 'baseline'): Finding => ({
  symptom,
  verdict: 'present',
  severity,
  phase,
  evidence: [
    {
      phase,
      witness: 'system',
      statement: `It is ${symptom}.`,
      value: 1,
      threshold: 0,
      unit: 'count',
      count: 1,
      operations: [],
    },
  ],
});

const baseline = (cpuRatio: number): PhaseSummary =>
  ({
    phase: 'baseline',
    cpuRatio,
    gcRatio: 0.31,
    rssMaxBytes: 500 * 1024 ** 2,
    goodputPerSecond: 41,
  }) as Partial<PhaseSummary> as PhaseSummary;

const shows = test.macro({
  title: (_title, findings: readonly Finding[], cpuRatio: number, expected: readonly DiagnosisId[]) =>
    `${findings.map(({symptom}) => symptom).join(' and ')} at ${cpuRatio} of a core: ${expected.join(', ') || 'no picture'}`,
  exec(t, findings: readonly Finding[], cpuRatio: number, expected: readonly DiagnosisId[]) {
    t.deepEqual(
      picturesOf(findings, [baseline(cpuRatio)]).map(({diagnosis}) => diagnosis),
      [...expected],
    );
  },
});

test(shows, [], 1, []);
test(shows, [{symptom: 'out-of-memory', verdict: 'clear'}], 1, []);
test(shows, [present('gc-pressure')], 0.9, ['gc-thrashing']);
test(shows, [present('gc-pressure')], 0.2, []);
test(shows, [present('gc-pressure'), present('out-of-memory')], 0.9, ['out-of-memory']);
test(shows, [present('under-utilised')], 0.05, ['low-utilisation']);
test(shows, [present('retry-amplification', 'warn')], 0.1, []);
test(shows, [present('retry-amplification'), present('slow-recovery')], 0.1, ['retry-storm', 'no-recovery']);
test(shows, [present('connection-leak')], 0.1, ['leaks']);
test(shows, [present('duplicate-effect')], 0.1, ['wrong-outcome']);
test(shows, [present('span-leak'), present('hidden-attempts')], 0.1, ['misleading-telemetry']);
test(shows, [present('process-crash'), present('event-loop-stall')], 0.1, []);

test('it names the symptoms, the telling one first, and the figures of the process', t => {
  t.deepEqual(picturesOf([present('cpu-bound'), present('gc-pressure')], [baseline(0.94)]), [
    {
      diagnosis: 'gc-thrashing',
      phase: 'baseline',
      symptoms: ['gc-pressure', 'cpu-bound'],
      statement:
        'It is gc-pressure. Phase baseline: 94% of a core, 31.0% of the time in garbage collection, peak RSS 500 MiB, 41.0 operations per second.',
    },
  ]);
});

// Each rule with all that it names, in another order than it names them, and what it does not name.
const named: {readonly [diagnosis in DiagnosisId]: readonly SymptomId[]} = {
  'out-of-memory': ['out-of-memory', 'gc-pressure', 'cpu-bound'],
  'gc-thrashing': ['gc-pressure', 'cpu-bound', 'event-loop-stall'],
  'low-utilisation': ['under-utilised', 'pool-exhaustion'],
  'retry-storm': [
    'retry-amplification',
    'unbounded-retries',
    'no-backoff',
    'no-jitter',
    'retry-after-ignored',
    'retries-non-retryable',
  ],
  'no-recovery': [
    'metastable',
    'wedged-client',
    'silent-consumer',
    'breaker-stuck',
    'slow-recovery',
    'orphaned-operation',
    'hung-operation',
  ],
  leaks: ['connection-leak', 'memory-growth', 'pool-slot-leak', 'listener-leak'],
  'wrong-outcome': [
    'lost-acknowledged',
    'duplicate-effect',
    'false-failure',
    'crossed-response',
    'truncation-accepted',
    'swallowed-error',
    'reordered',
  ],
  'misleading-telemetry': [
    'telemetry-contradicts',
    'hidden-attempts',
    'span-leak',
    'duration-misreported',
    'pool-gauge-wrong',
  ],
};
const alone: {readonly [diagnosis in DiagnosisId]?: number} = {
  'out-of-memory': 1,
  'gc-thrashing': 1,
  'low-utilisation': 1,
  'retry-storm': 1,
  'no-recovery': 5,
};
const cpuOf = (diagnosis: DiagnosisId): number => (diagnosis === 'low-utilisation' ? 0.29 : 0.6);

for (const [diagnosis, symptoms] of Object.entries(named) as [DiagnosisId, readonly SymptomId[]][]) {
  test(`all of ${diagnosis}`, t => {
    const findings = [...symptoms, 'process-crash' as const].map(symptom => present(symptom)).reverse();
    const [picture, ...others] = picturesOf(findings, [baseline(cpuOf(diagnosis))]);
    t.deepEqual(others, []);
    t.is(picture?.diagnosis, diagnosis);
    t.deepEqual(picture?.symptoms, symptoms);
    t.regex(picture!.statement, new RegExp(`^It is ${symptoms[0]}\\.`));
  });

  test(`each of ${diagnosis} by itself`, t => {
    const making = symptoms.filter(
      symptom => picturesOf([present(symptom)], [baseline(cpuOf(diagnosis))])[0]?.diagnosis === diagnosis,
    );
    t.deepEqual(making, symptoms.slice(0, alone[diagnosis]));
  });
}

test('limits of the CPU', t => {
  const names = (symptom: SymptomId, cpuRatio: number | null): readonly string[] =>
    picturesOf([present(symptom)], [{...baseline(0), cpuRatio}]).map(({diagnosis}) => diagnosis);
  t.deepEqual(names('gc-pressure', 0.59), []);
  t.deepEqual(names('gc-pressure', 0.6), ['gc-thrashing']);
  t.deepEqual(names('gc-pressure', null), []);
  t.deepEqual(names('under-utilised', 0.29), ['low-utilisation']);
  t.deepEqual(names('under-utilised', 0.3), []);
  t.deepEqual(names('under-utilised', null), ['low-utilisation']);
});

test('the figures are those of the phase of the first symptom, as far as they are known', t => {
  const [calm] = [baseline(0.94)];
  const unknown = {...calm, phase: 'stall', cpuRatio: null, gcRatio: null, rssMaxBytes: null};
  const statementOf = (phase: string): string | undefined =>
    picturesOf([present('out-of-memory', 'fail', phase)], [calm, unknown])[0]?.statement;
  t.is(statementOf('stall'), 'It is out-of-memory. Phase stall: 41.0 operations per second.');
  t.is(statementOf('drain'), 'It is out-of-memory.');
  t.is(picturesOf([present('connection-leak')], [calm])[0]?.statement, 'It is connection-leak.');
});
