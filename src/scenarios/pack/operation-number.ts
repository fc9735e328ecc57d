// What an operation's id says: `<trial>-<number>`.

/** Counts from 0 within a trial: lets an operation choose, by its turn, among the things that a user does. */
export const operationNumber = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));
