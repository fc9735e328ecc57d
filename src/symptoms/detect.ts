// All detectors, by symptom. One that throws makes its own finding inconclusive and says so; and none is clear of what it
// needed to see and did not.
import type {Detector, Finding} from '../model/finding.ts';
import {telemetrySymptoms} from '../model/symptoms/telemetry.ts';
import {type SymptomId, symptomIds, symptoms, thresholdsOf} from '../model/symptoms.ts';
import type {Trial} from '../model/trial.ts';
import {breakerStuck} from './breaker-stuck.ts';
import {cardinalityGrowth} from './cardinality-growth.ts';
import {closeHangs} from './close-hangs.ts';
import {connectStorm} from './connect-storm.ts';
import {connectionAfterClose} from './connection-after-close.ts';
import {connectionFlapping} from './connection-flapping.ts';
import {connectionLeak} from './connection-leak.ts';
import {connectionPileUp} from './connection-pile-up.ts';
import {cpuBound} from './cpu-bound.ts';
import {crossedResponse} from './crossed-response.ts';
import {deadlineOverrun} from './deadline-overrun.ts';
import {duplicateEffect} from './duplicate-effect.ts';
import {durationMisreported} from './duration-misreported.ts';
import {errorTypeMalformed} from './error-type-malformed.ts';
import {eventLoopStall} from './event-loop-stall.ts';
import {failsWhenCalm} from './fails-when-calm.ts';
import {falseFailure} from './false-failure.ts';
import {gcPressure} from './gc-pressure.ts';
import {halfOpenReuse} from './half-open-reuse.ts';
import {handshakeChurn} from './handshake-churn.ts';
import {headOfLineBlocking} from './head-of-line-blocking.ts';
import {hiddenAttempts} from './hidden-attempts.ts';
import {hungOperation} from './hung-operation.ts';
import {listenerLeak} from './listener-leak.ts';
import {withLogs} from './log-says.ts';
import {lostAcknowledged} from './lost-acknowledged.ts';
import {memoryGrowth} from './memory-growth.ts';
import {metastable} from './metastable.ts';
import {lackOf} from './needs.ts';
import {neverRetriesTransient} from './never-retries-transient.ts';
import {noBackoff} from './no-backoff.ts';
import {noDefaultTimeout} from './no-default-timeout.ts';
import {noJitter} from './no-jitter.ts';
import {orphanedOperation} from './orphaned-operation.ts';
import {outOfMemory} from './out-of-memory.ts';
import {withPointers} from './pointers.ts';
import {poolExhaustion} from './pool-exhaustion.ts';
import {poolGaugeWrong} from './pool-gauge-wrong.ts';
import {poolSlotLeak} from './pool-slot-leak.ts';
import {processCrash} from './process-crash.ts';
import {reconnectStorm} from './reconnect-storm.ts';
import {reordered} from './reordered.ts';
import {replayBurst} from './replay-burst.ts';
import {retriesNonRetryable} from './retries-non-retryable.ts';
import {retryAfterIgnored} from './retry-after-ignored.ts';
import {retryAmplification} from './retry-amplification.ts';
import {inconclusive} from './say.ts';
import {silentConsumer} from './silent-consumer.ts';
import {slowRecovery} from './slow-recovery.ts';
import {spanLeak} from './span-leak.ts';
import {staleKeepAlive} from './stale-keep-alive.ts';
import {staleWorkSent} from './stale-work-sent.ts';
import {swallowedError} from './swallowed-error.ts';
import {telemetryContradicts} from './telemetry-contradicts.ts';
import {telemetryLost} from './telemetry-lost.ts';
import {truncationAccepted} from './truncation-accepted.ts';
import {unboundedBuffer} from './unbounded-buffer.ts';
import {unboundedQueue} from './unbounded-queue.ts';
import {unboundedRetries} from './unbounded-retries.ts';
import {unclassifiedErrors} from './unclassified-errors.ts';
import {underUtilised} from './under-utilised.ts';
import {unhandledRejection} from './unhandled-rejection.ts';
import {wedgedClient} from './wedged-client.ts';

const detectors: {readonly [symptom in SymptomId]: Detector<symptom>} = {
  'orphaned-operation': orphanedOperation,
  'hung-operation': hungOperation,
  'deadline-overrun': deadlineOverrun,
  'retry-amplification': retryAmplification,
  'fails-when-calm': failsWhenCalm,
  'duplicate-effect': duplicateEffect,
  'crossed-response': crossedResponse,
  'slow-recovery': slowRecovery,
  'connection-leak': connectionLeak,
  'connection-after-close': connectionAfterClose,
  'connection-flapping': connectionFlapping,
  'connection-pile-up': connectionPileUp,
  'connect-storm': connectStorm,
  'process-crash': processCrash,
  'out-of-memory': outOfMemory,
  'event-loop-stall': eventLoopStall,
  'no-default-timeout': noDefaultTimeout,
  'lost-acknowledged': lostAcknowledged,
  'false-failure': falseFailure,
  reordered: reordered,
  'truncation-accepted': truncationAccepted,
  'swallowed-error': swallowedError,
  'unclassified-errors': unclassifiedErrors,
  'unbounded-retries': unboundedRetries,
  'no-backoff': noBackoff,
  'no-jitter': noJitter,
  'retry-after-ignored': retryAfterIgnored,
  'retries-non-retryable': retriesNonRetryable,
  'never-retries-transient': neverRetriesTransient,
  'stale-work-sent': staleWorkSent,
  metastable: metastable,
  'wedged-client': wedgedClient,
  'silent-consumer': silentConsumer,
  'replay-burst': replayBurst,
  'breaker-stuck': breakerStuck,
  'reconnect-storm': reconnectStorm,
  'handshake-churn': handshakeChurn,
  'pool-slot-leak': poolSlotLeak,
  'pool-exhaustion': poolExhaustion,
  'half-open-reuse': halfOpenReuse,
  'stale-keep-alive': staleKeepAlive,
  'unbounded-queue': unboundedQueue,
  'unbounded-buffer': unboundedBuffer,
  'head-of-line-blocking': headOfLineBlocking,
  'memory-growth': memoryGrowth,
  'listener-leak': listenerLeak,
  'unhandled-rejection': unhandledRejection,
  'close-hangs': closeHangs,
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

export const detect = (trial: Trial): Finding[] =>
  symptomIds.map(symptom => unlessUnseen(trial, detectOne(symptom, trial)));

/** A detector that found nothing where it could not look has not found the library healthy. */
const unlessUnseen = (trial: Trial, finding: Finding): Finding => {
  if (finding.verdict !== 'clear') return finding;
  const lack = lackOf(trial, symptoms[finding.symptom].needs);
  return lack === null ? finding : inconclusive(finding.symptom, lack);
};

/** What one detector answers of what is there, by the thresholds of the trial's plan. */
export const detectOne = <Id extends SymptomId>(symptom: Id, trial: Trial): Finding => {
  try {
    const finding = detectors[symptom](trial, thresholdsOf(symptom, trial.plan.thresholds));
    // What is wrong with the telemetry is not told by more of it.
    const isLogged = finding.verdict === 'present' && !(symptom in telemetrySymptoms);
    return withPointers(trial, isLogged ? withLogs(trial, finding) : finding);
  } catch (error) {
    return inconclusive(symptom, `its detector failed: ${String(error)}`);
  }
};
