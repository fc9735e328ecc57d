// pgJDBC with HikariCP: what a caller does is what the scenario of pg does, on the same server.
import {defineScenario} from '../define-scenario.ts';
import {javaProgram, sameAs} from './in-another-language.ts';
import pg from './pg.ts';

export default defineScenario({
  ...sameAs(pg),
  name: 'java-pgjdbc',
  observation: 'After the network was silent for a while, every query waits, although the database is fine.',
  remarks: [
    'The variant "defaults" uses new HikariDataSource() with a JDBC URL: ten connections and 30 s to wait for one of them; pgJDBC has 10 s for connecting and no limit for a query (https://github.com/brettwooldridge/HikariCP#gear-configuration-knobs-baby, https://jdbc.postgresql.org/documentation/use/#connection-parameters).',
    'Twenty callers arrive at once, every 0.4 s; half of them queue in the pool.',
  ],
  variants: [
    {name: 'defaults', options: {}},
    {
      name: 'bounded',
      options: {waitMs: 500, validationMs: 250, connectSeconds: 1, socketSeconds: 1, statementMs: 750},
      change:
        'Bound the wait for a connection (connectionTimeout 500 ms), checking it (validationTimeout 250 ms), connecting and silence (connectTimeout and socketTimeout 1 s, the least that pgJDBC has) and statements in the server (statement_timeout 750 ms).',
    },
  ],
  subject: javaProgram('PgJdbc'),
});
