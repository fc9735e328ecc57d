// Deliveries to the application's consumer, compared with what the docs promise.
import {outcomeCode} from '../model/outcome.ts';
import {deliveryPromiseOf} from '../model/plan.ts';
import {phaseWindow, type Trial} from '../model/trial.ts';
import {firstIds} from './evidence.ts';

/** Of each operation whether its delivery breaks the promise; or why that is not known; null where nothing is promised. */
export type Breach =
  | {readonly kind: 'known'; readonly shows: (index: number) => boolean}
  | {readonly kind: 'unknown'; readonly reason: string};

const unknown = (reason: string): Breach => ({kind: 'unknown', reason});

const noneTold = unknown('the application reported no deliveries, so its consumer was not observed');

/** Operations that came more than once, where at most once or exactly once is promised. */
export const repeatedDeliveries = (trial: Trial): Breach | null => {
  const promise = deliveryPromiseOf(trial.plan, trial.variant);
  if (promise === null || promise === 'at-least-once') return null;
  const {deliveries} = trial;
  if (deliveries === null) return noneTold;
  return {kind: 'known', shows: index => (deliveries[index] ?? 0) > 1};
};

/** Acknowledged operations that never came and are not in the queue any more, where at least or exactly once is promised. */
export const missingDeliveries = (trial: Trial): Breach | null => {
  const promise = deliveryPromiseOf(trial.plan, trial.variant);
  if (promise === null || promise === 'at-most-once') return null;
  const {deliveries, verified} = trial;
  if (deliveries === null) return noneTold;
  const owed = verified?.owed ?? null;
  if (owed === null) return unknown("verify() does not report what is still in the consumer's queue");
  if (!isToldToTheEnd(trial)) {
    return unknown('the subject did not finish close(), so its last deliveries are unknown');
  }
  const ok = outcomeCode('ok');
  const {outcomes} = trial.driver;
  return {
    kind: 'known',
    shows: index => outcomes[index] === ok && owed[index] === 1 && (deliveries[index] ?? 0) === 0,
  };
};

/**
 * Deliveries are reported every second, and once more when all is closed: of a process that crashes in between the last
 * are missing.
 */
const isToldToTheEnd = ({end}: Trial): boolean => end.kind === 'completed' && end.close !== 'hung';

/**
 * Operations of some phases that came to the consumer, and those that did so more than once; null where none was
 * reported.
 */
export const countDeliveries = (
  {deliveries, driver: {operationPhases}}: Trial,
  phases: readonly number[],
): {readonly delivered: number; readonly repeated: number} | null => {
  if (deliveries === null) return null;
  let [delivered, repeated] = [0, 0];
  for (let index = 0; index < deliveries.length; index++) {
    if (deliveries[index] === 0 || !phases.includes(operationPhases[index]!)) continue;
    delivered++;
    if (deliveries[index]! > 1) repeated++;
  }
  return {delivered, repeated};
};

/** Acknowledged operations that never came and are still in the queue; null where verify() does not report on it. */
export const waitingDeliveries = (
  trial: Trial,
): {readonly count: number; readonly examples: readonly string[]} | null => {
  const {verified, deliveries} = trial;
  const queued = verified?.queued ?? null;
  if (queued === null) return null;
  const waits = (index: number): boolean =>
    isAcknowledged(trial, index) && queued[index] === 1 && (deliveries?.[index] ?? 0) === 0;
  let count = 0;
  for (let index = 0; index < queued.length; index++) if (waits(index)) count++;
  return {count, examples: firstIds(trial, waits)};
};

const isAcknowledged = ({driver}: Trial, index: number): boolean =>
  driver.outcomes[index] === outcomeCode('ok');

/** Deliveries of what some phases sent, or while they lasted; or why they are not known. */
export type DeliveryMeasure =
  | {
      readonly kind: 'known';
      /** Acknowledged operations that were meant for the consumer; all of them where verify() does not say. */
      readonly acknowledged: number;
      readonly delivered: number;
      /** While the phases lasted, whichever phase they were sent in, repeated ones included. */
      readonly perSecond: number;
    }
  | {readonly kind: 'unknown'; readonly reason: string};

export const measureDeliveries = (trial: Trial, phases: readonly number[]): DeliveryMeasure => {
  const {deliveries, deliveryBins, verified, driver} = trial;
  if (deliveries === null || deliveryBins === null) {
    return {
      kind: 'unknown',
      reason: 'the application reported no deliveries, so its consumer was not observed',
    };
  }
  if (!isToldToTheEnd(trial)) {
    return {
      kind: 'unknown',
      reason: 'the subject did not finish close(), so its last deliveries are unknown',
    };
  }
  const {owed = null, queued = null} = verified ?? {};
  const isExpected = (index: number): boolean =>
    owed === null || queued === null || owed[index] === 1 || queued[index] === 1;
  let [acknowledged, delivered] = [0, 0];
  for (let index = 0; index < driver.outcomes.length; index++) {
    if (!phases.includes(driver.operationPhases[index]!)) continue;
    if (!isAcknowledged(trial, index) || !isExpected(index)) continue;
    acknowledged++;
    if ((deliveries[index] ?? 0) > 0) delivered++;
  }
  return {kind: 'known', acknowledged, delivered, perSecond: deliveryRate(trial, phases)};
};

/** A slice that lies in two phases is divided between them. */
const deliveryRate = (trial: Trial, phases: readonly number[]): number => {
  let [count, lastedMs] = [0, 0];
  for (const phase of phases) {
    const window = phaseWindow(trial, phase);
    if (!window) continue;
    lastedMs += window.endMs - window.startMs;
    for (const bin of trial.deliveryBins ?? []) {
      const fromMs = Math.max(bin.startMs, window.startMs);
      const toMs = Math.min(bin.startMs + bin.durationMs, window.endMs);
      if (fromMs < toMs) count += (bin.count * (toMs - fromMs)) / bin.durationMs;
    }
  }
  return lastedMs === 0 ? 0 : (count * 1000) / lastedMs;
};
