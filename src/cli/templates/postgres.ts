// A PostgreSQL client: pg's Pool, by its defaults and with its waits bounded.
import {fillSkeleton} from './skeleton.ts';

export const postgresTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: ' --start-services    (or --target postgres://user:password@127.0.0.1:5432/database)',
    intro: ['Needs:   npm install pg'],
    imports: ["import {Pool, type PoolConfig} from 'pg';"],
    name: 'my-postgres-client',
    observation: 'After a failover every query hangs until the service is restarted.',
    preamble: 'const defaults: PoolConfig = {};',
    target: "  target: {service: 'postgres'},",
    variants: `  variants: [
    {name: 'defaults', options: defaults},
    {
      name: 'bounded',
      options: {connectionTimeoutMillis: 1000, query_timeout: 1000, keepAlive: true},
      change: 'Give connecting and every query 1 s, and enable TCP keep-alive.',
    },
  ],`,
    idempotent: true,
    subject: `  subject: {
    open({url, options}) {
      const pool = new Pool({connectionString: url, ...options});
      // Without a listener, losing an idle connection would end the process.
      pool.on('error', () => {});
      return pool;
    },
    async perform(pool, {id}) {
      const {rows} = await pool.query<{id: string}>('SELECT $1::text AS id', [id]);
      return {echoedId: rows[0]?.id};
    },
    close: pool => pool.end(),
  },`,
  });
