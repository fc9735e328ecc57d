// Diagnoses: what an investigator concludes from several symptoms and figures together.
import type {NonEmpty} from './non-empty.ts';
import type {SymptomId} from './symptoms.ts';

export const diagnoses = {
  'gc-thrashing': 'high CPU and memory, heavy garbage collection, low throughput',
  'low-utilisation': 'low throughput at low CPU and memory',
  'out-of-memory': 'out of memory',
  'retry-storm': 'retry storm',
  'no-recovery': 'does not recover',
  leaks: 'leaks on every fault',
  'wrong-outcome': 'reports success that was not, or failure that was a success',
  'misleading-telemetry': 'misleading telemetry',
} as const;

/** The name of a diagnosis. */
export type DiagnosisId = keyof typeof diagnoses;

/** Diagnoses of the process, which concern its CPU, its memory and its threads. */
export const processDiagnoses: readonly DiagnosisId[] = ['out-of-memory', 'gc-thrashing', 'low-utilisation'];

/** What several symptoms of a trial mean together. */
export type Diagnosis = {
  /** Its stable name. */
  readonly diagnosis: DiagnosisId;
  /** The phase it belongs to. */
  readonly phase: string;
  /** The symptoms that make it up, all of them present. */
  readonly symptoms: NonEmpty<SymptomId>;
  /** What was observed, in one or more sentences with numbers. */
  readonly statement: string;
};
