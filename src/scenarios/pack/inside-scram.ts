// Inside pg: logging in by SCRAM, anew for each operation, under latency and with the connection cut at each step.
import pg, {type ClientConfig} from 'pg';
import {corrupt, latency, resetAfter, stall} from '../../model/fault.ts';
import {defineScenario} from '../define-scenario.ts';
import {askServer, pgFailure, verifyTable} from './pg-table.ts';

type Options = {
  readonly client: ClientConfig;
  /** How often logging in is tried: nothing has been asked for by then, so that trying again is safe. */
  readonly logins: number;
};

const asUsersGetIt: Options = {client: {}, logins: 1};

/** The role that a PostgreSQL which is started for a run asks for a password; another server decides for itself. */
const role = 'foulweather_scram';
const password = 'correct horse battery staple';
const table = 'foulweather_scram_orders';

/**
 * What the server says while pg logs in, in bytes from the first: AuthenticationSASL to 24, its challenge to 117, its
 * signature to 172, AuthenticationOk to 181; then come parameters, to 592 from
 * PostgreSQL 15, and the answer to the insert, to 675.
 */
const within = {offer: 12, challenge: 60, signature: 150, parameters: 250, answer: 640} as const;

/** An operation could not log in: nothing was asked for. */
class LoginError extends Error {
  constructor(cause: unknown) {
    super('could not log in', {cause});
    this.name = 'LoginError';
  }
}

class Application {
  readonly #connectionString: string;
  readonly #options: Options;
  readonly #open = new Set<pg.Client>();

  constructor(url: string, options: Options) {
    const address = new URL(url);
    address.username = role;
    address.password = encodeURIComponent(password);
    this.#connectionString = address.href;
    this.#options = options;
  }

  async insert(id: string): Promise<unknown> {
    const client = await this.#login();
    try {
      const {rows} = await client.query<{id: string}>(`INSERT INTO ${table} (id) VALUES ($1) RETURNING id`, [
        id,
      ]);
      return rows[0]?.id;
    } finally {
      this.#end(client);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map(client => client.end()));
  }

  async #login(): Promise<pg.Client> {
    for (let tries = 1; ; tries++) {
      const client = new pg.Client({connectionString: this.#connectionString, ...this.#options.client});
      // Without a listener a lost connection would end the process.
      client.on('error', () => {});
      this.#open.add(client);
      try {
        await client.connect();
        return client;
      } catch (error) {
        this.#end(client);
        if (tries >= this.#options.logins) throw new LoginError(error);
      }
    }
  }

  /** It is not waited for: the answer is there, or will not come. */
  #end(client: pg.Client): void {
    const forget = (): boolean => this.#open.delete(client);
    client.end().then(forget, forget);
  }
}

const cutMs = 1500;

export default defineScenario({
  name: 'inside-scram',
  observation:
    'After a database failover, logins hang indefinitely, and now and then one fails for no apparent reason.',
  remarks: [
    'Each operation opens its own connection, logs in with SCRAM-SHA-256, inserts a row, and closes the connection, like short scripts and functions, or a growing pool.',
    'The variant "defaults" creates pg’s Client with only an address: connecting, which includes logging in, has no time limit (connectionTimeoutMillis 0: https://node-postgres.com/apis/client).',
    `A PostgreSQL started for the run requires SCRAM from the role ${role} and trusts all others; one of your own must be configured to do so (pg_hba.conf).`,
    'In wrong-signature one bit of the server’s signature is flipped in transit: RFC 5802 requires the client to abort the login.',
  ],
  target: {service: 'postgres'},
  supports: {pg: '>=8.11 <9'},
  variants: [
    {name: 'defaults', options: asUsersGetIt},
    {
      name: 'bounded',
      options: {client: {connectionTimeoutMillis: 400, query_timeout: 400}, logins: 2},
      change:
        'Bound logging in and queries (connectionTimeoutMillis and query_timeout 400 ms), and let the application try to log in twice, since nothing has been sent by then.',
    },
  ],
  load: {model: 'open', ratePerSecond: 30, maxInFlight: 1000},
  operation: {deadlineMs: 1000, idempotent: false},
  phases: [
    {name: 'warm-up', role: 'warm-up', durationMs: 1000},
    {name: 'baseline', role: 'baseline', durationMs: 3000},
    {name: 'latency', role: 'fault', durationMs: 2000, faults: [latency({latencyMs: 60, jitterMs: 20})]},
    {name: 'offer-cut', role: 'fault', durationMs: cutMs, faults: [resetAfter({afterBytes: within.offer})]},
    {
      name: 'challenge-cut',
      role: 'fault',
      durationMs: cutMs,
      faults: [resetAfter({afterBytes: within.challenge})],
    },
    {
      name: 'signature-cut',
      role: 'fault',
      durationMs: cutMs,
      faults: [resetAfter({afterBytes: within.signature})],
    },
    {
      name: 'parameters-cut',
      role: 'fault',
      durationMs: cutMs,
      faults: [resetAfter({afterBytes: within.parameters})],
    },
    {name: 'answer-cut', role: 'fault', durationMs: cutMs, faults: [resetAfter({afterBytes: within.answer})]},
    {
      name: 'wrong-signature',
      role: 'fault',
      durationMs: cutMs,
      faults: [corrupt({offsetBytes: within.signature})],
    },
    {
      name: 'challenge-stalled',
      role: 'fault',
      durationMs: 3000,
      faults: [stall({afterBytes: within.challenge})],
    },
    {name: 'recovery', role: 'recovery', durationMs: 6000},
  ],
  goals: {
    run: {hungCount: {max: 0}, wrongCount: {max: 0}, lostCount: {max: 0}, duplicateCount: {max: 0}},
    latency: {successRatio: {min: 0.99}},
    'wrong-signature': {successRatio: {max: 0.05}},
    recovery: {successRatio: {min: 0.99}},
  },
  telemetry: {use: ['pg']},
  prepare: ({directUrl}) =>
    askServer(directUrl, async client => {
      await client.query(`CREATE TABLE IF NOT EXISTS ${table} (id text NOT NULL)`);
      await client.query("SET password_encryption = 'scram-sha-256'");
      const {rowCount} = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
      if (rowCount === 0) await client.query(`CREATE ROLE ${role} LOGIN PASSWORD '${password}'`);
      await client.query(`GRANT SELECT, INSERT ON ${table} TO ${role}`);
    }),
  subject: {
    open: ({url, options}) => new Application(url, options),
    async perform(application, {id}) {
      return {echoedId: await application.insert(id)};
    },
    classify: error => (error instanceof LoginError ? 'failed' : pgFailure(error)),
    close: application => application.close(),
  },
  verify: verifyTable(table),
});
