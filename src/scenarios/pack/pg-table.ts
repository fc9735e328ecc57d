// What the scenarios of pg have in common besides the library's own work: a connection past the injector, what a table has
// in the end, and what an error says about the query: mostly nothing, and the query may have been run.
import pg from 'pg';
import type {Applied, VerifyContext} from '../../model/scenario-functions.ts';

/** Ends the connection in any case. */
export const askServer = async <Result>(
  url: string,
  ask: (client: pg.Client) => Promise<Result>,
): Promise<Result> => {
  const client = new pg.Client({connectionString: url});
  await client.connect();
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
};

/** A verify() for a table with the ids of operations in its column `id`: those of the trial, as often as they are there. */
export const verifyTable =
  (table: string) =>
  ({directUrl, trialId}: VerifyContext): Promise<Applied> =>
    askServer(directUrl, async client => {
      const text = `SELECT id FROM ${table} WHERE starts_with(id, $1)`;
      const {rows} = await client.query<{id: string}>(text, [`${trialId}-`]);
      return {applied: [rows.map(({id}) => id)]};
    });

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
