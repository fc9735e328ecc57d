// What was thrown, in words: anything can be.

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The message and the frames, where it has any. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
