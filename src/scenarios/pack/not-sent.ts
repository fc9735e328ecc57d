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
