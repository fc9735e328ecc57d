// All detectors, by symptom. One that throws makes its own finding inconclusive and says so.
import type {Detector, Finding} from '../model/finding.ts';
import {type SymptomId, symptomIds, thresholdsOf} from '../model/symptoms.ts';
import type {Trial} from '../model/trial.ts';
import {cardinalityGrowth} from './cardinality-growth.ts';
import {connectionLeak} from './connection-leak.ts';
import {cpuBound} from './cpu-bound.ts';
import {crossedResponse} from './crossed-response.ts';
import {deadlineOverrun} from './deadline-overrun.ts';
import {duplicateEffect} from './duplicate-effect.ts';
import {durationMisreported} from './duration-misreported.ts';
import {errorTypeMalformed} from './error-type-malformed.ts';
import {eventLoopStall} from './event-loop-stall.ts';
import {gcPressure} from './gc-pressure.ts';
import {hiddenAttempts} from './hidden-attempts.ts';
import {hungOperation} from './hung-operation.ts';
import {outOfMemory} from './out-of-memory.ts';
import {poolGaugeWrong} from './pool-gauge-wrong.ts';
import {processCrash} from './process-crash.ts';
import {retryAmplification} from './retry-amplification.ts';
import {inconclusive} from './say.ts';
import {slowRecovery} from './slow-recovery.ts';
import {spanLeak} from './span-leak.ts';
import {telemetryContradicts} from './telemetry-contradicts.ts';
import {telemetryLost} from './telemetry-lost.ts';
import {underUtilised} from './under-utilised.ts';

const detectors: {readonly [symptom in SymptomId]: Detector<symptom>} = {
  'hung-operation': hungOperation,
  'deadline-overrun': deadlineOverrun,
  'retry-amplification': retryAmplification,
  'duplicate-effect': duplicateEffect,
  'crossed-response': crossedResponse,
  'slow-recovery': slowRecovery,
  'connection-leak': connectionLeak,
  'process-crash': processCrash,
  'out-of-memory': outOfMemory,
  'event-loop-stall': eventLoopStall,
  'gc-pressure': gcPressure,
  'cpu-bound': cpuBound,
  'under-utilised': underUtilised,
  'hidden-attempts': hiddenAttempts,
  'span-leak': spanLeak,
  'telemetry-contradicts': telemetryContradicts,
  'error-type-malformed': errorTypeMalformed,
  'duration-misreported': durationMisreported,
  'pool-gauge-wrong': poolGaugeWrong,
  'cardinality-growth': cardinalityGrowth,
  'telemetry-lost': telemetryLost,
};

export const detect = (trial: Trial): Finding[] => symptomIds.map(symptom => detectOne(symptom, trial));

/** What one detector says, by the thresholds of the trial's plan. */
export const detectOne = <Id extends SymptomId>(symptom: Id, trial: Trial): Finding => {
  try {
    return detectors[symptom](trial, thresholdsOf(symptom, trial.plan.thresholds));
  } catch (error) {
    return inconclusive(symptom, `its detector failed: ${String(error)}`);
  }
};
