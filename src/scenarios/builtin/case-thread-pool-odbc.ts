// Case study: the size of a thread pool, against a real MariaDB. ODBC's calls block, so each takes a thread of libuv's.
// Needs `npm install odbc` (which may need unixodbc-dev to build) and MariaDB's driver (Debian: odbc-mariadb).
import {createRequire} from 'node:module';
import {latency} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';

/** The part of odbc 2 that is used here; it is a native module that not every machine can have. */
type Odbc = {
  pool(options: {
    readonly connectionString: string;
    readonly initialSize: number;
    readonly maxSize: number;
  }): Promise<Pool>;
};
type Pool = {query(sql: string): Promise<readonly unknown[]>; close(): Promise<void>};

const odbc = createRequire(import.meta.url)('odbc') as Odbc;

/** The name under which Debian's odbc-mariadb registers the driver. */
const driver = '{MariaDB Unicode}';
const callers = 64;

const connectionString = (url: string): string => {
  const {hostname, port, username, password, pathname} = new URL(url);
  const login = `UID=${decodeURIComponent(username)};PWD=${decodeURIComponent(password)}`;
  return `DRIVER=${driver};SERVER=${hostname};PORT=${port};DATABASE=${pathname.slice(1)};${login}`;
};

/** By itself odbc says only that it could not connect; the reason is in a field of the error. */
const explained = (error: unknown): unknown => {
  const {odbcErrors = []} = error as {readonly odbcErrors?: readonly {readonly message: string}[]};
  if (odbcErrors.length === 0) return error;
  const reasons = odbcErrors.map(({message}) => message).join('; ');
  const isDriverless = /Can't open lib|Data source name not found/.test(reasons);
  const remedy = isDriverless
    ? `MariaDB's ODBC driver is not registered on this machine as ${driver}: apt-get install odbc-mariadb (and unixodbc-dev, to build odbc)`
    : 'odbc could not connect';
  return new Error(`${remedy}: ${reasons}`, {cause: error});
};

export default defineScenario({
  name: 'case-thread-pool-odbc',
  observation:
    'Queries queue up while client and database are idle: CPU and memory are low, and so is throughput.',
  remarks: [
    'The default is Node’s: 4 libuv threads for all blocking calls, and odbc makes one per query. UV_THREADPOOL_SIZE is read once, before the first such call.',
    'A query waits 50 ms in the database (SELECT SLEEP), and 64 callers query at once over 64 connections: only the threads are scarce.',
    'The effect equals the ratio of threads as long as the database can handle 64 queries at once. DNS lookups, file access and some of crypto share the same threads.',
  ],
  target: {service: 'mariadb'},
  variants: [
    {name: 'default-threads', options: {}, process: {env: {UV_THREADPOOL_SIZE: '4'}}},
    {
      name: 'threads-64',
      options: {},
      process: {env: {UV_THREADPOOL_SIZE: '64'}},
      change: "Size libuv's pool for the connections: UV_THREADPOOL_SIZE=64 instead of Node's default of 4.",
    },
  ],
  load: {model: 'closed', concurrency: callers},
  operation: {deadlineMs: 10_000, idempotent: true},
  trials: 5,
  // No resets: afterwards the pool keeps handing out dead connections, which is another story.
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 3000},
    {name: 'baseline', role: 'baseline', durationMs: 6000},
    {name: 'jitter', role: 'fault', durationMs: 4000, faults: [latency({latencyMs: 20, jitterMs: 15})]},
    {name: 'recovery', role: 'recovery', durationMs: 3000},
  ],
  goals: {run: {hungCount: {max: 0}}, baseline: {successRatio: {min: 0.999}}},
  subject: {
    open: async ({url}) => {
      const settings = {connectionString: connectionString(url), initialSize: callers, maxSize: callers};
      try {
        return await odbc.pool(settings);
      } catch (error) {
        throw explained(error);
      }
    },
    async perform(pool) {
      const rows = await pool.query('SELECT SLEEP(0.05)');
      return {empty: rows.length === 0};
    },
    close: pool => pool.close(),
  },
});
