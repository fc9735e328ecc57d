// Findings and figures of a trial → diagnoses. Each rule names its symptoms, the most informative first; a diagnosis
// applies when one of its `anyOf` is present, and `holds`, where there is one, returns true.

import {megabytes} from '../measures/evidence.ts';
import type {Diagnosis, DiagnosisId} from '../model/diagnosis.ts';
import type {Finding, PresentFinding} from '../model/finding.ts';
import type {PhaseSummary} from '../model/run.ts';
import type {SymptomId} from '../model/symptoms.ts';

type Look = {
  readonly present: ReadonlyMap<SymptomId, PresentFinding>;
  readonly phaseOf: (finding: PresentFinding) => PhaseSummary | null;
};

type Rule = {
  readonly anyOf: readonly SymptomId[];
  /** Reported with the diagnosis where they are present, but not sufficient for it. */
  readonly with?: readonly SymptomId[];
  readonly holds?: (look: Look) => boolean;
  /** Whether the figures of the process belong to it. */
  readonly process?: true;
};

/** Of a core: a process that waits for its network uses less. */
const busyCpuRatio = 0.6;
const idleCpuRatio = 0.3;

const cpuOf = ({present, phaseOf}: Look, symptom: SymptomId): number | null => {
  const finding = present.get(symptom);
  return (finding && phaseOf(finding)?.cpuRatio) ?? null;
};

const rules: {readonly [diagnosis in DiagnosisId]: Rule} = {
  'out-of-memory': {anyOf: ['out-of-memory'], with: ['gc-pressure', 'cpu-bound'], process: true},
  /** Much collection, in a process that uses more than half a core in that phase. */
  'gc-thrashing': {
    anyOf: ['gc-pressure'],
    with: ['cpu-bound', 'event-loop-stall'],
    holds: look => (cpuOf(look, 'gc-pressure') ?? 0) >= busyCpuRatio && !look.present.has('out-of-memory'),
    process: true,
  },
  /** Operations queue in the client while CPU and target idle. */
  'low-utilisation': {
    anyOf: ['under-utilised'],
    with: ['pool-exhaustion'],
    holds: look => (cpuOf(look, 'under-utilised') ?? 0) < idleCpuRatio,
    process: true,
  },
  /** Three attempts and more for each operation: fewer are a warning, and no storm. */
  'retry-storm': {
    anyOf: ['retry-amplification'],
    with: ['unbounded-retries', 'no-backoff', 'no-jitter', 'retry-after-ignored', 'retries-non-retryable'],
    holds: ({present}) => present.get('retry-amplification')?.severity === 'fail',
  },
  'no-recovery': {
    anyOf: ['metastable', 'wedged-client', 'silent-consumer', 'breaker-stuck', 'slow-recovery'],
    with: ['orphaned-operation', 'hung-operation'],
  },
  leaks: {anyOf: ['connection-leak', 'memory-growth', 'pool-slot-leak', 'listener-leak']},
  'wrong-outcome': {
    anyOf: [
      'lost-acknowledged',
      'duplicate-effect',
      'false-failure',
      'crossed-response',
      'truncation-accepted',
      'swallowed-error',
      'reordered',
    ],
  },
  'misleading-telemetry': {
    anyOf: [
      'telemetry-contradicts',
      'hidden-attempts',
      'span-leak',
      'duration-misreported',
      'pool-gauge-wrong',
    ],
  },
};

/** Pure; the worst first, in the order of the rules. */
export const picturesOf = (findings: readonly Finding[], phases: readonly PhaseSummary[]): Diagnosis[] => {
  const present = new Map(
    findings.filter(finding => finding.verdict === 'present').map(finding => [finding.symptom, finding]),
  );
  const phaseOf = (finding: PresentFinding): PhaseSummary | null =>
    phases.find(({phase}) => phase === finding.phase) ?? null;
  const look: Look = {present, phaseOf};
  return (Object.entries(rules) as [DiagnosisId, Rule][]).flatMap(([diagnosis, rule]) => {
    const [first, ...others] = rule.anyOf.flatMap(symptom => present.get(symptom) ?? []);
    if (!first || rule.holds?.(look) === false) return [];
    const beside = (rule.with ?? []).filter(symptom => present.has(symptom));
    const phase = rule.process ? phaseOf(first) : null;
    return [
      {
        diagnosis,
        phase: first.phase,
        symptoms: [first.symptom, ...others.map(({symptom}) => symptom), ...beside],
        statement: [first.evidence[0].statement, ...(phase ? [processText(phase)] : [])].join(' '),
      },
    ];
  });
};

const processText = ({phase, cpuRatio, gcRatio, rssMaxBytes, goodputPerSecond}: PhaseSummary): string => {
  const shares = [
    cpuRatio === null ? null : `${(cpuRatio * 100).toFixed(0)}% of a core`,
    gcRatio === null ? null : `${(gcRatio * 100).toFixed(1)}% of the time in garbage collection`,
    rssMaxBytes === null ? null : `peak RSS ${megabytes(rssMaxBytes)}`,
    `${goodputPerSecond.toFixed(1)} operations per second`,
  ];
  return `Phase ${phase}: ${shares.filter(share => share !== null).join(', ')}.`;
};
