// pgx with pgxpool: what a caller does is what the scenario of pg does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import {goProgram, sameAs} from './in-another-language.ts';
import pg from './pg.ts';

export default defineScenario({
  ...sameAs(pg),
  name: 'go-pgx',
  observation: 'After the network was silent for a while, every query waits, although the database is fine.',
  remarks: [
    'The variant "defaults" uses pgxpool.New(ctx, url): as many connections as there are CPUs, and at least four; two minutes for connecting; and no limit for waiting for a connection or for a query but that of its context, which has none here (https://pkg.go.dev/github.com/jackc/pgx/v5/pgxpool#Config).',
    'Twenty callers arrive at once, every 0.4 s; most of them queue in the pool.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'bounded',
      options: {limitMs: 900, connectMs: 500, statementMs: 750},
      change:
        'Bound each operation by its context (context.WithTimeout of 900 ms), connecting (ConnectTimeout 500 ms) and statements in the server (statement_timeout 750 ms), and allow ten connections.',
    },
  ],
  subject: goProgram('pgxpool'),
});
