// Ids of what an operation sends: its own for a single message, and one for each message of a batch: `defaults-1-7.2of4`.

/** A limit, so that a forged id cannot cost gigabytes: at 10,000 operations a second it is a soak of almost four hours. */
const mostOperations = 2 ** 27;
/** For an incomplete batch a number is kept for each of its messages. */
const mostMessages = 10_000;

/** For a single message `number` and `count` are 1. */
export type MessageId = {readonly index: number; readonly number: number; readonly count: number};

/**
 * IDs for the messages of one operation, which say how many there are: its batch counts as applied, and as delivered, when
 * all of them are.
 */
export const messageIds = (operationId: string, count: number): string[] =>
  count === 1
    ? [operationId]
    : Array.from({length: count}, (_, before) => `${operationId}.${before + 1}of${count}`);

/** The id of an operation that is tried before the load, which no witness counts. It ends in a number as all of them do. */
export const triedId = (trialId: string, number: number): string => `${trialId}-try-${number}`;

/** Whether it is of such an operation, or of a message of its batch. */
export const isTriedId = (trialId: string, id: string): boolean => id.startsWith(`${trialId}-try-`);

/** Null where it is not of this trial. */
export const readMessageId = (trialId: string, id: string): MessageId | null => {
  if (!id.startsWith(`${trialId}-`)) return null;
  const parts = /^(\d{1,10})(?:\.(\d{1,5})of(\d{1,5}))?$/.exec(id.slice(trialId.length + 1));
  if (!parts) return null;
  const [index, number, count] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)];
  const isSound = index < mostOperations && number >= 1 && number <= count && count <= mostMessages;
  return isSound ? {index, number, count} : null;
};
