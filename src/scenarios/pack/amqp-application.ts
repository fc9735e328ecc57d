// An application that works with RabbitMQ by amqplib. The library ends with its connection; the application opens a new one.
import {setTimeout as sleep} from 'node:timers/promises';
import {type ChannelModel, type ConfirmChannel, connect} from 'amqplib';
import {messageIds} from '../../model/message-id.ts';
import {Arrivals, arrivalOf, messageOf, NoArrival} from './arrivals.ts';
import {notSent} from './error-meaning.ts';

export type AmqpOptions = {
  /** Seconds; null leaves it to the server, and RabbitMQ asks for 60. */
  readonly heartbeatSeconds: number | null;
  /** `timeout` of the socket options: how long a connection may take to open. */
  readonly connectTimeoutMs: number | null;
  /** Messages that may be unacknowledged at a time. */
  readonly prefetch: number | null;
  /** The application's own, of each operation. */
  readonly limitMs: number | null;
};

export const exchange = 'foulweather-orders';
/** The queue of the application's own consumer. */
export const workQueue = 'foulweather-work';
const replyTo = 'amq.rabbitmq.reply-to';
const batchSize = 3;

/** Between two attempts of the application to open a connection. */
const pauseMs = 250;

type Opened = {readonly connection: ChannelModel; readonly channel: ConfirmChannel};

export class AmqpApplication {
  readonly #url: string;
  readonly #options: AmqpOptions;
  readonly #delivered: (id: string) => void;
  readonly #deliveries = new Arrivals();
  readonly #replies = new Arrivals();
  #opened: Promise<Opened> | null = null;
  #mayOpenAtMs = 0;

  constructor(url: string, options: AmqpOptions, delivered: (id: string) => void) {
    this.#url = url;
    this.#options = options;
    this.#delivered = delivered;
  }

  /** Resolves once the broker has confirmed it. */
  async publish(id: string): Promise<void> {
    const {channel} = await this.opened();
    await this.#publish(channel, 'work', id);
  }

  /** Several messages that are confirmed together. */
  async publishBatch(id: string): Promise<void> {
    const {channel} = await this.opened();
    await Promise.all(messageIds(id, batchSize).map(name => this.#publish(channel, 'work', name)));
  }

  /** Publishes, and waits until the message has come to the application's own consumer. */
  async publishAndConsume(id: string): Promise<string> {
    const {channel} = await this.opened();
    const delivery = this.#deliveries.next(id);
    try {
      const [{text}] = await Promise.all([delivery, this.#publish(channel, 'work', id)]);
      return text;
    } catch (error) {
      this.#deliveries.forget(id);
      throw error;
    }
  }

  /** A request by RabbitMQ's direct reply-to, which is answered with what it said. */
  async request(id: string): Promise<string> {
    const {channel} = await this.opened();
    const reply = this.#replies.next(id);
    try {
      const [{text}] = await Promise.all([reply, this.#publish(channel, 'request', id)]);
      return text;
    } catch (error) {
      this.#replies.forget(id);
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => null);
    await opened?.channel.close();
    await opened?.connection.close();
  }

  #publish(channel: ConfirmChannel, key: string, id: string): Promise<void> {
    const options = {persistent: true, messageId: id, ...(key === 'request' && {replyTo, correlationId: id})};
    return new Promise((resolve, reject) => {
      try {
        channel.publish(exchange, key, Buffer.from(messageOf(id)), options, error => {
          if (error) reject(error);
          else resolve();
        });
      } catch (error) {
        // A closed channel throws at once, and sends nothing.
        reject(notSent(error));
      }
    });
  }

  /** The current connection, or a new one; callers that come while it opens share it. */
  async opened(): Promise<Opened> {
    this.#opened ??= this.#open();
    try {
      return await this.#opened;
    } catch (error) {
      throw notSent(error);
    }
  }

  #open(): Promise<Opened> {
    const opened: Promise<Opened> = this.#connect(() => {
      if (this.#opened === opened) this.#opened = null;
    });
    return opened;
  }

  async #connect(ended: () => void): Promise<Opened> {
    let connection: ChannelModel | null = null;
    try {
      const restMs = this.#mayOpenAtMs - performance.now();
      if (restMs > 0) await sleep(restMs);
      this.#mayOpenAtMs = performance.now() + pauseMs;
      const {heartbeatSeconds, connectTimeoutMs} = this.#options;
      const query = heartbeatSeconds === null ? '' : `?heartbeat=${heartbeatSeconds}`;
      connection = await connect(
        `${this.#url}${query}`,
        connectTimeoutMs === null ? {} : {timeout: connectTimeoutMs},
      );
      connection.on('error', () => {});
      connection.on('close', () => {
        ended();
        // Direct replies go to the channel of the request, and are lost with it.
        this.#replies.fail(new NoArrival('the connection was closed before the reply came'));
      });
      return {connection, channel: await this.#begin(connection)};
    } catch (error) {
      ended();
      connection?.close().catch(() => {});
      throw error;
    }
  }

  async #begin(connection: ChannelModel): Promise<ConfirmChannel> {
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    if (this.#options.prefetch !== null) await channel.prefetch(this.#options.prefetch);
    await channel.consume(
      replyTo,
      message => {
        const arrival = message && arrivalOf(message.content.toString());
        if (arrival) this.#replies.came(arrival);
      },
      {noAck: true},
    );
    await channel.consume(workQueue, message => {
      if (!message) return;
      const arrival = arrivalOf(message.content.toString());
      if (arrival) this.#delivered(arrival.id);
      channel.ack(message);
      if (arrival) this.#deliveries.came(arrival);
    });
    return channel;
  }
}
