// What the scenarios of pg have in common besides the library's own work: a connection past the injector, and what a
// table has in the end.
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
