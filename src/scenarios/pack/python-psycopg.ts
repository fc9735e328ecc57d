// psycopg with its pool: what a caller does is what the scenario of pg does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import {pythonProgram, sameAs} from './in-another-language.ts';
import pg from './pg.ts';

export default defineScenario({
  ...sameAs(pg),
  name: 'python-psycopg',
  observation: 'After the network was silent for a while, every query waits, although the database is fine.',
  remarks: [
    'The variant "defaults" uses psycopg_pool.ConnectionPool(url): four connections, 30 s to wait for one of them, and no limit for a query (https://www.psycopg.org/psycopg3/docs/api/pool.html).',
    'Twenty callers arrive at once, every 0.4 s; most of them queue in the pool.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'bounded',
      options: {waitSeconds: 0.5, connectSeconds: 2, statementMs: 750, userTimeoutMs: 750},
      change:
        'Allow ten connections, wait at most 0.5 s for one (timeout), bound connecting (connect_timeout 2 s, libpq’s least), statements in the server (statement_timeout 750 ms) and data that is not acknowledged (tcp_user_timeout 750 ms), and check connections before they are used.',
    },
  ],
  subject: pythonProgram('psycopg_pooled.py'),
});
