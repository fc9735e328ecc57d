// An AMQP client: amqplib publishing with confirms, as it is, and with a time limit and a connection that is made again
// when it is lost.
import {fillSkeleton, withinText} from './skeleton.ts';

export const amqpTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: ' --start-services    (or --target amqp://127.0.0.1:5672)',
    intro: ['Needs:   npm install amqplib'],
    imports: [
      "import {setTimeout as sleep} from 'node:timers/promises';",
      "import {type ChannelModel, type ConfirmChannel, connect} from 'amqplib';",
    ],
    name: 'my-amqp-client',
    observation: 'After a short outage of the broker, nothing is published until the service is restarted.',
    preamble: `type Options = {readonly reconnects: boolean; readonly limitMs: number | null};

const asItIs: Options = {reconnects: false, limitMs: null};

const queue = 'foulweather';

${withinText}

/** amqplib does not reconnect on its own, nor does it limit how long a confirm may take. */
class Publisher {
  readonly #url: string;
  readonly #options: Options;
  #ready: Promise<ConfirmChannel>;
  #connection: ChannelModel | null = null;
  #isClosed = false;

  constructor(url: string, options: Options) {
    this.#url = url;
    this.#options = options;
    this.#ready = this.#connect();
    this.#ready.catch(() => {});
  }

  publish(id: string): Promise<void> {
    return within(this.#options.limitMs, this.#publish(id));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#connection?.close().catch(() => {});
  }

  async #publish(id: string): Promise<void> {
    const channel = await this.#ready;
    await new Promise<void>((resolve, reject) => {
      channel.sendToQueue(queue, Buffer.from(id), {messageId: id}, error => (error ? reject(error) : resolve()));
    });
  }

  async #connect(): Promise<ConfirmChannel> {
    const connection = await connect(this.#url, {timeout: 1000});
    this.#connection = connection;
    connection.on('error', () => {});
    connection.once('close', () => {
      this.#connection = null;
      if (!this.#options.reconnects || this.#isClosed) return;
      this.#ready = this.#connectAgain();
      this.#ready.catch(() => {});
    });
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue(queue, {durable: false, maxLength: 100_000});
    return channel;
  }

  /** Publishers wait for it. */
  async #connectAgain(): Promise<ConfirmChannel> {
    while (!this.#isClosed) {
      try {
        return await this.#connect();
      } catch {
        await sleep(250);
      }
    }
    throw new Error('closed');
  }
}`,
    target: "  target: {service: 'rabbitmq'},",
    variants: `  variants: [
    {name: 'as-it-is', options: asItIs},
    {
      name: 'bounded',
      options: {reconnects: true, limitMs: 1000},
      change: 'Reconnect when the connection is lost, trying every 250 ms, and give every publish 1 s.',
    },
  ],`,
    idempotent: false,
    subject: `  subject: {
    open: ({url, options}) => new Publisher(url, options),
    async perform(publisher, {id}) {
      await publisher.publish(id);
      return undefined;
    },
    close: publisher => publisher.close(),
  },`,
  });
