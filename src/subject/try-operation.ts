// One operation before the load, on a calm network: that a scenario does not work is reported after a second, not
// after all phases.
import {setTimeout as sleep} from 'node:timers/promises';
import {errorFacts} from '../load/error-facts.ts';
import type {Settlement} from '../load/settlement.ts';
import {isApplicationError} from '../model/application-error.ts';
import type {FirstOperation} from '../model/driver-witness.ts';
import {withTimeout} from '../model/with-timeout.ts';
import {triesAtMost, tryPauseMs} from './protocol.ts';

export type TryOptions = {
  readonly perform: (number: number, deadlineAtMs: number) => Promise<Settlement>;
  readonly deadlineMs: number;
  /** For each try. */
  readonly limitMs: number;
  readonly now: () => number;
  /** Called when one settles after it was given up on. */
  readonly settledLate: () => void;
};

/** Spans of tries have traces that no operation has. */
export const tracePrefixOfTries = (tracePrefix: string): string => [...tracePrefix].toReversed().join('');

/**
 * Fails only where all tries threw. An answer is enough, even one that is wrong or that says that the application
 * failed: the load judges those. An operation that takes its time is fine as well.
 */
export const tryOperation = async ({
  perform,
  deadlineMs,
  limitMs,
  now,
  settledLate,
}: TryOptions): Promise<FirstOperation> => {
  for (let triedCount = 1; ; triedCount++) {
    const startMs = now();
    const performing = perform(triedCount - 1, startMs + deadlineMs);
    const settled = await withTimeout(limitMs, performing, () => null);
    const afterMs = now() - startMs;
    if (settled === null) {
      void performing.then(settledLate);
      return {status: 'unsettled', afterMs, triedCount};
    }
    if (isAnswer(settled)) return {status: 'answered', afterMs, triedCount};
    if (triedCount === triesAtMost) return {status: 'failed', error: errorFacts(settled.error), triedCount};
    await sleep(triedCount * tryPauseMs);
  }
};

const isAnswer = (settled: Settlement): settled is Extract<Settlement, {status: 'ok' | 'wrong'}> =>
  settled.status === 'ok' || settled.status === 'wrong' || isApplicationError(settled.error);
