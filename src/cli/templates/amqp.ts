// An AMQP client: amqplib publishing with confirms, as it is, and with a connection that is made again when it is
// lost.
import {fillSkeleton} from './skeleton.ts';

export const amqpTemplate = (fileName: string): string =>
  fillSkeleton({
    fileName,
    flags: ' --start-services    (or --target amqp://127.0.0.1:5672)',
    intro: ['It needs the library: npm install amqplib'],
    imports: ["import {type ChannelModel, type ConfirmChannel, connect} from 'amqplib';"],
    name: 'my-amqp-client',
    observation:
      'After the broker was gone for a moment nothing is published until the service is restarted.',
    preamble: `type Options = {readonly reconnects: boolean};

const asItIs: Options = {reconnects: false};

const queue = 'foulweather';

/** A connection with a confirm channel; amqplib does not make a lost one again by itself. */
class Publisher {
  readonly #url: string;
  readonly #options: Options;
  #ready: Promise<{connection: ChannelModel; channel: ConfirmChannel}>;

  constructor(url: string, options: Options) {
    this.#url = url;
    this.#options = options;
    this.#ready = this.#connect();
    this.#ready.catch(() => {});
  }

  async publish(id: string): Promise<void> {
    const {channel} = await this.#ready;
    await new Promise<void>((resolve, reject) => {
      channel.sendToQueue(queue, Buffer.from(id), {messageId: id}, error => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    const {connection} = await this.#ready;
    await connection.close();
  }

  async #connect(): Promise<{connection: ChannelModel; channel: ConfirmChannel}> {
    const connection = await connect(this.#url);
    connection.on('error', () => {});
    connection.once('close', () => {
      if (this.#options.reconnects) this.#again();
    });
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    await channel.assertQueue(queue, {durable: false, maxLength: 100_000});
    return {connection, channel};
  }

  #again(): void {
    this.#ready = this.#connect();
    this.#ready.catch(() => setTimeout(() => this.#again(), 250).unref());
  }
}`,
    target: "  target: {service: 'rabbitmq'},",
    variants: `  variants: [
    {name: 'as-it-is', options: asItIs},
    {name: 'reconnecting', options: {reconnects: true}, change: 'Connect again 250 ms after the connection was lost.'},
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
