// Watches its connection while it is idle, to know when the server says goodbye. Broken: it does not expect a reset there, and
// nobody handles the rejection. The program that uses it listens for such rejections, so that it lives on.
import {once} from 'node:events';
import type {Socket} from 'node:net';
import {defineScenario} from 'foulweather';
import {Client, Connection, planted, startLineServer, tryTwice} from './line-protocol.ts';

class Watched {
  readonly #client: Client;
  readonly #expectsResets: boolean;
  #idle = new AbortController();
  goodbyeCount = 0;

  constructor(url: string, expectsResets: boolean) {
    this.#client = new Client(onEnd => Connection.open(url, {onEnd}));
    this.#expectsResets = expectsResets;
  }

  async request(command: string): Promise<string> {
    this.#idle.abort();
    const connection = await this.#client.connection();
    try {
      return await connection.request(command);
    } finally {
      this.#idle = new AbortController();
      if (!connection.socket.destroyed) void this.#watch(connection.socket, this.#idle.signal);
    }
  }

  close(): Promise<void> {
    this.#idle.abort();
    return this.#client.close();
  }

  async #watch(socket: Socket, signal: AbortSignal): Promise<void> {
    try {
      await once(socket, 'close', {signal});
      this.goodbyeCount++;
    } catch (error) {
      if (!signal.aborted && !this.#expectsResets) throw error;
    }
  }
}

const noteOnly = (): void => {};

export default defineScenario({
  ...planted(
    'idle-reset',
    'Our logs have rejections that nobody handles, at times when there is no traffic.',
    10,
  ),
  target: {start: startLineServer},
  variants: [
    {name: 'broken', options: {expectsResets: false}},
    {name: 'healthy', options: {expectsResets: true}},
  ],
  subject: {
    open({url, options}) {
      process.on('unhandledRejection', noteOnly);
      return new Watched(url, options.expectsResets);
    },
    perform: (client, {id}) => tryTwice(async () => ({echoedId: await client.request(`ECHO ${id}`)})),
    async close(client) {
      await client.close();
      process.off('unhandledRejection', noteOnly);
    },
  },
});
