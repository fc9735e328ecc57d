// Connects again in the background when the connection is lost. Broken: it tries that once, and keeps the error; it takes a
// second fault, in the handshake of that one try, to wedge it.
import {setTimeout as sleep} from 'node:timers/promises';
import {defineScenario} from 'foulweather';
import {Connection, limited, lost, planted, startLineServer, tryTwice} from './line-protocol.ts';

const waitLimitMs = 100;

class Client {
  readonly #url: string;
  readonly #keepsTrying: boolean;
  #connected: Promise<Connection>;
  #isClosed = false;

  constructor(url: string, keepsTrying: boolean) {
    this.#url = url;
    this.#keepsTrying = keepsTrying;
    this.#connected = this.#untilConnected();
  }

  async request(command: string): Promise<string> {
    const connection = await limited(waitLimitMs, this.#connected);
    return connection.request(command);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = await this.#connected.catch(() => null);
    connection?.close();
  }

  async #connect(): Promise<Connection> {
    const connection = await Connection.open(this.#url);
    connection.socket.once('close', () => {
      if (this.#isClosed) return;
      this.#connected = this.#keepsTrying ? this.#untilConnected() : this.#connect();
      // Whoever asks for the connection gets the error.
      this.#connected.catch(() => {});
    });
    return connection;
  }

  async #untilConnected(): Promise<Connection> {
    while (!this.#isClosed) {
      try {
        return await this.#connect();
      } catch {
        await sleep(40 + 40 * Math.random());
      }
    }
    throw lost();
  }
}

export default defineScenario({
  ...planted('cut-reconnect', 'Most outages do no harm. After some the client is dead until we restart it.'),
  target: {start: startLineServer},
  variants: [
    {name: 'broken', options: {keepsTrying: false}},
    {name: 'healthy', options: {keepsTrying: true}},
  ],
  subject: {
    open: ({url, options}) => new Client(url, options.keepsTrying),
    perform: (client, {id}) => tryTwice(async () => ({echoedId: await client.request(`ECHO ${id}`)})),
    close: client => client.close(),
  },
});
