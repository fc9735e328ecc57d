// All symptoms by id, and their thresholds as a scenario has them.
import {connectionSymptoms} from './symptoms/connections.ts';
import {type SymptomFacts, weights} from './symptoms/facts.ts';
import {operationSymptoms} from './symptoms/operations.ts';
import {processSymptoms} from './symptoms/process.ts';
import {recoverySymptoms} from './symptoms/recovery.ts';
import {retrySymptoms} from './symptoms/retries.ts';
import {telemetrySymptoms} from './symptoms/telemetry.ts';

const table = {
  ...operationSymptoms,
  ...retrySymptoms,
  ...recoverySymptoms,
  ...connectionSymptoms,
  ...processSymptoms,
  ...telemetrySymptoms,
} as const;

/** The name of a symptom, as listed in docs/symptoms.md. */
export type SymptomId = keyof typeof table;

export const symptoms: {readonly [symptom in SymptomId]: SymptomFacts} = table;

export const symptomIds = Object.keys(table) as readonly SymptomId[];

/** The worst first: by their weights, and then as the catalogue has them. */
export const byWeight = (a: SymptomId, b: SymptomId): number => rank(a) - rank(b);

const rank = (symptom: SymptomId): number =>
  weights.indexOf(table[symptom].weight) * symptomIds.length + symptomIds.indexOf(symptom);

/** The thresholds of one symptom, by their names. */
export type Thresholds<Id extends SymptomId> = {
  readonly [name in keyof (typeof table)[Id]['thresholds']]: number;
};

/** What a scenario changes: `{'retry-amplification': {failRatio: 5}}`. */
export type ThresholdChanges = {readonly [symptom in SymptomId]?: Partial<Thresholds<symptom>>};

/** The defaults, but for what the scenario changes. */
export const thresholdsOf = <Id extends SymptomId>(
  symptom: Id,
  changes: ThresholdChanges | undefined,
): Thresholds<Id> => ({...table[symptom].thresholds, ...changes?.[symptom]}) as Thresholds<Id>;
