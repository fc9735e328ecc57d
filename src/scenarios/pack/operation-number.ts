// The parts of an operation's id: `<trial>-<number>`.

/** Counts from 0 within a trial: by it an operation chooses, in turn, among the things that a user does. */
export const operationNumber = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));
