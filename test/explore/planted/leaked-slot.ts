// A pool with one slot, which tries an operation twice. Broken: the slot is not given back when the second attempt fails, too.
import {metrics} from '@opentelemetry/api';
import {defineScenario} from 'foulweather';
import {Client, Connection, limited, planted, startLineServer, tryTwice} from './line-protocol.ts';

const slotLimitMs = 100;

class Pool {
  readonly #client: Client;
  readonly #alwaysReleases: boolean;
  readonly #waiting: (() => void)[] = [];
  #isUsed = false;

  constructor(url: string, alwaysReleases: boolean) {
    this.#client = new Client(onEnd => Connection.open(url, {onEnd}));
    this.#alwaysReleases = alwaysReleases;
    metrics
      .getMeter('planted-pool')
      .createObservableUpDownCounter('db.client.connection.count')
      .addCallback(result => {
        result.observe(Number(this.#isUsed), {
          'db.client.connection.pool.name': 'planted',
          'db.client.connection.state': 'used',
        });
      });
  }

  async run(command: string): Promise<string> {
    await this.#slot();
    let isDone = false;
    try {
      const reply = await tryTwice(async () => (await this.#client.connection()).request(command));
      isDone = true;
      return reply;
    } finally {
      if (isDone || this.#alwaysReleases) this.#release();
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  async #slot(): Promise<void> {
    if (this.#isUsed) {
      const {promise: given, resolve} = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      try {
        await limited(slotLimitMs, given);
      } catch (error) {
        // The slot may have been given in the same moment.
        const index = this.#waiting.indexOf(resolve);
        if (index >= 0) this.#waiting.splice(index, 1);
        else this.#release();
        throw error;
      }
    }
    this.#isUsed = true;
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#isUsed = false;
  }
}

export default defineScenario({
  ...planted('leaked-slot', 'After two errors in a row the pool has no connection for anybody any more.'),
  target: {start: startLineServer},
  variants: [
    {name: 'broken', options: {alwaysReleases: false}},
    {name: 'healthy', options: {alwaysReleases: true}},
  ],
  subject: {
    open: ({url, options}) => new Pool(url, options.alwaysReleases),
    perform: async (pool, {id}) => ({echoedId: await pool.run(`ECHO ${id}`)}),
    close: pool => pool.close(),
  },
});
