// What an error of pg says about the query: mostly nothing, and the query may have been run.

/** The pool's own errors have no code: only the message distinguishes them. */
const poolMessages: readonly string[] = [
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  'Cannot use a pool after calling end on the pool',
];

/** Nothing was sent where no connection was got, or none was made. */
export const pgFailure = (error: unknown): 'failed' | 'rejected' | 'unknown' => {
  if (!(error instanceof Error)) return 'unknown';
  if (poolMessages.includes(error.message)) return 'rejected';
  return (error as NodeJS.ErrnoException).syscall === 'connect' ? 'failed' : 'unknown';
};
