// A thrown value as text: anything can be thrown.

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The message and the frames, where it has any. */
export const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
