// Errors that prove that nothing was sent.

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
