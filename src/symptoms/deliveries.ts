// What came to the application's consumer, held against what the docs promise of it.
import {outcomeCode} from '../model/outcome.ts';
import {deliveryPromiseOf} from '../model/plan.ts';
import type {Trial} from '../model/trial.ts';

/** Of each operation whether its delivery breaks the promise; or why that is not known; null where nothing is promised. */
export type Breach =
  | {readonly kind: 'known'; readonly shows: (index: number) => boolean}
  | {readonly kind: 'unknown'; readonly reason: string};

const unknown = (reason: string): Breach => ({kind: 'unknown', reason});

const noneTold = unknown('the application told of no delivery, so that its consumer is not seen');

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
  if (owed === null) return unknown('verify() does not tell what is still in the queue of the consumer');
  if (!isToldToTheEnd(trial)) {
    return unknown(
      'the subject did not come to the end of its close, so that its last deliveries are not known',
    );
  }
  const ok = outcomeCode('ok');
  const {outcomes} = trial.driver;
  return {
    kind: 'known',
    shows: index => outcomes[index] === ok && owed[index] === 1 && (deliveries[index] ?? 0) === 0,
  };
};

/** What comes is told every second, and once more when all is closed: of a process that dies in between the last is missing. */
const isToldToTheEnd = ({end}: Trial): boolean => end.kind === 'completed' && end.close !== 'hung';

/** Operations of some phases that came to the consumer, and those that did so more than once; null where none is told. */
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
