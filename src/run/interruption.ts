// The first Ctrl-C: all waiting ends.
import {FoulweatherError} from '../model/errors.ts';

/** Before there is a run to report on. */
export const interruptedEarly = (): FoulweatherError =>
  new FoulweatherError(
    'FW_INTERRUPTED',
    'Interrupted before the run began; there is nothing to report.',
    'Run it again.',
  );

/** Like `step`, but rejects with `reason()` as soon as `signal` is aborted. */
export const unlessAborted = async <T>(
  signal: AbortSignal,
  step: Promise<T>,
  reason: () => Error,
): Promise<T> => {
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(reason());
    signal.addEventListener('abort', onAbort, {once: true});
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([aborted, step]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whichever loses the race may still reject, when no one listens any more.
    step.catch(() => {});
    aborted.catch(() => {});
  }
};
