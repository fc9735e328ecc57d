// mysql2 with its pool: inserts, prepared statements, transactions, and queries of some length.
import {createConnection, createPool, type Pool, type PoolOptions, type RowDataPacket} from 'mysql2/promise';
import {defineScenario} from '../define-scenario.ts';
import {quick} from '../storms/quick.ts';
import {afterTheWrite} from './error-meaning.ts';
import {operationNumber} from './operation-number.ts';

type Options = {
  readonly pool: PoolOptions;
  /** Of each query; null is the library's default. */
  readonly queryTimeoutMs: number | null;
};

const asUsersGetIt: Options = {pool: {}, queryTimeoutMs: null};

const kinds = ['insert', 'prepared-statement', 'transaction', 'long-answer'] as const;
const table = 'foulweather_mysql2';
const insert = `INSERT INTO ${table} (id) VALUES (?)`;
const select = `SELECT id FROM ${table} WHERE id = ?`;
const longRows = 500;

type Row = RowDataPacket & {readonly id: string};

/** The pool, and how its user asks it. */
class Database {
  readonly pool: Pool;
  readonly #limit: {readonly timeout?: number};

  constructor(url: string, {pool, queryTimeoutMs}: Options) {
    this.pool = createPool({uri: url, ...pool});
    this.#limit = queryTimeoutMs === null ? {} : {timeout: queryTimeoutMs};
  }

  async insert(id: string): Promise<void> {
    await this.pool.query({sql: insert, ...this.#limit}, [id]);
  }

  async executeInsert(id: string): Promise<void> {
    await this.pool.execute({sql: insert, ...this.#limit}, [id]);
  }

  async find(id: string): Promise<string | undefined> {
    const [rows] = await this.pool.query<Row[]>({sql: select, ...this.#limit}, [id]);
    return rows[0]?.id;
  }

  async repeat(id: string, count: number): Promise<readonly Row[]> {
    const sql = `SELECT ? AS id, seq FROM seq_1_to_${count}`;
    const [rows] = await this.pool.query<Row[]>({sql, ...this.#limit}, [id]);
    return rows;
  }

  async insertInTransaction(id: string): Promise<string | undefined> {
    const connection = await this.pool.getConnection();
    try {
      await connection.query({sql: 'START TRANSACTION', ...this.#limit});
      await connection.query({sql: insert, ...this.#limit}, [id]);
      const [rows] = await connection.query<Row[]>({sql: select, ...this.#limit}, [id]);
      await connection.query({sql: 'COMMIT', ...this.#limit});
      connection.release();
      return rows[0]?.id;
    } catch (error) {
      // The server rolls back.
      connection.destroy();
      throw error;
    }
  }
}

export default defineScenario({
  name: 'mysql2',
  observation: 'After the network was silent for a while, every query waits, although the database is fine.',
  remarks: [
    'The variant "defaults" calls mysql2’s createPool() with only an address: ten connections, 10 s for connecting (connectTimeout), and no limit for waiting in the pool’s queue or for a query (https://sidorares.github.io/node-mysql2/docs/examples/connections/create-pool).',
    'Twenty callers arrive at once, every 0.4 s, like the requests of a busy page: half of them find all ten connections taken, and queue in the pool. With 100 ms of latency they need most of the 0.4 s.',
    'The server is MariaDB; its sequence engine creates the rows of the long responses.',
    'A connection whose transaction failed is destroyed instead of returned to the pool.',
  ],
  target: {service: 'mariadb'},
  supports: {mysql2: '>=3.6 <4'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: {
        pool: {connectTimeout: 500, queueLimit: 50, enableKeepAlive: true},
        queryTimeoutMs: 750,
      },
      change:
        'Bound connecting (connectTimeout 500 ms), each query (timeout 750 ms) and how many wait for a connection (queueLimit 50).',
    },
  ],
  // Twice as many at once as the pool has connections: half of them queue, on a calm network, too.
  load: {model: 'bursts', burstSize: 20, everyMs: 400, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: quick.phases,
  // The pool keeps as many idle connections as it may open, which is no leak (maxIdle, for 60 s: idleTimeout).
  thresholds: {'connection-leak': {connectionCount: 10}},
  goals: {run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}}},
  telemetry: {use: ['mysql2']},
  async prepare({directUrl}) {
    const connection = await createConnection(directUrl);
    await connection.query(
      `CREATE TABLE IF NOT EXISTS ${table} (at BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(128) NOT NULL, KEY (id))`,
    );
    await connection.end();
  },
  subject: {
    open: ({url, options}) => new Database(url, options),
    async perform(database, {id}) {
      const key = kinds[operationNumber(id) % kinds.length]!;
      switch (key) {
        case 'insert':
          await database.insert(id);
          return {key, echoedId: await afterTheWrite(database.find(id))};
        case 'prepared-statement':
          await database.executeInsert(id);
          return {key};
        case 'transaction':
          return {key, echoedId: await database.insertInTransaction(id)};
        case 'long-answer': {
          await database.insert(id);
          const rows = await afterTheWrite(database.repeat(id, longRows));
          return {key, echoedId: rows[0]?.id, intact: rows.length === longRows};
        }
      }
    },
    classify(error) {
      if (!(error instanceof Error)) return 'unknown';
      // The pool's own errors have no code.
      if (/^(Queue limit reached|No connections available|Pool is closed)\.$/.test(error.message)) {
        return 'rejected';
      }
      const {syscall, code} = error as NodeJS.ErrnoException;
      // Its own limit for connecting has no system call; that of a read comes after the query was sent.
      const isOwnLimit = code === 'ETIMEDOUT' && syscall === undefined;
      return syscall === 'connect' || isOwnLimit ? 'failed' : 'unknown';
    },
    close: ({pool}) => pool.end(),
  },
  async verify({directUrl, trialId}) {
    const connection = await createConnection(directUrl);
    const [rows] = await connection.query<Row[]>(`SELECT id FROM ${table} WHERE id LIKE ? ORDER BY at`, [
      `${trialId}-%`,
    ]);
    await connection.end();
    return {applied: [rows.map(({id}) => id)]};
  },
});
