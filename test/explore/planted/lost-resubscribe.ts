// Publishes a message and waits until its own subscription delivers it. Broken: it subscribes once in its life, and not
// again on the next connection.
import {defineScenario} from 'foulweather';
import {Client, Connection, lost, planted, startLineServer, tryTwice} from './line-protocol.ts';

type Waiting = {readonly resolve: (id: string) => void; readonly reject: (error: Error) => void};

class Subscriber {
  readonly #client: Client;
  readonly #waiting = new Map<string, Waiting>();
  #isSubscribed = false;

  constructor(url: string, subscribesAgain: boolean) {
    this.#client = new Client(async onEnd => {
      const connection = await Connection.open(url, {
        onPush: id => this.#waiting.get(id)?.resolve(id),
        onEnd: () => {
          if (subscribesAgain) this.#isSubscribed = false;
          for (const {reject} of this.#waiting.values()) reject(lost());
          onEnd();
        },
      });
      if (!this.#isSubscribed) await connection.request('SUBSCRIBE');
      this.#isSubscribed = true;
      return connection;
    });
  }

  /** What was delivered. */
  async deliver(id: string): Promise<string> {
    const connection = await this.#client.connection();
    const {promise: delivered, ...waiting} = Promise.withResolvers<string>();
    this.#waiting.set(id, waiting);
    try {
      const [text] = await Promise.all([delivered, connection.request(`PUBLISH ${id}`)]);
      return text;
    } finally {
      this.#waiting.delete(id);
    }
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

export default defineScenario({
  ...planted(
    'lost-resubscribe',
    'After a short outage our consumers get nothing any more, without any error.',
  ),
  target: {start: startLineServer},
  variants: [
    {name: 'broken', options: {subscribesAgain: false}},
    {name: 'healthy', options: {subscribesAgain: true}},
  ],
  subject: {
    open: ({url, options}) => new Subscriber(url, options.subscribesAgain),
    perform: (subscriber, {id}) => tryTwice(async () => ({echoedId: await subscriber.deliver(id)})),
    close: subscriber => subscriber.close(),
  },
});
