// An operation that writes and then looks at what it wrote has two ways to fail, of which one says nothing of the write.

/**
 * What is done beside or after an operation's write. Its error is wrapped, so that `classify` cannot take it for one
 * of the write: a read that was never sent leaves open whether the write was.
 */
export const afterTheWrite = <T>(what: Promise<T>): Promise<T> =>
  what.catch((cause: unknown) => {
    throw new Error('the write went well, and what came after it failed', {cause});
  });
