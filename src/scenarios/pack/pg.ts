// pg with its pool: inserts, named statements, transactions, and queries of some length.
import pg, {type PoolConfig} from 'pg';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';
import {askServer, pgFailure, verifyTable} from './pg-table.ts';

const asUsersGetIt: PoolConfig = {};

const kinds = ['insert', 'named-statement', 'transaction', 'long-answer'] as const;
const table = 'foulweather_pg';
const insert = `INSERT INTO ${table} (id) VALUES ($1) RETURNING id`;
const longRows = 500;

type Row = {readonly id: string};

const insertInTransaction = async (pool: pg.Pool, id: string): Promise<unknown> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    await client.query(insert, [id]);
    const {rows} = await client.query<Row>(`SELECT id FROM ${table} WHERE id = $1`, [id]);
    await client.query('COMMIT');
    return rows[0]?.id;
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // With an error the pool ends the connection, and the server rolls back.
    client.release(broken);
  }
};

export default defineScenario({
  name: 'pg',
  observation: 'After the network was silent for a while, every query waits, although the database is fine.',
  remarks: [
    'The variant "defaults" creates pg’s Pool with only a connection string: ten connections, and no limit for connecting, for waiting for a connection or for a query (https://node-postgres.com/apis/pool, https://node-postgres.com/apis/client).',
    'Twenty callers arrive at once, every 0.4 s, like the requests of a busy page: half of them find all ten connections taken, and queue in the pool. With 100 ms of latency they need most of the 0.4 s.',
    'The application listens for errors of the pool and of each client: without a listener, a lost connection would end the process, as with any emitter.',
    'A client whose transaction failed is released with its error, so the pool closes its connection instead of sending another query, ROLLBACK, on it.',
  ],
  target: {service: 'postgres'},
  supports: {pg: '>=8.11 <9'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: {
        connectionTimeoutMillis: 500,
        query_timeout: 750,
        statement_timeout: 750,
        idle_in_transaction_session_timeout: 2000,
        keepAlive: true,
      },
      change:
        'Bound the wait for a connection (connectionTimeoutMillis 500 ms), a query in the client and in the server (query_timeout and statement_timeout 750 ms), and forgotten transactions (idle_in_transaction_session_timeout 2 s), with keepAlive.',
    },
  ],
  // Twice as many at once as the pool has connections: half of them queue, on a calm network, too.
  load: {model: 'bursts', burstSize: 20, everyMs: 400, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['pg']},
  prepare: ({directUrl}) =>
    askServer(directUrl, async client => {
      await client.query(`CREATE TABLE IF NOT EXISTS ${table} (at bigserial PRIMARY KEY, id text NOT NULL)`);
      await client.query(`CREATE INDEX IF NOT EXISTS ${table}_id ON ${table} (id)`);
    }),
  subject: {
    open({url, options}) {
      const pool = new pg.Pool({connectionString: url, ...options});
      pool.on('error', () => {});
      pool.on('connect', client => client.on('error', () => {}));
      return pool;
    },
    async perform(pool, {id}) {
      const key = kinds[operationNumber(id) % kinds.length]!;
      switch (key) {
        case 'insert': {
          const {rows} = await pool.query<Row>(insert, [id]);
          return {key, echoedId: rows[0]?.id};
        }
        case 'named-statement': {
          const {rows} = await pool.query<Row>({name: 'insert', text: insert, values: [id]});
          return {key, echoedId: rows[0]?.id};
        }
        case 'transaction':
          return {key, echoedId: await insertInTransaction(pool, id)};
        case 'long-answer': {
          await pool.query(insert, [id]);
          const series = 'SELECT $1::text AS id, n FROM generate_series(1, $2::int) AS n';
          const {rows} = await afterTheWrite(pool.query<Row>(series, [id, longRows]));
          return {key, echoedId: rows[0]?.id, intact: rows.length === longRows};
        }
      }
    },
    classify: pgFailure,
    close: pool => pool.end(),
  },
  verify: verifyTable(table),
});
