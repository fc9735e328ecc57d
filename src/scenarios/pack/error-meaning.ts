// What an error says of what was sent, as `classify` is to know it.

const neverConnected: readonly unknown[] = ['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'];

/**
 * For clients that try once: a connection that was never established carried nothing. For one that retries this is
 * only about the last attempt, and an earlier one may have arrived.
 */
export const failedIfNeverConnected = (error: unknown): 'failed' | 'unknown' => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (neverConnected.includes((cause as NodeJS.ErrnoException).code)) return 'failed';
  }
  return 'unknown';
};

// Errors that came before anything was sent, remembered unchanged: wrapping them would hide what the library says.
const unsent = new WeakSet<object>();

/** Remembers it. @returns the error itself */
export const notSent = (error: unknown): unknown => {
  if (typeof error === 'object' && error !== null) unsent.add(error);
  return error;
};

/** For `classify`: what is not known to be unsent may have been sent. */
export const rejectedIfNotSent = (error: unknown): 'rejected' | 'unknown' =>
  typeof error === 'object' && error !== null && unsent.has(error) ? 'rejected' : 'unknown';

/**
 * What is done beside or after an operation's write, and whose failure says nothing about the write. Its error is wrapped, so that `classify` cannot take it for one
 * of the write: that a read was never sent does not mean that the write was not.
 */
export const afterTheWrite = <T>(what: Promise<T>): Promise<T> =>
  what.catch((cause: unknown) => {
    throw new Error('the write succeeded, but a later step failed', {cause});
  });
