// All detectors, by symptom. One that throws makes its own finding inconclusive and says so; and a trial is not clear
// of a symptom for which something needed was not seen.

import {withLogs} from '../measures/log-evidence.ts';
import {hasLostPackets} from '../measures/network-aftermath.ts';
import {withPointers} from '../measures/pointers.ts';
import type {Detector, Finding} from '../model/finding.ts';
import {telemetrySymptoms} from '../model/symptoms/telemetry.ts';
import {type SymptomId, symptomIds, symptoms, thresholdsOf} from '../model/symptoms.ts';
import type {Trial} from '../model/trial.ts';
import {connectStorm} from './connections/connect-storm.ts';
import {connectionAfterClose} from './connections/connection-after-close.ts';
import {connectionFlapping} from './connections/connection-flapping.ts';
import {connectionLeak} from './connections/connection-leak.ts';
import {connectionPileUp} from './connections/connection-pile-up.ts';
import {halfOpenReuse} from './connections/half-open-reuse.ts';
import {handshakeChurn} from './connections/handshake-churn.ts';
import {headOfLineBlocking} from './connections/head-of-line-blocking.ts';
import {poolExhaustion} from './connections/pool-exhaustion.ts';
import {poolSlotLeak} from './connections/pool-slot-leak.ts';
import {reconnectStorm} from './connections/reconnect-storm.ts';
import {staleKeepAlive} from './connections/stale-keep-alive.ts';
import {unboundedBuffer} from './connections/unbounded-buffer.ts';
import {unboundedQueue} from './connections/unbounded-queue.ts';
import {inconclusive} from './finding.ts';
import {lackOf} from './needs.ts';
import {crossedResponse} from './operations/crossed-response.ts';
import {deadlineOverrun} from './operations/deadline-overrun.ts';
import {duplicateEffect} from './operations/duplicate-effect.ts';
import {failsWhenCalm} from './operations/fails-when-calm.ts';
import {falseFailure} from './operations/false-failure.ts';
import {hungOperation} from './operations/hung-operation.ts';
import {lostAcknowledged} from './operations/lost-acknowledged.ts';
import {noDefaultTimeout} from './operations/no-default-timeout.ts';
import {orphanedOperation} from './operations/orphaned-operation.ts';
import {reordered} from './operations/reordered.ts';
import {swallowedError} from './operations/swallowed-error.ts';
import {truncationAccepted} from './operations/truncation-accepted.ts';
import {unclassifiedErrors} from './operations/unclassified-errors.ts';
import {closeHangs} from './process/close-hangs.ts';
import {cpuBound} from './process/cpu-bound.ts';
import {eventLoopStall} from './process/event-loop-stall.ts';
import {gcPressure} from './process/gc-pressure.ts';
import {listenerLeak} from './process/listener-leak.ts';
import {memoryGrowth} from './process/memory-growth.ts';
import {outOfMemory} from './process/out-of-memory.ts';
import {processCrash} from './process/process-crash.ts';
import {underUtilised} from './process/under-utilised.ts';
import {unhandledRejection} from './process/unhandled-rejection.ts';
import {breakerStuck} from './recovery/breaker-stuck.ts';
import {metastable} from './recovery/metastable.ts';
import {replayBurst} from './recovery/replay-burst.ts';
import {silentConsumer} from './recovery/silent-consumer.ts';
import {slowRecovery} from './recovery/slow-recovery.ts';
import {wedgedClient} from './recovery/wedged-client.ts';
import {neverRetriesTransient} from './retries/never-retries-transient.ts';
import {noBackoff} from './retries/no-backoff.ts';
import {noJitter} from './retries/no-jitter.ts';
import {retriesNonRetryable} from './retries/retries-non-retryable.ts';
import {retryAfterIgnored} from './retries/retry-after-ignored.ts';
import {retryAmplification} from './retries/retry-amplification.ts';
import {staleWorkSent} from './retries/stale-work-sent.ts';
import {unboundedRetries} from './retries/unbounded-retries.ts';
import {cardinalityGrowth} from './telemetry/cardinality-growth.ts';
import {durationMisreported} from './telemetry/duration-misreported.ts';
import {errorTypeMalformed} from './telemetry/error-type-malformed.ts';
import {hiddenAttempts} from './telemetry/hidden-attempts.ts';
import {poolGaugeWrong} from './telemetry/pool-gauge-wrong.ts';
import {spanLeak} from './telemetry/span-leak.ts';
import {telemetryContradicts} from './telemetry/telemetry-contradicts.ts';
import {telemetryLost} from './telemetry/telemetry-lost.ts';

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

/** A detector that found nothing where it could not look does not prove that the library is healthy. */
const unlessUnseen = (trial: Trial, finding: Finding): Finding => {
  const {needs} = symptoms[finding.symptom];
  // What only V8 can tell is not known of another runtime, whatever else is missing.
  const foreign = needs.includes('node') ? lackOf(trial, ['node']) : null;
  if (foreign !== null) return inconclusive(finding.symptom, foreign);
  if (finding.verdict !== 'clear') return finding;
  const lack = lackOf(trial, needs);
  return lack === null ? finding : inconclusive(finding.symptom, lack);
};

/** What they prove rests on when attempts reached the target. */
const byArrival: ReadonlySet<SymptomId> = new Set([
  'no-backoff',
  'no-jitter',
  'stale-work-sent',
  'replay-burst',
  'unbounded-buffer',
]);

/** TCP retransmits what was lost when it can, and not when the library sent it. */
const unlessRetransmitted = (trial: Trial, finding: Finding): Finding =>
  finding.verdict === 'present' && byArrival.has(finding.symptom) && hasLostPackets(trial, finding.phase)
    ? inconclusive(
        finding.symptom,
        'packets were lost, so the time at which an attempt arrived does not show when the library sent it',
      )
    : finding;

/** The answer of one detector, by the thresholds of the trial's plan. */
export const detectOne = <Id extends SymptomId>(symptom: Id, trial: Trial): Finding => {
  try {
    const judged = detectors[symptom](trial, thresholdsOf(symptom, trial.plan.thresholds));
    const finding = unlessRetransmitted(trial, judged);
    // What is wrong with the telemetry cannot be shown by more telemetry.
    const isLogged = finding.verdict === 'present' && !(symptom in telemetrySymptoms);
    return withPointers(trial, isLogged ? withLogs(trial, finding) : finding);
  } catch (error) {
    return inconclusive(symptom, `its detector failed: ${String(error)}`);
  }
};
