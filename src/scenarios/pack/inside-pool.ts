// Inside pg's pool: queries that stall occupy its connections, one after the other; it runs out, and recovers.
import pg, {type PoolConfig} from 'pg';
import {halfOpen, latency, stall} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {askServer, pgFailure, verifyTable} from './pg-table.ts';

const asUsersGetIt: PoolConfig = {};

const table = 'foulweather_pool';
/** Of pg's pool, by default. */
const poolSize = 10;

export default defineScenario({
  name: 'inside-pool',
  observation: 'A few queries hang, and minutes later no caller gets a connection.',
  remarks: [
    'The variant "defaults" creates pg’s Pool with only an address: ten connections, and callers wait for one as long as it takes (max, connectionTimeoutMillis: https://node-postgres.com/apis/pool).',
    'In lost-behind the ten open connections silently lose their server, and new ones work: what a failover, or a firewall that lost its state, leaves behind.',
    'In too-slow each query takes so long that ten connections cannot serve all callers: nothing is broken, but the queue grows.',
  ],
  target: {service: 'postgres'},
  supports: {pg: '>=8.11 <9'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded-wait',
      options: {connectionTimeoutMillis: 500},
      change: 'Bound how long a caller waits for a connection (connectionTimeoutMillis 500 ms).',
    },
    {
      name: 'bounded',
      options: {connectionTimeoutMillis: 500, query_timeout: 500},
      change:
        'Bound how long a caller waits for a connection (connectionTimeoutMillis 500 ms), and a query (query_timeout 500 ms), after which the pool discards its connection.',
    },
  ],
  load: {model: 'open', ratePerSecond: 80, maxInFlight: 2000},
  operation: {deadlineMs: 1100, idempotent: false},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'some-stalled', role: 'fault', durationMs: 3000, faults: [stall({nth: 2})]},
    {name: 'after-some-stalled', role: 'recovery', durationMs: 4000},
    {name: 'too-slow', role: 'fault', durationMs: 3000, faults: [latency({latencyMs: 200})]},
    {name: 'after-too-slow', role: 'recovery', durationMs: 4000},
    {name: 'lost-behind', role: 'fault', durationMs: 5000, faults: [halfOpen({firstN: poolSize})]},
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  // The pool keeps the connections that it opened for 10 s (idleTimeoutMillis), which is no leak.
  thresholds: {'connection-leak': {connectionCount: poolSize}},
  goals: {
    run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}},
    baseline: {successRatio: {min: 0.999}},
    'after-some-stalled': {successRatio: {min: 0.9}},
    'after-too-slow': {successRatio: {min: 0.9}},
    recovery: {successRatio: {min: 0.99}, timeToRecoverMs: {max: 3000}},
  },
  telemetry: {use: ['pg']},
  prepare: ({directUrl}) =>
    askServer(directUrl, async client => {
      await client.query(`CREATE TABLE IF NOT EXISTS ${table} (id text NOT NULL)`);
    }),
  subject: {
    open({url, options}) {
      const pool = new pg.Pool({connectionString: url, ...options});
      pool.on('error', () => {});
      return pool;
    },
    async perform(pool, {id}) {
      const text = `INSERT INTO ${table} (id) VALUES ($1) RETURNING id`;
      const {rows} = await pool.query<{id: string}>(text, [id]);
      return {echoedId: rows[0]?.id};
    },
    classify: pgFailure,
    close: pool => pool.end(),
  },
  verify: verifyTable(table),
});
