// Attempts per operation, from the witness that counts them: the target's ledger, the injector where it answers in
// the target's place, or the library's own spans.
import type {Evidence} from '../model/finding.ts';
import {outcomeCode} from '../model/outcome.ts';
import type {Trial} from '../model/trial.ts';
import {statusHits} from './attempt-times.ts';
import {ledgerGap, phasesOf, sumOfPhases} from './measure.ts';

export type AttemptCounts = {
  readonly witness: Extract<Evidence['witness'], 'target' | 'injector' | 'telemetry'>;
  /** By operation index; an operation beyond the end had none. */
  readonly counts: Uint8Array;
};

/** By how much a library that makes one span per attempt may differ from that on a calm network. */
const oneSpanEach = 1.01;

/** The target first: it is independent of the library. Empty where they were not counted. */
export const attemptCounts = (trial: Trial): AttemptCounts[] => {
  const {ledger, telemetry} = trial;
  const counts: AttemptCounts[] = [];
  if (ledger && ledgerGap(trial) === null) counts.push({witness: 'target', counts: ledger.attempts});
  const answered = statusHits(trial);
  if (answered.length > 0) {
    const all = new Uint8Array(trial.driver.outcomes.length);
    if (ledger) all.set(ledger.attempts.subarray(0, all.length));
    for (const {index} of answered) if (index < all.length && all[index]! < 255) all[index]!++;
    counts.push({witness: 'injector', counts: all});
  }
  const spans = telemetry && Buffer.from(telemetry.spansPerOperation, 'base64');
  if (spans && tellsAttempts(trial, spans)) counts.push({witness: 'telemetry', counts: spans});
  return counts;
};

export const sumOfPhase = (trial: Trial, counts: Uint8Array, phase: number): number =>
  sumOfPhases(trial, counts, [phase]).sum;

/**
 * Spans stand for attempts only where a calm operation has one: other libraries make spans of steps, or one for a
 * whole call. And only where each operation has its own: a queue may run one operation in the async context of
 * another.
 */
const tellsAttempts = (trial: Trial, spans: Uint8Array): boolean => {
  const calm = sumOfPhases(trial, spans, phasesOf(trial, 'baseline'));
  return calm.sum > 0 && calm.sum <= oneSpanEach * calm.operationCount && !haveSpansElsewhere(trial, spans);
};

/** Successes without a span of their own: their spans are in the traces of others, and look like retries there. */
const haveSpansElsewhere = (trial: Trial, spans: Uint8Array): boolean => {
  const counts = trial.plan.phases.map(() => ({ok: 0, without: 0}));
  const {outcomes, operationPhases} = trial.driver;
  for (let index = 0; index < outcomes.length; index++) {
    const ofPhase = counts[operationPhases[index]!];
    if (outcomes[index] !== okCode || !ofPhase) continue;
    ofPhase.ok++;
    if ((spans[index] ?? 0) === 0) ofPhase.without++;
  }
  return counts.some(({ok, without}) => areMany(without, ok));
};

/** From this share on, operations without a span of their own are no accident. */
export const areMany = (without: number, count: number): boolean =>
  without > Math.max(strayCount, strayShare * count);
const strayCount = 5;
const strayShare = 0.01;
const okCode = outcomeCode('ok');
