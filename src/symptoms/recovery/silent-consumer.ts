// After the fault nothing is delivered any more, and the library reports nothing: no success, no error. Or producers
// get their acknowledgements, and what they sent stays in the queue of a consumer that no longer gets anything.

import {waitingDeliveries} from '../../measures/deliveries.ts';
import {counted, found, phaseName} from '../../measures/evidence.ts';
import {
  binsOf,
  doubtMs,
  probesIn,
  type Silence,
  silencesBetween,
  silencesOf,
} from '../../measures/quiet-spans.ts';
import type {Detector, Finding} from '../../model/finding.ts';
import type {Trial} from '../../model/trial.ts';
import {clear, inconclusive, presentIf} from '../finding.ts';
import {limitOf, recoveryGap, unseen} from './wedged-client.ts';

export const silentConsumer: Detector<'silent-consumer'> = (trial, {silentMs}) => {
  const gap = recoveryGap(trial);
  if (gap !== null) return inconclusive('silent-consumer', gap);
  const findings = [ofDeliveries(trial, silentMs), ofOperations(trial, silentMs)];
  return (
    findings.find(finding => finding?.verdict === 'present') ??
    findings.find(finding => finding?.verdict === 'inconclusive') ??
    clear('silent-consumer')
  );
};

/** Of operations that wait until what they sent is delivered. Null where it does not apply. */
const ofOperations = (trial: Trial, silentMs: number): Finding | null => {
  const silences = silencesOf(trial).filter(silence => !hasErrors(trial, silence));
  const [silence] = silences.filter(candidate => candidate.quietMs > limitOf(trial, candidate, silentMs));
  if (!silence) return unseen('silent-consumer', trial, silences.at(-1), silentMs);
  const {count, okCount} = probesIn(trial, silence);
  if (okCount === 0) {
    return inconclusive('silent-consumer', 'it is not known whether there was anything to deliver');
  }
  if (silence.startMs === 0) {
    return inconclusive('silent-consumer', 'nothing was delivered even before the fault');
  }
  const phase = phaseName(trial, silence.phase);
  const started = binsOf(trial, silence).reduce((sum, bin) => sum + bin.started, 0);
  const waited = started > 0 ? counted(started, 'operation') : 'all callers';
  return presentIf('silent-consumer', 'fail', [
    found(phase, {
      witness: 'driver',
      statement: `From phase ${phase} on, ${waited} waited with neither success nor error through ${seconds(silence.quietMs)} without a fault; a fresh client got through in ${okCount} of ${count} tries.`,
      value: silence.quietMs,
      threshold: limitOf(trial, silence, silentMs),
      unit: 'ms',
      count: started,
    }),
  ]);
};

const hasErrors = (trial: Trial, silence: Silence): boolean =>
  binsOf(trial, silence).some(
    ({outcomes: {failed, unknown, rejected, wrong}}) => failed + unknown + rejected + wrong > 0,
  );

/** Of a consumer beside the operations. Null where the application reports none, or nothing waits for it. */
const ofDeliveries = (trial: Trial, silentMs: number): Finding | null => {
  const {deliveryBins} = trial;
  if (deliveryBins === null) {
    return (waitingDeliveries(trial)?.count ?? 0) > 0
      ? inconclusive('silent-consumer', 'nothing was delivered at all, even before the fault')
      : null;
  }
  const spans = deliveryBins.map(({startMs, durationMs}) => ({startMs, endMs: startMs + durationMs}));
  const last = silencesBetween(trial, spans).at(-1);
  if (!last?.isLast || last.quietMs < doubtMs) return null;
  const acknowledged = binsOf(trial, last).reduce((sum, bin) => sum + (bin.answered ?? bin.outcomes.ok), 0);
  if (acknowledged === 0) return null;
  const waiting = waitingDeliveries(trial);
  if (waiting === null) {
    return inconclusive(
      'silent-consumer',
      `nothing was delivered in the last ${seconds(last.quietMs)} without a fault, but verify() does not report what is still in the consumer's queue`,
    );
  }
  if (waiting.count === 0) return null;
  const limitMs = limitOf(trial, last, silentMs);
  const stays = `${counted(waiting.count, 'acknowledged message')} ${waiting.count === 1 ? 'is' : 'are'} still in its queue`;
  if (last.quietMs <= limitMs) {
    return inconclusive(
      'silent-consumer',
      `nothing was delivered in the last ${seconds(last.quietMs)} without a fault and ${stays}, but more than ${seconds(limitMs)} are needed to be sure`,
    );
  }
  const phase = phaseName(trial, last.phase);
  return presentIf('silent-consumer', 'fail', [
    found(phase, {
      witness: 'driver',
      statement: `From phase ${phase} on, nothing was delivered to the consumer through ${seconds(last.quietMs)} without a fault, while ${counted(acknowledged, 'operation')} succeeded; ${stays}.`,
      value: last.quietMs,
      threshold: limitMs,
      unit: 'ms',
      count: waiting.count,
      operations: waiting.examples,
    }),
  ]);
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
