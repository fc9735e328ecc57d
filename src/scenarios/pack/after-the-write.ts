// An operation that writes and then reads what it wrote can fail in two ways, of which one says nothing about the
// write.

/**
 * What is done beside or after an operation's write. Its error is wrapped, so that `classify` cannot take it for one
 * of the write: that a read was never sent does not mean that the write was not.
 */
export const afterTheWrite = <T>(what: Promise<T>): Promise<T> =>
  what.catch((cause: unknown) => {
    throw new Error('the write succeeded, but a later step failed', {cause});
  });
