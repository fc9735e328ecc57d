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
